"""Tests of layouts, menus and vendored files."""

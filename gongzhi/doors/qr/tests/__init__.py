"""Tests of the printed codes."""

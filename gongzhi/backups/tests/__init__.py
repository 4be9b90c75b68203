"""Tests of copies and of bringing them back."""

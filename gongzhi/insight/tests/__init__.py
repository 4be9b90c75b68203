"""Tests of numbers over long spans."""

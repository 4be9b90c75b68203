"""Tests of the crossings."""

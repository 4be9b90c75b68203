"""Tests of visit rounds."""

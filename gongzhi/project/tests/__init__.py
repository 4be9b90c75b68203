"""Tests of settings, health and start."""

"""Tests of device health."""

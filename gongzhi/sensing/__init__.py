"""Devices in homes: what they say, and whether they still can."""

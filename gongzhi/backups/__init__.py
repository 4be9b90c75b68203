"""Copies of everything made while it runs, signed, and brought back into an empty place."""

"""Copies of everything, made while it runs, signed, and brought back."""

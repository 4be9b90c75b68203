"""Measurements of the product at work: `python -m bench`."""

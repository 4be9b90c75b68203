"""Commands that make demo data."""

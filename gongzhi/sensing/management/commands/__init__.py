"""Commands of the sensing package."""

"""Commands of long spans."""

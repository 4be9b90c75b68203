"""Writing closed months."""

"""Signed web hooks: matters of other platforms in, what becomes of them out."""

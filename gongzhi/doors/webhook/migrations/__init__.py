"""Tables of the web hooks."""

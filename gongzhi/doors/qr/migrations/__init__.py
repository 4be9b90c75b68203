"""Tables of the printed codes."""

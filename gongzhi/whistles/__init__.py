"""Units called to a place and a time about a case: who came, what was agreed."""

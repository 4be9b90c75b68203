"""Calling units to a place and a time about a case: who signed in on site, what was agreed, which tasks came out of it."""

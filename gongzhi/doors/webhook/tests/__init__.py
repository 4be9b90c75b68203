"""Contract tests of the web hooks."""

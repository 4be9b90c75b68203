"""Contract tests of the hotline door."""

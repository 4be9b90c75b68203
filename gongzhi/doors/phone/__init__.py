"""The phone desk: a call pops its caller's record, is taken down at once, and has a result."""

"""Which hours count as work, and when a limit runs out."""

"""12345 hotline: orders in by push, by fetching and by file; every answer back to the city."""

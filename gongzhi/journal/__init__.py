"""What happened, what is owed because of it, and the stream of it for those who watch."""

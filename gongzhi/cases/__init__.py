"""What somebody reported, from the first word to the answer and the rating."""

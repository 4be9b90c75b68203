"""What the register knows without a database: words of search, rules of tags."""

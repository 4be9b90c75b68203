"""Commands of the mail door."""

"""The only places where one domain sets another in motion."""

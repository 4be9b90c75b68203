"""What the catalogue decides from words alone: no database, no clock, no Django."""

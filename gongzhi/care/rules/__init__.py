"""What the guard decides, from events and times alone: no Django, no database, no wall clock."""

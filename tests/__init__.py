"""Laws of the house and journeys through it."""

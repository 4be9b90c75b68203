"""Journeys of real people through a real browser, against the processes a newcomer starts."""

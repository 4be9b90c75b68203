"""Replay: a recorded history run through the very code that guards homes live."""

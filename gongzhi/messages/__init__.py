"""Telling people things through one door, on whichever channel reaches them."""

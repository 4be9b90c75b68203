"""Pocket for residents, patrol for grid workers, workbench for staff, wall for command screens."""

"""Visit rounds: homes chosen from the register, shared out by grid, ticked off at the door."""

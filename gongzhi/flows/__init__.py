"""The steps a matter goes through, as data with versions: states, moves, clocks, evidence."""

"""Ways in from outside, one folder each; every door makes the same case by the same verb."""

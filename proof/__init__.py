"""Real processes, killed and starved on purpose: `python -m proof`."""

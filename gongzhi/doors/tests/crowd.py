"""How many make a crowd: fewer in the suite, ten thousand with `python -m bench doors`."""

import os

FULL = os.environ.get("GONGZHI_CROWD") == "full"
MANY = 10_000 if FULL else 1_000  # where many are taken in one go
CALLS = 40  # where each is a call over HTTP; the bench makes 10,000 to the product as it runs

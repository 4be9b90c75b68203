"""Whole numbers out of what people and addresses say, kept within what a database column holds."""

KEY = 18  # digits that every key column and every address may have


def whole(text: str, digits: int = KEY) -> int | None:
    """The number that plain digits say, at most so many of them; None for anything else.

    `int()` alone would take blanks, signs, underscores and the digits of every script, and would
    refuse thousands of digits with an error of its own.
    """
    fits = text.isascii() and text.isdecimal() and len(text) <= digits
    return int(text) if fits else None

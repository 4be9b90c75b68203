"""Text cut into the small pieces that the scorer knows: short runs of characters, and pairs."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

MOST = 2000  # characters of a report that are looked at
LONGEST = 4  # characters of the longest run
REACH = 8  # how far apart the two characters of a pair may stand

# Letters, digits and Han characters, the rare ones beyond the basic plane too; all else separates.
_KEPT = re.compile("[0-9a-z\u3007\u3400-\u9fff\U00020000-\U0003134f]+")


def clean(text: str) -> str:
    """The first MOST characters in their everyday shape: full width narrowed, lower case."""
    return unicodedata.normalize("NFKC", text[:MOST])[:MOST].lower()


def runs(text: str) -> list[str]:
    """The unbroken runs of letters, digits and Han characters of a cleaned text."""
    return _KEPT.findall(text)


def grams(text: str) -> set[str]:
    """All pieces of a cleaned text: runs of 1 to LONGEST characters, and pairs "甲 乙"."""
    return {gram for run in runs(text) for gram in _grams_of(run)}


def _grams_of(run: str) -> Iterator[str]:
    for start, first in enumerate(run):
        for length in range(1, min(LONGEST, len(run) - start) + 1):
            yield run[start : start + length]
        for second in run[start + 2 : start + 1 + REACH]:
            yield f"{first} {second}"


def known(text: str, vocabulary: Mapping[str, int]) -> list[int]:
    """The numbers of those pieces of a cleaned text that are in the vocabulary, in rising order.

    The same as looking up each of `grams(text)`, but it stops early: whatever made the vocabulary
    put every beginning of a run into it, so what follows an unknown beginning is unknown too.
    """
    found: set[int] = set()
    for run in runs(text):
        for start, first in enumerate(run):
            if first not in vocabulary:
                continue
            for length in range(1, min(LONGEST, len(run) - start) + 1):
                number = vocabulary.get(run[start : start + length])
                if number is None:
                    break
                found.add(number)
            for second in run[start + 2 : start + 1 + REACH]:
                number = vocabulary.get(f"{first} {second}")
                if number is not None:
                    found.add(number)
    return sorted(found)


class Words:
    """A list of words that tells which of them stand in a text, without seeking each."""

    def __init__(self, words: Iterable[str]) -> None:
        self._by_head: defaultdict[str, list[str]] = defaultdict(list)
        for word in sorted(set(words)):
            self._by_head[word[:2]].append(word)

    def found_in(self, text: str) -> set[str]:
        """Those that stand anywhere in the text; the empty word never does."""
        heads = self._by_head.keys()
        pairs = {text[n : n + 2] for n in range(len(text))} & heads
        found = {word for pair in pairs for word in self._by_head[pair] if word in text}
        return found | (set(text) & heads)

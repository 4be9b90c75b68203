"""Text cut into the small pieces that the scorer knows: short runs of characters, and pairs."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from operator import add

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


class Vocabulary:
    """The pieces that are known, by their numbers, found in a text without making each piece.

    The same as looking up each of `grams(text)`, but it stops early: whatever made the vocabulary
    put every beginning of a run into it, so what follows an unknown beginning is unknown too.
    """

    def __init__(self, numbers: Mapping[str, int]) -> None:
        self._runs = {piece: number for piece, number in numbers.items() if " " not in piece}
        self._pairs: defaultdict[str, dict[str, int]] = defaultdict(dict)
        for piece, number in numbers.items():
            first, is_pair, second = piece.partition(" ")
            if is_pair:
                self._pairs[first][second] = number

    def known(self, text: str) -> list[int]:
        """The numbers of the known pieces of a cleaned text, in rising order."""
        number_of, pairs_of = self._runs.get, self._pairs.get
        found: set[int] = set()
        for run in runs(text):
            for start, first in enumerate(run):
                number, end = number_of(first), start + 1
                while number is not None:
                    found.add(number)
                    end += 1
                    if end > len(run) or end - start > LONGEST:
                        break
                    number = number_of(run[start:end])
                if pairs := pairs_of(first):
                    for second in run[start + 2 : start + 1 + REACH]:
                        if second in pairs:
                            found.add(pairs[second])
        return sorted(found)


class Words:
    """A list of words that tells which of them stand in a text, without seeking each."""

    def __init__(self, words: Iterable[str]) -> None:
        known = sorted(set(words))
        self._single = frozenset(word for word in known if len(word) == 1)
        self._by_head: defaultdict[str, list[str]] = defaultdict(list)
        for word in known:
            if len(word) > 1:
                self._by_head[word[:2]].append(word)

    def found_in(self, text: str) -> set[str]:
        """Those that stand anywhere in the text; the empty word never does."""
        heads = self._by_head.keys() & set(map(add, text, text[1:]))
        found = {word for head in heads for word in self._by_head[head] if word in text}
        return found | self._single.intersection(text)

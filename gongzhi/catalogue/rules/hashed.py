"""Texts as rows of hashed features for a linear classifier, many at a time, without a vocabulary.

Features are runs of characters, in Chinese pairs of characters that stand close together, and words
with their right neighbours; a Han character is a word of its own. Weights are sublinear tf-idf,
each row of length 1. Works on arrays of code points: a hundred thousand titles take seconds.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

BITS = 23  # 8 million buckets
_WORDS = 1 << (BITS - 1)  # words have the upper half of the buckets to themselves
LONGEST_TEXT = 2000  # characters of a text that are looked at, when there are few enough
CHUNK = 2_000_000  # characters hashed at a time: bounds the memory
MOST_CHARACTERS = 30_000_000  # of a whole set; longer texts are cut to share these fairly

Ints = NDArray[np.int64]
_HAN_LENGTHS, _LATIN_LENGTHS = (1, 2, 3), (2, 3, 4, 5)
_APART = (2, 3, 4)  # how far apart the characters of a pair may stand; runs cover what adjoins
_SPACE = re.compile(r"[\s\0]+")
_U = np.uint64
_STEP, _MIX, _SPREAD = _U(0x9E3779B97F4A7C15), _U(0xBF58476D1CE4E5B9), _U(0x94D049BB133111EB)
_WORD_SALT, _PAIR_SALT = _U(0x2545F4914F6CDD1D), _U(0xD6E8FEB86659FD93)


@dataclass(frozen=True)
class Rows:
    """Sparse rows: row r has features index[start[r]:start[r+1]] with the values there."""

    start: Ints
    index: NDArray[np.int32]
    value: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.start) - 1

    def take(self, rows: Ints) -> "Rows":
        """The rows with these numbers, in that order."""
        lengths = np.diff(self.start)[rows]
        start = np.concatenate(([0], np.cumsum(lengths)))
        where = np.repeat(self.start[rows] - start[:-1], lengths) + np.arange(start[-1])
        return Rows(start, self.index[where], self.value[where])


@dataclass(frozen=True)
class Space:
    """What rows are measured in: which buckets became features, how rare each is, the script."""

    buckets: Ints  # sorted; the position is the number of the feature
    rarity: NDArray[np.float32]
    latin: bool
    longest: int

    def rows_of(self, texts: Sequence[str]) -> Rows:
        """Rows for new texts; buckets never seen in training are left out."""
        parts = [
            self.measured(*counted) for counted in _counted(texts, self.longest, latin=self.latin)
        ]
        return _joined(parts)

    def measured(self, size: int, row: Ints, bucket: Ints, count: NDArray[np.integer[Any]]) -> Rows:
        """Rows from counted features: row, bucket and count of each, in order of the rows."""
        if not len(self.buckets):
            return _normed(size, row[:0], bucket[:0], np.zeros(0, np.float32), row[:0])
        number = np.searchsorted(self.buckets, bucket)
        number[number == len(self.buckets)] = 0
        kept = self.buckets[number] == bucket
        row, number, count = row[kept], number[kept], count[kept]
        value = (1 + np.log(count.astype(np.float32))) * self.rarity[number]
        # Alphabetic text: runs and words count alike. Chinese has too few such words for that.
        block = row * 2 + (bucket[kept] >= _WORDS) if self.latin else row
        return _normed(size, row, number, value, block)


def measure(
    texts: Sequence[str], *, most_features: int, tell: Callable[[float], None] = lambda _part: None
) -> tuple[Space, Rows]:
    """The space that training texts span, of at most `most_features`, and their rows in it."""
    latin = _mostly_latin(texts)
    longest = max(20, min(LONGEST_TEXT, MOST_CHARACTERS // max(1, len(texts))))
    spread = np.zeros(1 << BITS, np.int32)
    parts = []
    done = 0
    for part in _counted(texts, longest, latin=latin):
        spread += np.bincount(part[2], minlength=1 << BITS).astype(np.int32)
        size = part[0]
        count = np.minimum(part[3], 65_535).astype(np.uint16)  # kept small: much memory lies here
        parts.append((size, part[1].astype(np.int32), part[2].astype(np.int32), count))
        done += size
        tell(done / len(texts))
    buckets = _worth_keeping(spread, len(texts), most_features)
    rarity = np.log((1 + len(texts)) / (1 + spread[buckets])).astype(np.float32) + 1
    space = Space(buckets, rarity, latin, longest)
    rows = []
    while parts:
        size, row, bucket, count = parts.pop(0)
        rows.append(space.measured(size, row.astype(np.int64), bucket.astype(np.int64), count))
    return space, _joined(rows)


def plain(text: str, longest: int = LONGEST_TEXT) -> str:
    """A text in its everyday shape: full width narrowed, lower case, single spaces, cut."""
    shaped = unicodedata.normalize("NFKC", text[:longest])[:longest]
    return _SPACE.sub(" ", shaped).strip().lower()


def _worth_keeping(spread: NDArray[np.int32], texts: int, most: int) -> Ints:
    least = (
        2 if texts > 3000 else 1
    )  # a feature of one text alone teaches nothing, if there are many
    buckets = np.flatnonzero(spread >= least)
    if len(buckets) > most:
        bar = np.partition(spread[buckets], len(buckets) - most)[len(buckets) - most]
        buckets = np.flatnonzero(spread > bar)
    return buckets


def _mostly_latin(texts: Sequence[str]) -> bool:
    sample = "".join(text[:200] for text in texts[:: max(1, len(texts) // 2000)])
    han = sum("\u3400" <= c <= "\u9fff" for c in sample)
    return han * 4 < sum(c.isalpha() for c in sample)


def _counted(
    texts: Sequence[str], longest: int, *, latin: bool
) -> Iterator[tuple[int, Ints, Ints, Ints]]:
    """Per chunk of texts: how many texts, and row, bucket and count of each of their features."""
    chunk: list[str] = []
    size = 0
    for text in texts:
        chunk.append(plain(text, longest))
        size += len(chunk[-1]) + 3
        if size > CHUNK:
            yield _count(chunk, latin=latin)
            chunk, size = [], 0
    if chunk:
        yield _count(chunk, latin=latin)


def _count(texts: Sequence[str], *, latin: bool) -> tuple[int, Ints, Ints, Ints]:
    joined = "\2" + "\2\0\2".join(texts) + "\2"
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)
    row = np.cumsum(codes == 0)
    keys = []
    for half, found in (
        (0, _runs(codes, _LATIN_LENGTHS if latin else _HAN_LENGTHS)),
        (0, () if latin else _pairs(codes)),
        (_WORDS, _words(codes)),
    ):
        for at, hashes in found:
            bucket = ((hashes ^ (hashes >> _U(31))) * _SPREAD) >> _U(65 - BITS)
            keys.append((row[at] << BITS) | half | bucket.astype(np.int64))
    unique, count = np.unique(np.concatenate(keys), return_counts=True)
    return len(texts), unique >> BITS, unique & ((1 << BITS) - 1), count


def _runs(
    codes: NDArray[np.uint32], lengths: Sequence[int]
) -> Iterator[tuple[Ints, NDArray[np.uint64]]]:
    """Positions and hashes of the runs of characters that do not cross the end of a text."""
    single = _single(codes)
    inside = codes != 0
    hashes, whole = single, inside
    for length in range(1, max(lengths) + 1):
        if length > 1:
            hashes = hashes[:-1] * _STEP + single[length - 1 :]
            whole = whole[:-1] & inside[length - 1 :]
        if length in lengths:
            at = np.flatnonzero(whole)
            yield at, hashes[at] + _U(length)


def _pairs(codes: NDArray[np.uint32]) -> Iterator[tuple[Ints, NDArray[np.uint64]]]:
    """Positions and hashes of two characters of a text that stand close; how close is not told."""
    single = _single(codes)
    text = np.cumsum(codes == 0)
    for apart in _APART:
        first, second = codes[:-apart], codes[apart:]
        at = np.flatnonzero((text[:-apart] == text[apart:]) & (first != 0) & (second != 0))
        yield at, single[at] * _PAIR_SALT + single[at + apart] * _U(3)


def _single(codes: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """A well mixed number for each character."""
    single = (codes.astype(np.uint64) + _U(1)) * _MIX
    mixed: NDArray[np.uint64] = single ^ (single >> _U(29))
    return mixed


def _words(codes: NDArray[np.uint32]) -> Iterator[tuple[Ints, NDArray[np.uint64]]]:
    """Positions and hashes of alphabetic words, and of neighbours of which one is such a word."""
    letter = ((codes >= 48) & (codes <= 57)) | ((codes >= 97) & (codes <= 122))
    letter |= (codes >= 0xC0) & (codes < 0x2E80)
    han = (codes >= 0x3400) & (codes <= 0x9FFF)
    begins = han | (letter & ~np.concatenate(([False], letter[:-1])))
    at = np.flatnonzero(begins)
    if len(at) < 1:
        return
    position = np.arange(len(codes))
    owner = np.cumsum(begins) - 1
    offset = position - at[np.maximum(owner, 0)]
    power = (offset.astype(np.uint64) * _U(2) + _U(1)) * _STEP
    term = np.where(han | letter, (codes.astype(np.uint64) + _U(7)) * power, _U(0))
    term ^= term >> _U(32)
    word = np.add.reduceat(term, at) * _MIX
    is_word = letter[at]
    yield at[is_word], word[is_word] + _WORD_SALT
    text = np.cumsum(codes == 0)[at]
    near = (text[:-1] == text[1:]) & (is_word[:-1] | is_word[1:])
    yield at[:-1][near], (word[:-1] * _STEP + word[1:] + _PAIR_SALT)[near]


def _normed(size: int, row: Ints, number: Ints, value: NDArray[np.float32], block: Ints) -> Rows:
    """Rows in which the values of each block (a part of a row) have length 1."""
    start = np.searchsorted(row, np.arange(size + 1)).astype(np.int64)
    square = np.bincount(block, value.astype(np.float64) ** 2)
    return Rows(start, number.astype(np.int32), (value / np.sqrt(square)[block]).astype(np.float32))


def _joined(parts: Sequence[Rows]) -> Rows:
    ends = np.cumsum([0, *(part.start[-1] for part in parts)])
    start = np.concatenate(
        [[0], *(part.start[1:] + end for part, end in zip(parts, ends, strict=False))]
    )
    index = np.concatenate([np.zeros(0, np.int32), *(part.index for part in parts)])
    value = np.concatenate([np.zeros(0, np.float32), *(part.value for part in parts)])
    return Rows(start.astype(np.int64), index, value)

"""The transparent scorer: which items of the catalogue a resident's words point to, and why.

Each item is the pieces (grams.py) of its name, synonyms, hints and closing standard, weighted by
how much a piece says about the item (saturating count) and how few items share it (inverse item
frequency). A report's score for an item is the sum over the pieces it shares with it; the scores
become shares that were fitted to be read as probabilities. Nothing is learned here: whoever edits
the catalogue can see why the scorer says what it says.
"""

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from operator import itemgetter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gongzhi.catalogue.rules.grading import (
    ORDINARY,
    WORST_FIRST,
    Emergency,
    Graded,
    Signs,
    grade,
    worse,
)
from gongzhi.catalogue.rules.grams import Vocabulary, Words, clean, grams, runs

Weights = NDArray[np.float32]

# Fitted on two sets of sentences that are not in the test set: see docs/adr/0016-classifier.md.
OF_NAME, OF_WORD, OF_CLOSING = 2.0, 1.0, 0.2  # what a piece counts by where it stands
OF_LENGTH = {1: 2.0, 2: 1.0, 3: 0.5, 4: 0.3}  # longer runs repeat what their parts said
OF_PAIR = 0.4
RARITY = 1.5  # power of the inverse item frequency
SHARPNESS = 10.0  # of scores into shares
FEW = 12  # fewer pieces than these are little to go by: the shares stay close together
OF_GRADE = 2.0  # added to the score of items whose usual grade is the one the signs gave

PORTION = 16  # texts weighed at once: of the longest ones that takes some 30 MB for a moment
SHOWN = 3
CERTAIN = 0.7  # share from which no person needs to decide
LIKELY = 0.3  # share from which the item's usual grade and emergency notice count


@dataclass(frozen=True)
class Entry:
    """What the scorer knows of an item."""

    code: str
    name: str
    class_code: str
    class_name: str
    grade: str
    words: tuple[str, ...]
    closing: str = ""
    emergency: Emergency | None = None


@dataclass(frozen=True)
class Candidate:
    """An item that the text may be about; `share` is 0 to 1, shares of all items sum to 1."""

    code: str
    name: str
    class_code: str
    class_name: str
    share: float
    because: str


@dataclass(frozen=True)
class Suggestion:
    """Grade first, then the best three items; when not `certain`, a person decides the item."""

    grade: str
    grade_because: str
    candidates: tuple[Candidate, ...] = ()
    certain: bool = False
    emergency: Emergency | None = None


class _Heard(NamedTuple):
    """A text as the scorer hears it: cleaned, graded by its signs, the known pieces by number."""

    cleaned: str
    graded: Graded | None
    pieces: list[int]


@dataclass(frozen=True)
class Learned:
    """Shares that a trained classifier gives (a row per text, one per entry), and their weight."""

    shares: NDArray[np.float32]
    trust: float


@dataclass
class Scorer:
    """Built once per edition from its entries and signs; then asked for each report."""

    entries: Sequence[Entry]
    signs: Signs = field(default_factory=Signs)

    def __post_init__(self) -> None:
        numbers, self._weights = _weigh(self.entries)
        self._vocabulary, self._pieces = Vocabulary(numbers), list(numbers)
        grades = np.array([entry.grade for entry in self.entries])
        self._of_grade = {g: (OF_GRADE * (grades == g)).astype(np.float32) for g in WORST_FIRST}
        self._said = [{clean(word): word for word in (*e.words, e.name)} for e in self.entries]
        self._words = Words(plain for said in self._said for plain in said)

    def suggest(self, text: str, learned: Learned | None = None) -> Suggestion:
        """Grade and items for a report of any text; never fails, empty text gives no candidates."""
        return self.suggest_many([text], learned)[0]

    def suggest_many(
        self, texts: Sequence[str], learned: Learned | None = None
    ) -> list[Suggestion]:
        """The same for several texts, each by itself; the sums are done for all of them at once."""
        heard = [self._heard(text) for text in texts]
        if learned is None and not any(one.pieces for one in heard):
            return [_without_items(one.graded) for one in heard]
        shares = self._shares([one.pieces for one in heard], [one.graded for one in heard])
        if learned is not None:
            shares = together(shares, learned.shares, learned.trust)
        best = np.argsort(-shares, axis=1, kind="stable")[:, :SHOWN].tolist()
        return [
            self._concluded(one, [(n, float(row[n])) for n in first if row[n] > 0])
            if one.pieces or (learned is not None and runs(one.cleaned))
            else _without_items(one.graded)
            for one, row, first in zip(heard, shares, best, strict=True)
        ]

    def _heard(self, text: str) -> _Heard:
        cleaned = clean(text)
        return _Heard(cleaned, grade(cleaned, self.signs), self._vocabulary.known(cleaned))

    def _shares(
        self, pieces: Sequence[Sequence[int]], graded: Sequence[Graded | None]
    ) -> NDArray[np.float32]:
        """A row for each text with one share per entry, from the numbers of the pieces found."""
        scores = self._sums(pieces)
        many = np.maximum(FEW, [len(found) for found in pieces])
        scores *= (SHARPNESS / many**0.5).astype(np.float32)[:, None]
        for row, said in zip(scores, graded, strict=True):
            if said is not None and not said.feared:
                row += self._of_grade[said.grade]
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))
        shares: NDArray[np.float32] = powers / powers.sum(axis=1, keepdims=True)
        return shares

    def _sums(self, pieces: Sequence[Sequence[int]]) -> Weights:
        """The weights of each text's pieces added up; a portion of the texts at a time."""
        sums = np.zeros((len(pieces), len(self.entries)), np.float32)
        for first in range(0, len(pieces), PORTION):
            some = pieces[first : first + PORTION]
            counts = np.array([len(found) for found in some])
            known = counts > 0
            if known.any():
                every = self._weights[[number for found in some for number in found]]
                starts = (np.cumsum(counts) - counts)[known]
                sums[first : first + PORTION][known] = np.add.reduceat(every, starts, axis=0)
        return sums

    def shares_of(self, text: str) -> NDArray[np.float32]:
        """One share per entry for a raw text; all alike when it says nothing that is known."""
        one = self._heard(text)
        row: NDArray[np.float32] = self._shares([one.pieces], [one.graded])[0]
        return row

    def _concluded(self, one: _Heard, best: Sequence[tuple[int, float]]) -> Suggestion:
        words = self._words.found_in(one.cleaned)
        candidates = tuple(self._candidate(number, share, one, words) for number, share in best)
        return _concluded(one.graded, candidates, self.entries[best[0][0]] if best else None)

    def _candidate(self, number: int, share: float, one: _Heard, words: Set[str]) -> Candidate:
        entry = self.entries[number]
        kept = self._own_words(number, one.cleaned, words) or [
            (one.cleaned.find(run), run) for run in self._shared_runs(one.pieces, number)
        ]
        kept.sort(key=itemgetter(0))
        return Candidate(
            entry.code,
            entry.name,
            entry.class_code,
            entry.class_name,
            round(share, 4),
            "".join(f"“{word}”" for _at, word in kept),
        )

    def _own_words(self, number: int, cleaned: str, words: Set[str]) -> list[tuple[int, str]]:
        """Up to three of the item's own words found in the text, with their places."""
        kept: list[tuple[int, str]] = []
        said = self._said[number]
        for plain in sorted(said.keys() & words, key=_longest_first):
            if not any(said[plain] in longer for _at, longer in kept):
                kept.append((cleaned.find(plain), said[plain]))
                if len(kept) == SHOWN:
                    break
        return kept

    def _shared_runs(self, pieces: Sequence[int], number: int) -> list[str]:
        """The longest shared runs, for an item none of whose words stands in the text as it is."""
        weights = self._weights[pieces, number].tolist()
        shared = [(w, n) for w, n in zip(weights, pieces, strict=True) if w > 0]
        heaviest = sorted(shared, key=itemgetter(0), reverse=True)[:12]
        runs = [(self._pieces[n], weight) for weight, n in heaviest]
        kept: list[str] = []
        for run, _weight in sorted(runs, key=lambda each: (-len(each[0]), -each[1])):
            if " " not in run and len(kept) < SHOWN and not any(run in longer for longer in kept):
                kept.append(run)
        return kept


def together(said: Weights, learned: Weights, trust: float) -> Weights:
    """The catalogue's shares times those learned, to the power of the trust in them; rows sum to 1.

    A product, so that where one of them cannot tell, the other decides. What was never learned
    from keeps a small share, lest the model forbid an item only because it is rare.
    """
    both = (said + 1e-6) * (learned + 1e-3) ** trust
    shares: Weights = (both / both.sum(axis=-1, keepdims=True)).astype(np.float32)
    return shares


def _longest_first(word: str) -> tuple[int, str]:
    return -len(word), word


def _weigh(entries: Sequence[Entry]) -> tuple[dict[str, int], Weights]:
    """The vocabulary and one column of weights per entry."""
    counts = [_counted(entry) for entry in entries]
    spread = Counter(piece for count in counts for piece in count)
    vocabulary = {piece: number for number, piece in enumerate(sorted(spread))}
    weights = np.zeros((len(vocabulary), len(entries)), np.float32)
    for column, count in enumerate(counts):
        for piece, amount in count.items():
            weights[vocabulary[piece], column] = amount / (amount + 1)
    rarity = np.log((len(entries) + 1) / np.array([spread[piece] for piece in vocabulary]))
    length = np.array([OF_PAIR if " " in piece else OF_LENGTH[len(piece)] for piece in vocabulary])
    weights *= (rarity**RARITY * length).astype(np.float32)[:, None]
    norms = np.linalg.norm(weights, axis=0)
    weights /= np.sqrt(np.where(norms > 0, norms, 1))
    return vocabulary, weights


def _counted(entry: Entry) -> Mapping[str, float]:
    count: Counter[str] = Counter()
    texts = [(entry.name, OF_NAME), (entry.closing, OF_CLOSING)]
    for text, amount in [*texts, *((word, OF_WORD) for word in entry.words)]:
        for piece in grams(clean(text)):
            count[piece] += amount  # type: ignore[assignment]
    return count


def _without_items(graded: Graded | None) -> Suggestion:
    if graded is None:
        return Suggestion(ORDINARY, "没有提到紧急情况")
    return Suggestion(graded.grade, graded.because, emergency=graded.emergency)


def _concluded(
    graded: Graded | None, candidates: tuple[Candidate, ...], best: Entry | None
) -> Suggestion:
    """The grade by signs, or by the usual grade of the likely item when that is graver."""
    said = _without_items(graded)
    if best is None or not candidates:
        return said
    certain = candidates[0].share >= CERTAIN
    if candidates[0].share < LIKELY:
        return Suggestion(said.grade, said.grade_because, candidates, certain, said.emergency)
    worst = worse(said.grade, best.grade)
    because = said.grade_because if worst == said.grade else f"“{best.name}”通常这样定级"
    feared = graded is not None and graded.feared
    emergency = said.emergency or (None if feared else best.emergency)
    return Suggestion(worst, because, candidates, certain, emergency)

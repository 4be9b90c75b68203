"""Grade first: what residents say that decides how grave a matter is, whatever its class."""

import re
from dataclasses import dataclass
from functools import cached_property

from gongzhi.catalogue.rules.grams import Words

URGENT, SERIOUS, ORDINARY = "urgent", "serious", "ordinary"
WORST_FIRST = (URGENT, SERIOUS, ORDINARY)
CALLS = ("110", "119", "120", "122")  # the numbers a resident may be told to call at once

_PAUSE = re.compile(r"[\s，。！？；：、,.!?;:]")
_LOOK_BACK = 6  # characters before a word in which "怕" or "没有" still belongs to it


@dataclass(frozen=True)
class Emergency:
    """What the resident must do at once: the number to call, and the sentence to show."""

    call: str
    notice: str


@dataclass(frozen=True)
class Sign:
    """Words of which any one decides the grade, unless the text also has one of `unless`."""

    grade: str
    words: tuple[str, ...]
    unless: tuple[str, ...] = ()
    emergency: Emergency | None = None


@dataclass(frozen=True)
class Signs:
    """All signs, worst first, and the words before a sign that take its force away."""

    signs: tuple[Sign, ...] = ()
    negations: tuple[str, ...] = ()
    supposed: tuple[str, ...] = ()

    @cached_property
    def words(self) -> Words:
        """All words of all signs."""
        return Words(word for sign in self.signs for word in sign.words)


@dataclass(frozen=True)
class Graded:
    """A grade, the word that decided it and whether it was only feared, not seen."""

    grade: str
    word: str
    feared: bool
    emergency: Emergency | None

    @property
    def because(self) -> str:
        """The reason in a few words."""
        return f"担心“{self.word}”" if self.feared else f"提到“{self.word}”"


def worse(one: str, other: str) -> str:
    """The graver of two grades."""
    return min(one, other, key=WORST_FIRST.index)


def grade(text: str, signs: Signs) -> Graded | None:
    """The gravest sign found in a cleaned text; None when there is none.

    A negated sign does not count (“没有人受伤”). One that is only supposed (“怕着火”) counts one
    grade less and calls nobody.
    """
    feared: Graded | None = None
    found = signs.words.found_in(text)
    for sign in signs.signs if found else ():
        if found.isdisjoint(sign.words) or any(word in text for word in sign.unless):
            continue
        for word in filter(found.__contains__, sign.words):
            said = _how_said(text, word, signs)
            if said == "seen":
                return Graded(sign.grade, word, feared=False, emergency=sign.emergency)
            if said == "feared" and feared is None and sign.grade == URGENT:
                feared = Graded(SERIOUS, word, feared=True, emergency=None)
    return feared


def _how_said(text: str, word: str, signs: Signs) -> str:
    """Whether the word is "seen", only "feared", or "" when absent or negated each time."""
    best, start = "", text.find(word)
    while start >= 0:
        before = _PAUSE.split(text[max(0, start - _LOOK_BACK) : start])[-1]
        if not before.endswith(signs.negations):
            if not any(supposed in before for supposed in signs.supposed):
                return "seen"
            best = "feared"
        start = text.find(word, start + 1)
    return best

"""The catalogue in force and its scorer, kept in memory and read again when either changed."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from threading import Lock
from typing import Any

import numpy as np

from gongzhi.catalogue import models_on_disk
from gongzhi.catalogue.models import Edition, Item
from gongzhi.catalogue.models_on_disk import Trained
from gongzhi.catalogue.rules.grading import ORDINARY, Emergency, Sign, Signs
from gongzhi.catalogue.rules.scoring import Candidate, Entry, Learned, Scorer, Suggestion
from gongzhi.catalogue.words import Grade
from gongzhi.kernel.icons import drawings

__all__ = [
    "Candidate",
    "Emergency",
    "ItemsOfClass",
    "Suggestion",
    "as_json",
    "classes",
    "edition",
    "forget",
    "item",
    "suggest",
    "suggest_many",
]

FRESH_FOR = 10.0  # seconds another process may go on with the edition and model it knows
CASES = "cases"  # the name of the model learned from the district's own closed cases


@dataclass(frozen=True)
class ItemsOfClass:
    """A class with its items, as a select offers them."""

    code: str
    name: str
    offered: tuple[Item, ...]


@dataclass(frozen=True)
class _InForce:
    """One edition with its scorer, and the learned model if there is one for its items."""

    edition: Edition
    items: Mapping[str, Item]
    scorer: Scorer
    trained: Trained | None
    positions: Any  # for each label of the model the number of its entry, or -1
    classes: tuple[ItemsOfClass, ...]

    def learned(self, texts: Sequence[str]) -> Learned | None:
        """What the learned model says, a row for each text, one share per entry of the scorer."""
        if self.trained is None:
            return None
        shares = np.zeros((len(texts), len(self.scorer.entries)), np.float32)
        known = self.positions >= 0
        shares[:, self.positions[known]] = self.trained.shares(texts)[:, known]
        return Learned(shares, self.trained.trust)


_known: dict[str, Any] = {}  # "at", "stamp", "in_force"
_lock = Lock()


def suggest(text: str) -> Suggestion:
    """Grade first, then the best three items for a report of any text, in well under 1 ms.

    Without a catalogue in force the grade is ordinary and nothing is certain: a person decides.
    """
    return suggest_many([text])[0]


def suggest_many(texts: Sequence[str]) -> list[Suggestion]:
    """The same for reports that came together: each is read by itself, but quicker in company."""
    now = _in_force()
    if now is None:
        return [Suggestion(Grade.ORDINARY, "尚未载入事件目录") for _text in texts]
    said = now.scorer.suggest_many(texts, now.learned(texts))
    return [replace(one, grade=Grade(one.grade)) for one in said]


def as_json(suggestion: Suggestion) -> dict[str, Any]:
    """The suggestion as it is stored with a case and answered by the API."""
    return {
        "grade": str(Grade(suggestion.grade).value),
        "grade_because": suggestion.grade_because,
        "candidates": [dict(vars(candidate)) for candidate in suggestion.candidates],
        "certain": suggestion.certain,
        "emergency": dict(vars(suggestion.emergency)) if suggestion.emergency else None,
    }


def edition() -> Edition | None:
    """The edition in force."""
    now = _in_force()
    return now.edition if now else None


def item(code: str) -> Item | None:
    """The item with this code in the edition in force."""
    now = _in_force()
    return now.items.get(code) if now else None


def classes() -> tuple[ItemsOfClass, ...]:
    """The classes of the edition in force and their items, in the order of their codes."""
    now = _in_force()
    return now.classes if now else ()


def unit_kinds() -> dict[str, str]:
    """Code → name of the kinds of unit that the edition in force knows."""
    now = _in_force()
    return {unit["code"]: unit["name"] for unit in now.edition.units} if now else {}


def scorer() -> Scorer | None:
    """The scorer of the edition in force, as the catalogue alone makes it."""
    now = _in_force()
    return now.scorer if now else None


def forget() -> None:
    """Look anew at the next question; called by whoever changes the edition or the model."""
    _known.clear()


@lru_cache(maxsize=1)
def icons() -> frozenset[str]:
    """The names of the icons that can be drawn."""
    return frozenset(name.removesuffix(".svg") for name in drawings().namelist())


def _in_force() -> _InForce | None:
    known = dict(_known)
    if known and time.monotonic() - known["at"] < FRESH_FOR:
        return known["in_force"]  # type: ignore[no-any-return]
    with _lock:
        active = Edition.objects.filter(active=True).first()
        stamp = (active and active.pk, active and active.digest, models_on_disk.stamp(CASES))
        if _known.get("stamp") != stamp:
            _known["in_force"] = _built(active) if active else None
            _known["stamp"] = stamp
        _known["at"] = time.monotonic()
        return _known["in_force"]  # type: ignore[no-any-return]


def _built(active: Edition) -> _InForce:
    items = {row.code: row for row in active.items.select_related("item_class", "edition")}
    entries = [_entry(row) for row in items.values()]
    trained = models_on_disk.open_model(CASES)
    number = {entry.code: position for position, entry in enumerate(entries)}
    labels = trained.labels if trained else ()
    return _InForce(
        active,
        items,
        Scorer(entries, _signs(active.grading)),
        trained,
        np.array([number.get(label, -1) for label in labels], np.int64),
        _classes(items.values()),
    )


def _classes(items: Iterable[Item]) -> tuple[ItemsOfClass, ...]:
    found: dict[tuple[str, str], list[Item]] = {}
    for one in sorted(items, key=lambda one: one.code):
        found.setdefault((one.item_class.code, one.item_class.name), []).append(one)
    return tuple(ItemsOfClass(*named, tuple(some)) for named, some in sorted(found.items()))


def _entry(row: Item) -> Entry:
    return Entry(
        code=row.code,
        name=row.name,
        class_code=row.item_class.code,
        class_name=row.item_class.name,
        grade=row.grade,
        words=(*row.synonyms, *row.hints),
        closing=row.closing,
        emergency=Emergency(**row.emergency) if row.emergency else None,
    )


def _signs(grading: Mapping[str, Any]) -> Signs:
    return Signs(
        tuple(
            Sign(
                sign.get("grade", ORDINARY),
                tuple(sign["words"]),
                tuple(sign["unless"]),
                Emergency(**sign["emergency"]) if sign["emergency"] else None,
            )
            for sign in grading.get("signs", ())
        ),
        tuple(grading.get("negations", ())),
        tuple(grading.get("supposed", ())),
    )

"""How good a classifier is: held-out parts that stay the same, macro-F1, accuracy, per class."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class ClassScore:
    """One class: how many texts it has in the held-out part, and how they were told."""

    label: str
    texts: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class Score:
    """Macro-F1 (the mean over the classes), accuracy, and the classes one by one."""

    macro_f1: float
    accuracy: float
    classes: tuple[ClassScore, ...]


def held_out(texts: Sequence[str], labels: Ints, share: float) -> NDArray[np.bool_]:
    """Which texts are kept for judging: about `share` of each class, one at least if it has two.

    Decided by the text itself, so that the same text lands on the same side next time, in
    whatever order and company it comes, and repeats of a text never stand on both sides.
    """
    place = np.array([_place(text) for text in texts])
    held = place < share
    for label in np.unique(labels):
        own = np.flatnonzero(labels == label)
        different = np.unique(place[own])
        if len(different) < 2:
            held[own] = False
        elif not held[own].any():
            held[own[place[own] == different[0]]] = True
        elif held[own].all():
            held[own[place[own] == different[-1]]] = False
    return held


def score(labels: Sequence[str], truth: Ints, told: Ints) -> Score:
    """The score of what was told; classes that neither occur nor are told do not count."""
    right = truth == told
    size = len(labels)
    hits = np.bincount(truth[right], minlength=size)
    occurs = np.bincount(truth, minlength=size)
    said = np.bincount(told, minlength=size)
    precision = hits / np.maximum(said, 1)
    recall = hits / np.maximum(occurs, 1)
    f1 = 2 * hits / np.maximum(occurs + said, 1)
    counted = np.flatnonzero(occurs + said)
    return Score(
        macro_f1=float(f1[counted].mean()) if len(counted) else 0.0,
        accuracy=float(right.mean()) if len(truth) else 0.0,
        classes=tuple(
            ClassScore(
                labels[int(n)], int(occurs[n]), float(precision[n]), float(recall[n]), float(f1[n])
            )
            for n in counted
        ),
    )


def _place(text: str) -> float:
    """A number from 0 to 1 that is always the same for the text."""
    return (
        int.from_bytes(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=7).digest())
        / 2**56
    )

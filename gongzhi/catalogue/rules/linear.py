"""A linear classifier in plain NumPy: one against the rest, squared hinge, Adagrad in batches.

The loss and its ridge are those of a linear support vector machine, which for short texts is hard
to beat; small batches with a rate per weight come close to its optimum in a few passes.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gongzhi.catalogue.rules.hashed import Ints, Rows

Floats = NDArray[np.float32]

RATE = 0.3
BATCH = 256
STEPS = 600  # at least so many batches, so that small sets are learned as well


@dataclass
class Linear:
    """Weights (features × classes), bias, and how sharply scores become shares."""

    weights: Floats
    bias: Floats
    sharpness: float = 2.0

    def scores(self, rows: Rows) -> Floats:
        """One row of scores per text."""
        out = np.empty((len(rows), len(self.bias)), np.float32)
        for at in range(0, len(rows), 2048):
            some = rows.take(np.arange(at, min(at + 2048, len(rows))))
            out[at : at + len(some)] = _dot(some, self.weights[some.index]) + self.bias
        return out

    def shares(self, rows: Rows) -> Floats:
        """One row of shares per text; each row sums to 1."""
        return softmax(self.sharpness * self.scores(rows))


def softmax(scores: Floats) -> Floats:
    """Shares from scores, row by row."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: Floats = powers / powers.sum(axis=1, keepdims=True)
    return shares


def sharpness(scores: Floats, labels: Ints) -> float:
    """The factor on scores that makes shares most likely for these known labels."""
    factors = np.geomspace(0.5, 32, 25)
    rows = np.arange(len(labels))
    likelihood = [
        np.log(softmax(np.float32(f) * scores)[rows, labels] + 1e-9).mean() for f in factors
    ]
    return float(factors[int(np.argmax(likelihood))])


def train(
    rows: Rows,
    labels: Ints,
    *,
    features: int,
    classes: int,
    ridge: float,
    seed: int = 7,
    tell: Callable[[float], None] = lambda _part: None,
) -> Linear:
    """Learn from rows with labels 0 … classes-1; the same input gives the same weights.

    `ridge` is 1 / (2 C) of a support vector machine; `tell` hears how much is done, 0 to 1.
    """
    order_of = np.random.default_rng(seed)
    batch = max(16, min(BATCH, len(rows) // 100))
    per_pass = -(-len(rows) // batch)
    passes = max(4, -(-STEPS // per_pass))
    model = Linear(np.zeros((features, classes), np.float32), np.full(classes, -1, np.float32))
    moved = np.full((features, classes), 1e-4, np.float32)
    shrink = ridge * _share_of_pass(rows, features, per_pass)
    for number in range(passes):
        order = order_of.permutation(len(rows))
        for step in range(per_pass):
            done = (number + step / per_pass) / passes
            some = order[step * batch : (step + 1) * batch]
            _step(model, moved, shrink, rows.take(some), labels[some], RATE * (1 - done))
            if step % 50 == 0:
                tell(done)
    return model


def _share_of_pass(rows: Rows, features: int, per_pass: int) -> Floats:
    """What part of the ridge each feature gets in a batch that holds it: a pass adds up to 1."""
    spread = np.bincount(rows.index, minlength=features)
    batches = -per_pass * np.expm1(-spread / per_pass)
    share: Floats = (1 / np.maximum(1, batches)).astype(np.float32)
    return share[:, None]


def _step(
    model: Linear, moved: Floats, shrink: Floats, rows: Rows, labels: Ints, rate: float
) -> None:
    if not len(rows.index):
        return
    by_feature = np.argsort(rows.index, kind="stable")
    ordered = rows.index[by_feature]
    first = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    feature = ordered[first]
    error = _error(_dot(rows, model.weights[rows.index]) + model.bias, labels)
    row = np.repeat(np.arange(len(rows)), np.diff(rows.start))[by_feature]
    slopes = error[row]
    slopes *= rows.value[by_feature][:, None]
    slope = np.add.reduceat(slopes, first, axis=0)
    weights = model.weights[feature]
    slope += shrink[feature] * weights
    scale = moved[feature] + slope * slope
    moved[feature] = scale
    model.weights[feature] = weights - rate * slope / np.sqrt(scale)
    model.bias -= rate * error.mean(axis=0)


def _error(scores: Floats, labels: Ints) -> Floats:
    """Slope of the squared hinge (halved) for each row and class."""
    rows = np.arange(len(labels))
    own = scores[rows, labels]
    error: Floats = np.maximum(0, 1 + scores)
    error[rows, labels] = -np.maximum(0, 1 - own)
    return error


def _dot(rows: Rows, terms: Floats) -> Floats:
    """Row sums of the weights gathered for each feature of each row; `terms` is overwritten."""
    out = np.zeros((len(rows), terms.shape[1]), np.float32)
    filled = np.flatnonzero(np.diff(rows.start))
    if len(filled):
        terms *= rows.value[:, None]
        out[filled] = np.add.reduceat(terms, rows.start[filled], axis=0)
    return out

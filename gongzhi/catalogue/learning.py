"""Training a classifier on texts with labels, judging it, and keeping it only if it is better."""

import hashlib
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gongzhi.catalogue import models_on_disk, reads
from gongzhi.catalogue.models_on_disk import Trained
from gongzhi.catalogue.rules import hashed, linear, measures
from gongzhi.catalogue.rules.linear import Linear
from gongzhi.catalogue.rules.measures import Score
from gongzhi.catalogue.rules.scoring import together

Ints = NDArray[np.int64]
Shares = NDArray[np.float32]
Tell = Callable[[str, float], None]
Source = Callable[[], Iterable[tuple[str, str]]]

HELD_OUT = 0.2  # of the texts, for judging; never learned from
MOST_WEIGHTS = 40_000_000  # features × classes: 160 MB, and as much again while learning
MOST_LABELS = 2000
LEAST_TEXTS = 20
SMALL = 20_000  # so few texts that all of them are learned from once more at the end
RIDGE = 0.3  # choosing it on a part set aside lost more by chance than it won
ENOUGH_TO_CHOOSE = 1000  # texts set aside from which a lift can be told from chance
LIFTS = (0.0, 0.02, 0.05, 0.1, 0.15)  # what rare classes may be lifted by, for macro-F1
TRUSTS = (0.3, 0.5, 0.7, 1.0)  # in the learned model, beside the catalogue's scorer

_sources: dict[str, Source] = {}


class LearningError(ValueError):
    """There is nothing to learn from these pairs; the message says why, in Chinese."""


@dataclass(frozen=True)
class Report:
    """What came out: the new model's score, what it had to beat, and whether it was kept."""

    name: str
    texts: int
    learned_from: int
    judged_on: int
    labels: int
    score: Score
    before: dict[str, float] = field(default_factory=dict)  # who → macro-F1, same held-out part
    kept: bool = False
    path: Path | None = None
    seconds: float = 0.0


@dataclass(frozen=True)
class _Lesson:
    """Texts with the numbers of their labels."""

    texts: list[str]
    truth: Ints
    labels: list[str]

    def part(self, chosen: NDArray[np.bool_]) -> "_Lesson":
        texts = [self.texts[n] for n in np.flatnonzero(chosen)]
        return _Lesson(texts, self.truth[chosen], self.labels)


def gives_pairs(*, called: str) -> Callable[[Source], Source]:
    """Let a package above name where the district's own closed cases come from.

    The function gives (text, item code) pairs; `gongzhi learn` without a file learns from them.
    """

    def register(source: Source) -> Source:
        _sources[called] = source
        return source

    return register


def own_pairs() -> list[tuple[str, str]]:
    """All pairs that the packages above give."""
    return [pair for source in _sources.values() for pair in source()]


def learn_from(
    pairs: Iterable[tuple[str, str]],
    at: datetime,
    *,
    name: str = reads.CASES,
    seed: int = 7,
    tell: Tell = lambda _what, _part: None,
) -> Report:
    """Learn from (text, label) pairs and keep the model under `name`, unless the old one is better.

    Judged by macro-F1 on a held-out fifth that neither it nor its forerunner learned from. Under
    the name "cases" the labels are item codes, and the catalogue's own scorer must be beaten too.
    The same pairs give the same model. LearningError when there is too little to learn from.
    """
    started = time.monotonic()
    lesson = _lesson(pairs)
    old = models_on_disk.open_model(name)
    if old is not None and name != reads.CASES:
        _same_taxonomy(name, old, lesson)
    held = measures.held_out(lesson.texts, lesson.truth, HELD_OUT)
    learned, judged = lesson.part(~held), lesson.part(held)
    trained = _trained(learned, seed, tell, beside=name == reads.CASES)
    tell("评分", 0.0)
    rivals = {"原模型": old} if old else {}
    score = _judged(judged, trained, beside=name == reads.CASES)
    before = {
        who: _judged(judged, rival, beside=name == reads.CASES).macro_f1
        for who, rival in rivals.items()
    }
    if name == reads.CASES:
        before["事件目录"] = _judged(judged, None, beside=True).macro_f1
    kept = all(score.macro_f1 > other for other in before.values())
    trained = replace(trained, about=_about(name, learned, score, at, seed))
    path = models_on_disk.save(name, trained) if kept else None
    reads.forget()
    tell("评分", 1.0)
    sizes = len(lesson.texts), len(learned.texts), len(judged.texts), len(lesson.labels)
    return Report(name, *sizes, score, before, kept, path, time.monotonic() - started)


def _lesson(pairs: Iterable[tuple[str, str]]) -> _Lesson:
    texts: list[str] = []
    named: list[str] = []
    for text, label in pairs:
        texts.append(text)
        named.append(label)
    if len(texts) < LEAST_TEXTS:
        raise LearningError(f"只有 {len(texts)} 条，至少要有 {LEAST_TEXTS} 条才能学习。")
    labels = sorted(set(named))
    if len(labels) < 2:
        raise LearningError("所有内容都是同一个标签，无法学习。")
    if len(labels) > min(MOST_LABELS, len(texts) // 2):
        raise LearningError(f"{len(texts)} 条内容有 {len(labels)} 种标签，太多了；是不是列错位了？")
    number = {label: n for n, label in enumerate(labels)}
    return _Lesson(texts, np.array([number[label] for label in named], np.int64), labels)


def _same_taxonomy(name: str, old: Trained, lesson: _Lesson) -> None:
    shared = set(old.labels) & set(lesson.labels)
    if len(shared) * 2 < max(len(old.labels), len(lesson.labels)):
        raise LearningError(
            f"已有的模型“{name}”学的是另一套标签，不能比较；请用 --name 另取一个名字。"
        )


def _trained(lesson: _Lesson, seed: int, tell: Tell, *, beside: bool) -> Trained:
    """A model whose lift, sharpness and trust were tried on a part set aside for it."""
    classes = len(lesson.labels)
    most = max(10_000, MOST_WEIGHTS // classes)
    space, rows = hashed.measure(
        lesson.texts, most_features=most, tell=lambda part: tell("读入", part)
    )
    small = len(lesson.texts) <= SMALL
    aside = measures.held_out(
        [f"调 {t}" for t in lesson.texts], lesson.truth, 0.2 if small else 0.05
    )
    rounds = 2 if small else 1

    def train(chosen: Ints, number: int) -> Linear:
        return linear.train(
            rows.take(chosen),
            lesson.truth[chosen],
            features=len(space.buckets),
            classes=classes,
            ridge=RIDGE,
            seed=seed,
            tell=lambda part: tell("训练", (number + part) / rounds),
        )

    model = train(np.flatnonzero(~aside), 0)
    scores = model.scores(rows.take(np.flatnonzero(aside)))
    lift = _lift(scores, lesson.part(aside), lesson) * _rareness(lesson)
    model.bias += lift
    model.sharpness = linear.sharpness(scores + lift, lesson.truth[aside])
    trained = Trained(space, model, tuple(lesson.labels), 1.0, {})
    trust = _trust(lesson.part(aside), trained) if beside else 1.0
    if small:
        sharpness, model = model.sharpness, train(np.arange(len(rows)), 1)
        model = Linear(model.weights, model.bias + lift, sharpness)
    return replace(trained, linear=model, trust=trust)


def _lift(scores: Shares, tried: _Lesson, lesson: _Lesson) -> float:
    """How much rare classes gain from being lifted, for macro-F1; 0 when it may be chance."""
    if len(tried.texts) < ENOUGH_TO_CHOOSE:
        return 0.0
    rareness = _rareness(lesson)
    best = (-1.0, 0.0)
    for lift in LIFTS:
        told = (scores + lift * rareness).argmax(axis=1)
        macro = measures.score(lesson.labels, tried.truth, told).macro_f1
        if macro > best[0] + 0.002:
            best = (macro, lift)
    return best[1]


def _rareness(lesson: _Lesson) -> Shares:
    """How much rarer each class is than the commonest one, in powers of e."""
    count = np.bincount(lesson.truth, minlength=len(lesson.labels))
    rareness: Shares = np.log(count.max() / np.maximum(1, count)).astype(np.float32)
    return rareness


def _trust(lesson: _Lesson, trained: Trained) -> float:
    """The least trust that is about as good as any: closed cases repeat more than new ones will."""
    scored = {
        trust: _judged(lesson, replace(trained, trust=trust), beside=True).macro_f1
        for trust in TRUSTS
    }
    return next(trust for trust in TRUSTS if scored[trust] >= max(scored.values()) - 0.01)


def _judged(lesson: _Lesson, trained: Trained | None, *, beside: bool) -> Score:
    """The score of a model on these texts, beside the catalogue's scorer or alone."""
    scorer = reads.scorer() if beside else None
    codes = [entry.code for entry in scorer.entries] if scorer else []
    told = trained.labels if trained else ()
    names = sorted({*lesson.labels, *codes, *told})
    number = {name: n for n, name in enumerate(names)}
    size = len(lesson.texts), len(names)
    shares, said = np.zeros(size, np.float32), np.zeros(size, np.float32)
    if trained:
        shares[:, [number[label] for label in told]] = trained.shares(lesson.texts)
    if scorer:
        columns = [number[code] for code in codes]
        for row, text in enumerate(lesson.texts):
            said[row, columns] = scorer.shares_of(text)
        shares = together(said, shares, trained.trust) if trained else said
    truth = np.array([number[label] for label in lesson.labels], np.int64)[lesson.truth]
    return measures.score(names, truth, shares.argmax(axis=1))


def _about(
    name: str, learned: _Lesson, score: Score, at: datetime, seed: int
) -> dict[str, str | float | int]:
    return {
        "name": name,
        "taxonomy": hashlib.sha256("\n".join(learned.labels).encode()).hexdigest(),
        "macro_f1": round(score.macro_f1, 6),
        "accuracy": round(score.accuracy, 6),
        "texts": len(learned.texts),
        "at": at.isoformat(),
        "seed": seed,
    }

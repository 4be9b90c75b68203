"""The whole answer to a question: cells where they are quick and fresh, the lake for long spans.

Up to CELLS_MOST days the counts come from the daily cells and are seconds old; times, items and
longer spans come from the months in the lake.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime

from gongzhi.insight.reads import cells, history
from gongzhi.insight.reads.asked import Question
from gongzhi.insight.reads.history import NOTHING, Figure
from gongzhi.insight.rules import Counts, Took, stepped
from gongzhi.insight.words import By

CELLS_MOST = 400  # days; beyond, adding up cells takes longer than reading the files


@dataclass(frozen=True)
class Answer:
    """Figures together, by step of the trend and by line of the table; `live`: counts are fresh."""

    total: Figure
    steps: list[tuple[date, Counts]]
    lines: dict[str, Figure]
    live: bool
    as_of: datetime | None


def is_live(question: Question) -> bool:
    """Whether the counts come from the daily cells."""
    return (question.last - question.first).days < CELLS_MOST


def answer(question: Question) -> Answer:
    """Everything the page shows but the repeats."""
    live = is_live(question)
    by_day = cells.by_day(question) if live else history.by_day(question)
    found = history.figures(question)
    total = found.get(history.TOTAL, NOTHING)
    if live:
        total = Figure(cells.total(question), total.took)
    return Answer(
        total=total,
        steps=stepped(by_day, question.first, question.last),
        lines=_lines(question, found),
        live=live,
        as_of=history.as_of(question),
    )


def lines(question: Question) -> dict[str, Figure]:
    """The lines of the table alone."""
    return _lines(question, history.figures(question))


def _lines(question: Question, found: dict[str | None, Figure]) -> dict[str, Figure]:
    files = {key: figure for key, figure in found.items() if key is not None}
    if is_live(question) and question.by != By.ITEM:
        return {
            key: Figure(counts, files.get(key, NOTHING).took)
            for key, counts in cells.grouped(question).items()
        }
    for key, ended in history.ended_by(question).items():
        known = files.get(key, Figure(Counts(), Took(None, None)))
        files[key] = Figure(replace(known.counts, ended=ended), known.took)
    return files

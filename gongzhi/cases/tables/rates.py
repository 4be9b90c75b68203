"""The rates of a month as a table, cut as the page cuts them, with what each was counted from."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from fractions import Fraction

from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.cases.measures import percent
from gongzhi.cases.reads.measured import Asked, cuts, unnamed
from gongzhi.cases.reads.rates import Row, basis_of, named_rates
from gongzhi.sheets.columns import Record, Told, counted, running_number, told
from gongzhi.sheets.kinds import Words
from gongzhi.sheets.words import Sort


def _number(key: str, label: Words, *, usual: bool = True) -> Told:
    return told(key, label, sort=Sort.NUMBER, usual=usual)


def _rate(key: str, label: Words) -> Told:
    """A share as the page says it: 99.9%."""

    def say(record: Record) -> str:
        share: Fraction | None = record[key]
        return percent(share)

    return Told(key, label, (), say)


COLUMNS = (
    running_number(),
    told("name", gettext_lazy("分组")),
    _number("reported", gettext_lazy("上报")),
    _number("declined", gettext_lazy("不予受理")),
    _number("closed", gettext_lazy("办结")),
    _rate("closing", gettext_lazy("办结率")),
    _rate("response", gettext_lazy("响应率")),
    _rate("solving", gettext_lazy("解决率")),
    _rate("satisfaction", gettext_lazy("满意率")),
    _number("unreached", gettext_lazy("没有联系上")),
    _number("contacted", gettext_lazy("办理时联系过"), usual=False),
    _number("answered_contacted", gettext_lazy("回答了是否联系过"), usual=False),
    _number("solved", gettext_lazy("已解决"), usual=False),
    _number("answered_solved", gettext_lazy("回答了是否解决"), usual=False),
    _number("satisfied", gettext_lazy("满意"), usual=False),
    _number("answered_satisfied", gettext_lazy("回答了是否满意"), usual=False),
)
RATES = ("closing", "response", "solving", "satisfaction")


def _record(row: Row, by: str) -> Record:
    counts = row.counts
    return {
        "name": row.name or unnamed(by),
        **vars(counts),
        **{k: getattr(counts, k) for k in RATES},
    }


def _lines(person: Person, query: Mapping[str, str], at: datetime) -> Sequence[Record]:
    """A line for each, and the total last."""
    asked = Asked.read(query, at)
    total, rows = named_rates(basis_of(person, asked.month), by=asked.by)
    return [_record(row, asked.by) for row in [*rows, Row(_("合计"), total)]] if rows else []


def _words(query: Mapping[str, str]) -> str:
    asked = Asked.read(query, now())
    return _("%(month)s、按%(cut)s") % {"month": asked.month.name, "cut": cuts()[asked.by]}


RATE_LIST = counted(
    "cases.rates",
    gettext_lazy("三率与办结率"),
    can=Can.SEE_CASES,
    columns=COLUMNS,
    lines=_lines,
    words=_words,
    back="staff:measures",
)

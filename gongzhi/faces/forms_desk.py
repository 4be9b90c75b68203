"""The working calendar as people type it, parsed; what is wrong is said with its line."""

import re
from datetime import date, time, timedelta

from django.utils.translation import gettext as _

from gongzhi.calendars.words import DayKind
from gongzhi.kernel.refusals import NotUnderstood

SPANS_MOST = 4
LINE = re.compile(
    r"(?P<first>\d{4}-\d{1,2}-\d{1,2})(?:\s*[~～至到]\s*(?P<last>\d{4}-\d{1,2}-\d{1,2}))?"
    r"\s+(?P<kind>放假|上班)\s+(?P<name>\S.{0,38})"
)
KINDS = {"放假": DayKind.HOLIDAY, "上班": DayKind.WORKDAY}
LONGEST = timedelta(days=31)


def spans_from(begins: list[str], ends: list[str]) -> list[tuple[time, time]]:
    """Pairs of "08:30" and "12:00"; rows left empty are left out."""
    spans = []
    for begin, end in list(zip(begins, ends, strict=False))[:SPANS_MOST]:
        if not begin and not end:
            continue
        try:
            spans.append((time.fromisoformat(begin), time.fromisoformat(end)))
        except ValueError as error:
            raise NotUnderstood(_("工作时段要写成 08:30 这样的时间，两头都要填。")) from error
    return spans


def days_from(text: str) -> dict[date, tuple[DayKind, str]]:
    """Lines such as "2027-02-05~2027-02-11 放假 春节" or "2027-02-13 上班 春节调休"."""
    days: dict[date, tuple[DayKind, str]] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        found = LINE.fullmatch(line.strip())
        if not found:
            raise _wrong(number, _("要写成“日期 放假或上班 名称”，例如 2027-01-01 放假 元旦"))
        for day in _range(found, number):
            if day in days:
                raise _wrong(number, _("%(day)s 写了两次") % {"day": day})
            days[day] = (KINDS[found["kind"]], found["name"].strip())
    return days


def lines_of(days: list[tuple[date, str, str]]) -> str:
    """The same lines back, runs of days with one name put together; days in order."""
    runs: list[list[tuple[date, str, str]]] = []
    for day, kind, name in days:
        last = runs[-1][-1] if runs else None
        if last and last[1:] == (kind, name) and day - last[0] == timedelta(days=1):
            runs[-1].append((day, kind, name))
        else:
            runs.append([(day, kind, name)])
    words = {kind.value: word for word, kind in KINDS.items()}
    return "\n".join(
        f"{run[0][0]}{f'~{run[-1][0]}' if len(run) > 1 else ''} {words[run[0][1]]} {run[0][2]}"
        for run in runs
    )


def _range(found: re.Match[str], number: int) -> list[date]:
    try:
        first = _date(found["first"])
        last = _date(found["last"]) if found["last"] else first
    except ValueError as error:
        raise _wrong(number, _("日期不存在")) from error
    if not timedelta() <= last - first <= LONGEST:
        raise _wrong(number, _("起止日期颠倒，或者超过一个月"))
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _date(text: str) -> date:
    year, month, day = map(int, text.split("-"))
    return date(year, month, day)


def _wrong(number: int, why: str) -> NotUnderstood:
    return NotUnderstood(_("第 %(line)s 行：%(why)s。") % {"line": number, "why": why})

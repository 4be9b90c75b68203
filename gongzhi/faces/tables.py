"""The journal as a table, filtered as its page is; residents by number, never by name."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice

from django.utils.translation import gettext_lazy as _

from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.faces.record import Line, asked_for, lines_of
from gongzhi.faces.words_record import event_words
from gongzhi.sheets.columns import CHUNK, Record, said, told
from gongzhi.sheets.kinds import Listing
from gongzhi.sheets.words import Sort
from gongzhi.sheets.writing import Row

COLUMNS = (
    told("number", _("编号"), sort=Sort.NUMBER),
    told("at", _("时间")),
    told("word", _("事项")),
    told("about", _("对象")),
    told("by", _("何人")),
    told("where", _("区域")),
    told("facts", _("内容"), sort=Sort.LONG),
)


def _record(line: Line) -> Record:
    event = line.event
    return {
        "number": event.pk,
        "at": event.at,
        "word": line.word,
        "about": line.about,
        "by": event.by.name if event.by else str(_("系统或群众")),
        "where": line.where,
        "facts": "；".join(f"{key} {value}" for key, value in line.facts),
    }


def _records(person: Person, query: Mapping[str, str]) -> Iterator[Record]:
    events = asked_for(person, query).select_related("by").order_by("-pk").iterator(CHUNK)
    while some := list(islice(events, CHUNK)):
        yield from map(_record, lines_of(some))


def _rows(
    person: Person, query: Mapping[str, str], keys: Sequence[str], _at: datetime
) -> Iterator[Row]:
    return said(_records(person, query), COLUMNS, keys)


def _words(query: Mapping[str, str]) -> str:
    named = event_words().get(query.get("name", ""), "")
    days = (query.get("from", "")[:10], query.get("to", "")[:10])
    return "、".join(filter(None, [str(named), " – ".join(days) if any(days) else ""]))


RECORD_LIST = Listing(
    name="desk.record",
    label=_("日志"),
    can=Can.READ_RECORD,
    columns=[one.column for one in COLUMNS],
    rows=_rows,
    count=lambda person, query, _at: asked_for(person, query).count(),
    words=_words,
    back="desk:record",
)

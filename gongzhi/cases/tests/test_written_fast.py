"""Rows written many at once are those that the ORM would have written, column by column."""

import json
from datetime import timedelta
from importlib import import_module
from uuid import uuid4

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import GAS, HERE, LAMP, NOON
from gongzhi.cases import actions
from gongzhi.cases.actions import NewReport
from gongzhi.cases.models import Case
from gongzhi.cases.words import Source
from gongzhi.journal import record
from gongzhi.journal.models import Errand, Event

pytestmark = pytest.mark.django_db

BY_CHANCE = {  # what differs between any two reports of the same words, or between transactions
    "id", "key", "secret", "contact_name", "contact_phone", "subject_id", "event_id", "xact",
}  # fmt: skip
TABLES = ("cases_case", "journal_event", "journal_errand")

reports = st.builds(
    dict,
    text=st.text(st.characters(codec="utf-8"), max_size=30).map("路灯不亮".__add__)
    | st.sampled_from(["楼道里闻到煤气", "请来看看", "两\n行 'x' %s {}"]),
    place=st.sampled_from([HERE, (117.3051234567, 31.7934567891), None]),
    address=st.sampled_from(["望湖花园3栋", '\t一 号"\\门']),
    item_code=st.sampled_from(["", "", LAMP, GAS]),
    source=st.sampled_from(Source.values + list(Source)),
    contact_name=st.sampled_from(["", "王秀英"]),
    contact_phone=st.sampled_from(["", "138 0013 8000"]),
    via=st.sampled_from(["", "code-on-the-wall"]),
    signed_in=st.booleans(),
)


def orm(model, rows):
    """The slow way."""
    made = model.objects.bulk_create([model(**row) for row in rows])
    return [one.pk for one in made]


def new(wang, *, place, signed_in, **given) -> NewReport:
    lng, lat = place or (None, None)
    by = {"reporter_ref": f"p:{wang.pk}", "person": wang} if signed_in else {"reporter_ref": "d:x"}
    return NewReport(key=uuid4(), lng=lng, lat=lat, **by, **given)


def plain(value):
    """JSON is the same however it is spelt; SQLite keeps it as text."""
    return json.loads(value) if isinstance(value, str) and value.startswith("{") else value


def written() -> dict[str, list[dict]]:
    """All columns of all rows, as the driver gives them, but for what is chance."""
    found = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT * FROM {table} ORDER BY id")  # noqa: S608
            names = [column[0] for column in cursor.description]
            rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
            found[table] = [{k: plain(v) for k, v in r.items() if k not in BY_CHANCE} for r in rows]
    return found


def forget() -> None:
    for model in (Errand, Event, Case):
        model.objects.all().delete()


@given(st.lists(reports, min_size=1, max_size=5))
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_fast_and_slow_write_the_same(world, wang, monkeypatch, given_reports):
    sent = [new(wang, **given) for given in given_reports]
    later = NOON + timedelta(seconds=1, microseconds=20)
    forget()
    fast = actions.report_many(by=None, reports=sent, at=later)
    said = written()
    assert [len(rows) for rows in said.values()][:2] == [len(sent)] * 2
    stored = {case.pk: case for case in Case.objects.all()}
    for case, report in zip(fast, sent, strict=True):
        for field in Case._meta.concrete_fields:
            assert getattr(case, field.attname) == getattr(stored[case.pk], field.attname)
        assert (case.key, case.contact_phone) == (report.key, report.contact_phone)
        event = Event.objects.get(kind="case", subject_id=case.pk)
        assert event.errands.filter(reaction="qr.note_the_code").exists() == bool(report.via)
    forget()
    with monkeypatch.context() as patched:
        for module in (import_module("gongzhi.cases.actions.report"), record):
            patched.setattr(module, "insert_many", orm)
        actions.report_many(by=None, reports=sent, at=later)
    assert written() == said


def test_what_the_fast_way_gives_back_can_be_used_like_any_case(world, grid_1, item, wang):
    report = new(wang, place=HERE, signed_in=True, text="路灯不亮，晚上看不见路")
    case = actions.report(by=wang, new=report, at=NOON)
    assert (case.area, case.desk, case.item, case.reported_by) == (
        grid_1, grid_1.parent, item(LAMP), wang,
    )  # fmt: skip
    case.title = "改过"
    case.save()
    assert Case.objects.get() == case
    assert Case.objects.get().title == "改过"

"""`gongzhi check --ledger`: journal, cases and errands agree, or the command ends with 1."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils.timezone import now

from conftest import NOON
from gongzhi.cases.models import Case
from gongzhi.journal.models import Errand, Event
from gongzhi.journal.record import run_one

pytestmark = pytest.mark.django_db


def said() -> str:
    out = StringIO()
    call_command("check", ledger=True, stdout=out)
    return out.getvalue()


def do_everything_owed() -> None:
    while run_one(at=now()):
        pass


def test_an_installation_at_rest_agrees(report, chen):
    report()
    do_everything_owed()
    assert "日志与案件一致" in said()


def test_what_is_owed_is_named(report, chen):
    report()
    waiting = Errand.objects.filter(done_at=None).count()
    assert waiting
    with pytest.raises(CommandError, match=f"{waiting} 项应办事项还没有办完"):
        said()


def test_an_errand_written_down_twice_is_named(report, chen):
    report()
    do_everything_owed()
    errand = Errand.objects.first()
    Errand.objects.create(
        event=errand.event, reaction=errand.reaction, not_before=NOON, done_at=NOON
    )
    with pytest.raises(CommandError, match="登记了两次"):
        said()


def test_a_case_that_differs_from_its_record_is_named(report, chen):
    case = report()
    do_everything_owed()
    Case.objects.filter(pk=case.pk).update(status="closed")
    with pytest.raises(CommandError, match="日志与案件有"):
        said()


def test_a_case_without_its_record_is_named(report, chen):
    report()
    Event.objects.all().delete()
    with pytest.raises(CommandError, match="日志与案件有"):
        said()


def test_without_the_option_it_is_djangos_own_check(report):
    report()
    out = StringIO()
    call_command("check", stdout=out)
    assert "日志" not in out.getvalue()

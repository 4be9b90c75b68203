"""Who is erased from the register is forgotten by cases, too, once they have been answered."""

from datetime import timedelta

import pytest

from gongzhi.cases import actions as cases
from gongzhi.cases.models import Case
from gongzhi.cases.words import DeclineGround
from gongzhi.journal.models import Event
from gongzhi.journal.record import run_one
from gongzhi.places.models import Collection
from gongzhi.residents import actions as register
from gongzhi.residents.models import Resident
from gongzhi.residents.words import EraseGround

pytestmark = pytest.mark.django_db


def work(at):
    for _ in range(200):
        if not run_one(at=at):
            return
    raise AssertionError("errands without end")


def test_ended_cases_forget_at_once_and_open_ones_when_they_end(report, wang, sun, chen, NOON):
    told = {"by": wang, "contact_name": "王秀英", "contact_phone": "13812346021"}
    ended, still_open = report("路灯不亮", **told), report("垃圾成堆", **told)
    decline = {"by": chen, "ground": DeclineGround.BEYOND_DUTY, "answer": "不属受理范围"}
    cases.decline(case=ended, at=NOON + timedelta(minutes=1), **decline)
    collection = Collection.objects.create(source="visit", purpose="count", collected_at=NOON)
    resident = Resident.objects.create(name="王秀英", grid=ended.area, collection=collection)
    register.link_account(by=sun, resident=resident, account=wang, at=NOON)
    register.erase(by=sun, resident=resident, ground=EraseGround.WISH, at=NOON)
    later = NOON + timedelta(hours=2)
    work(later)
    kept = dict(Case.objects.values_list("pk", "contact_phone"))
    assert kept == {ended.pk: "", still_open.pk: "13812346021"}
    cases.decline(case=still_open, at=later, **decline)
    work(later + timedelta(hours=2))
    assert set(Case.objects.values_list("contact_name", "contact_phone")) == {("", "")}
    assert Event.objects.filter(name="cases.contact_forgotten").count() == 2
    assert Case.objects.count() == 2

"""What `gongzhi learn` learns from when no file is given."""

import pytest

from gongzhi.cases.models import Case
from gongzhi.cases.words import Status
from gongzhi.catalogue.learning import own_pairs

pytestmark = pytest.mark.django_db


def test_only_closed_cases_with_an_item_teach(report):
    closed = report("路灯不亮，晚上看不见路")
    report("路灯坏了，还没有人来修")
    unclear = report("有点问题想说一下")
    Case.objects.filter(pk__in=[closed.pk, unclear.pk]).update(status=Status.CLOSED)
    Case.objects.filter(pk=unclear.pk).update(item=None)
    assert own_pairs() == [("路灯不亮，晚上看不见路", "02001")]

"""The demo's elders, whatever the dice say."""

from random import Random
from types import SimpleNamespace

import pytest

from conftest import NOON
from gongzhi.care.models import Contact
from gongzhi.demo.elders import elders_of
from gongzhi.demo.people import Names
from gongzhi.sensing.models import Home

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("seed", range(12))
def test_whom_one_rehearses_with_can_be_called_and_has_two_relatives(seed, grid_1, wang):
    """The journey to the doorstep rings the elder twice, then two relatives one after the other."""
    homes = Home.objects.bulk_create([Home(code=f"H{n:04d}", area=grid_1) for n in (1, 2)])
    rng = Random(seed)
    cast = SimpleNamespace(residents=[wang])
    first, *_others = elders_of(homes, cast, Names(rng), rng, NOON)
    assert first.phone
    assert Contact.objects.filter(elder=first).count() >= 2
    assert Contact.objects.filter(elder=first).first().phone == wang.phone

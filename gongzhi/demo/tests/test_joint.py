"""Joint work in the demo: a mediator fits every dispute, a whistle stands, refusals are counted."""

from random import Random

import pytest
from django.core.management import call_command
from django.utils.timezone import localtime, now

from gongzhi.cases.models import TurnedAway
from gongzhi.demo.joint import settle_joint
from gongzhi.demo.people import Names, settle_people
from gongzhi.demo.places import settle
from gongzhi.demo.town import draw
from gongzhi.disputes import reads
from gongzhi.disputes.models import Agreement, Dispute
from gongzhi.flows import reads as flows

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_what_the_demo_says_to_try_can_be_tried(calendar, settings, tmp_path):
    settings.BASEMAP = tmp_path / "basemap.json"
    call_command("load_flows", verbosity=0)
    settle(draw())
    rng = Random(7)
    cast = settle_people(Names(rng), rng)
    settle_joint(cast, localtime(now()))
    waiting, settled = Dispute.objects.get(status="rated"), Dispute.objects.get(status="settled")
    assert reads.offers(waiting)[0].mediator.title == "司法所调解员"
    assert settled.took is not None
    assert Agreement.objects.get().signatures.count() == 2
    assert flows.of_version(settled.flow_id).code == "six_step"
    assert TurnedAway.objects.count() == 4

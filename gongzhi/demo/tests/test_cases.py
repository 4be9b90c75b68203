"""The demo's cases and their record tell the same story."""

from collections import Counter
from itertools import pairwise
from random import Random

import pytest
from django.core.management import call_command
from django.utils.timezone import localtime, now

from gongzhi.access.models import Person, Post
from gongzhi.access.roles import Role
from gongzhi.cases import files, rules
from gongzhi.cases.actions.moves import past
from gongzhi.cases.models import Attachment, Case, Claimant, Remark
from gongzhi.cases.words import Source, Status
from gongzhi.catalogue.models import Item
from gongzhi.demo import cases, photos
from gongzhi.demo.people import PASSWORD, Names, settle_people
from gongzhi.demo.phrases import read_phrases
from gongzhi.demo.places import settle
from gongzhi.demo.spots import draw_spots
from gongzhi.demo.town import draw
from gongzhi.flows import reads as flows
from gongzhi.journal.models import Errand, Event
from gongzhi.project.checks import no_demo_password

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
COUNT = 240
# The demo district merges nothing and passes nothing on for a ruling.
AFTER = {
    f"cases.{past(move.verb)}": move
    for move in flows.shipped(flows.STANDARD).moves
    if not move.verb.endswith("_merged")
}


class OnePicture(photos.Album):
    """An album that draws nothing: the same token for the same scene, so that it stays quick."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, bool]] = []

    def copy(self, scene, variant, *, fixed):
        self.asked.append((scene, fixed))
        token = f"{len(self.asked):043d}"
        return files.StoredFile(token, "photo", "image/jpeg", 1000, 10, 10)


@pytest.fixture(scope="module")
def town():
    return draw()


@pytest.fixture
def told(town, calendar, settings, tmp_path):
    """A whole small demo; gives the moment that was its present."""
    settings.BASEMAP = tmp_path / "basemap.json"
    call_command("load_catalogue", verbosity=0)
    settle(town)
    rng, present = Random(7), localtime(now())
    names = Names(rng)
    scene = cases.Scene(
        cast=settle_people(names, rng),
        names=names,
        phrases=read_phrases(),
        spots=draw_spots(rng),
        items=list(Item.objects.filter(edition__active=True).order_by("code")),
        now=present,
        rng=rng,
    )
    progress: list[int] = []
    cases.settle_cases(scene, OnePicture(), progress.append, COUNT)
    assert sum(progress) == 3 * COUNT
    return present


def test_every_case_is_where_its_record_says_in_the_order_of_time(told):
    records: dict[int, list[Event]] = {}
    for event in Event.objects.filter(kind="case").order_by("id"):
        records.setdefault(event.subject_id, []).append(event)
    for case in Case.objects.all():
        record = records[case.pk]
        assert record[0].name == "cases.reported"
        assert record[0].at == case.reported_at
        status, writes = Status.REPORTED.value, 0
        for event in record[1:]:
            move = AFTER.get(event.name)
            if move:
                assert event.facts["before"] == status
                assert status in move.before
                status = move.after
            writes += bool(move) or event.name in {"cases.classified", "cases.rated"}
        assert status == case.status
        assert case.version == 1 + writes
        assert (case.ended_at is not None) == (case.status in rules.ENDED)
        assert (case.handler_id is not None) == (
            case.status in {"accepted", "handled", "checked", "closed"}
            or (case.status == "dispatched" and case.unit_id is None)
        )
        assert case.joined == case.claimants.count()
    events = list(Event.objects.order_by("id"))
    made_up = [e for e in events if e.kind == "case"]
    assert all(a.at <= b.at for a, b in pairwise(made_up))
    assert made_up[-1].at <= told
    assert not Errand.objects.exclude(event__name__startswith="catalogue.").exists()


def test_each_list_has_something_in_it_and_everyone_is_there(told, settings):
    counts = Counter(Case.objects.values_list("status", flat=True))
    assert set(counts) == set(Status.values) - {"merged", "arbitration"}
    assert counts["closed"] > COUNT / 2
    assert set(Case.objects.values_list("source", flat=True)) >= set(Source.values) - {"sensor"}
    assert Remark.objects.exists()
    assert Claimant.objects.exists()
    assert Attachment.objects.filter(moment="after").exists()
    for case in Case.objects.select_related("area"):
        assert case.area.level == "grid"
        assert case.address
    assert Person.objects.count() == 60
    assert set(Post.objects.values_list("role", flat=True)) == set(Role.values)
    assert all(p.phone.startswith("100") for p in Person.objects.all())
    assert Person.objects.get(username="jumin01").check_password(PASSWORD)
    settings.DEMO = False
    assert [e.id for e in no_demo_password()] == ["gongzhi.E005"]


def test_phrases_are_there_for_every_item(calendar):
    call_command("load_catalogue", verbosity=0)
    phrases = read_phrases()
    for item in Item.objects.all():
        assert phrases.said[item.code]["says"], item
        assert phrases.said[item.code]["notes"], item

"""What the family sees, and how little that is."""

from datetime import timedelta

import pytest

from gongzhi.access.models import Person
from gongzhi.care import actions
from gongzhi.care.models import FamilyLink
from gongzhi.care.reads.family import band
from gongzhi.care.tests.guarded import HOUR, MINUTE, stands
from gongzhi.journal.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def link(make, sun, at):
    """An elder, the daughter's link and its secret."""
    elder = make()
    found, secret = actions.make_link(by=sun, contact=elder.contacts.first(), at=at)
    return elder, found, secret


def test_the_family_needs_link_and_tail_and_sees_bands_and_no_openings(link, client, at):
    elder, found, secret = link
    path = f"/family/{secret}/"
    asked = client.get(path).content.decode()
    assert "王秀英" not in asked
    assert client.post(path, {"tail": "9999"}).status_code == 422
    assert client.post(path, {"tail": ""}).status_code == 422
    stands(elder, at, silent=3, left=6)
    page = client.post(path, {"tail": "0100"}, follow=True).content.decode()
    assert "六小时内" in page
    assert f"{(at - 3 * HOUR):%H:%M}" not in page
    assert "望湖花园" not in page
    assert "<script" not in page
    found.refresh_from_db()
    assert found.seen_at is not None
    look = Event.objects.get(name="care.viewed", facts__what="family")
    assert (look.by, look.facts["contact"]) == (None, found.contact_id)


def test_guessing_the_tail_is_stopped(link, client):
    _elder, _found, secret = link
    for _try in range(5):
        assert client.post(f"/family/{secret}/", {"tail": "0000"}).status_code == 422
    assert client.post(f"/family/{secret}/", {"tail": "0100"}).status_code == 429


def test_a_revoked_an_expired_or_an_older_link_opens_nothing(link, client, sun, at):
    elder, _found, secret = link
    client.post(f"/family/{secret}/", {"tail": "0100"})
    assert client.get(f"/family/{secret}/").status_code == 200
    _new, fresh = actions.make_link(by=sun, contact=elder.contacts.first(), at=at)
    assert client.get(f"/family/{secret}/").status_code == 404
    FamilyLink.objects.filter(revoked_at=None).update(expires_at=at - MINUTE)
    assert client.get(f"/family/{fresh}/").status_code == 404
    assert client.get("/family/short/").status_code == 404


def test_the_elder_takes_the_family_consent_back_and_every_link_is_dead(link, client, sun, at):
    elder, _found, secret = link
    client.post(f"/family/{secret}/", {"tail": "0100"})
    actions.set_family_consent(by=sun, elder=elder, agrees=False, at=at)
    assert client.get(f"/family/{secret}/").status_code == 404
    from gongzhi.kernel.refusals import NotPossible

    with pytest.raises(NotPossible):
        actions.make_link(by=sun, contact=elder.contacts.first(), at=at)


def test_an_account_with_the_contacts_number_sees_the_elder(make, as_, wang, zhou, at):
    elder = make()
    wang.phone = "10000000101"
    wang.save()
    person = Person.objects.get(pk=wang.pk)
    stands(elder, at, silent=1, left=8)
    assert "王秀英" in as_(person).get("/family/").content.decode()
    assert "王秀英" not in as_(zhou).get("/family/").content.decode()
    contact = elder.contacts.last()
    assert as_(person).get(f"/family/with/{contact.pk}/").status_code == 200
    assert as_(zhou).get(f"/family/with/{contact.pk}/").status_code == 404


@pytest.mark.parametrize("hours", [0.5, 3, 30, 60])
def test_bands_are_no_finer_than_hours(hours, at):
    words = band(at - timedelta(hours=hours), at=at)
    assert not any(c.isdigit() for c in words)

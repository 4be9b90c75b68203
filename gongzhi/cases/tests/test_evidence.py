"""Nothing is done before everything that its item asks for has been shown."""

import re
import secrets
from datetime import timedelta

import pytest

from conftest import LAMP, NOON
from gongzhi.cases import actions, files
from gongzhi.cases.models import Attachment, Case
from gongzhi.cases.tests.conftest import DONE
from gongzhi.cases.tests.uploads import photo, upload
from gongzhi.catalogue.models import Item
from gongzhi.catalogue.words import Evidence, Grade
from gongzhi.kernel.refusals import NotPossible, NotUnderstood

pytestmark = pytest.mark.django_db
PAPERS = sorted(set(Evidence.values) - {Evidence.PHOTO_BEFORE, Evidence.PHOTO_AFTER, Evidence.TEXT})


@pytest.fixture
def asks(item):
    """`asks("minutes")`: let the item of the usual case ask for exactly this."""

    def change(*kinds, code=LAMP):
        Item.objects.filter(pk=item(code).pk).update(evidence=list(kinds))

    return change


def shot():
    return files.StoredFile(secrets.token_urlsafe(32), "photo", "image/jpeg", size=1)


def handle(case, by, **shown):
    return actions.handle(by=by, case=case, note=DONE, at=NOON, **shown)


@pytest.mark.parametrize("kind", PAPERS)
def test_every_paper_the_catalogue_can_name_must_be_shown(stage, asks, li, kind):
    asks("text", kind)
    case = stage("accepted")
    with pytest.raises(NotUnderstood) as refused:
        handle(case, li, files=[shot()])
    assert str(Evidence(kind).label) in refused.value.sentence
    assert refused.value.field == kind
    assert Case.objects.get(pk=case.pk).status == "accepted"
    assert not Attachment.objects.exists()
    case.refresh_from_db()
    assert handle(case, li, papers={kind: [shot()]}).status == "handled"
    kept = Attachment.objects.get()
    assert (kept.moment, kept.shows, kept.by) == ("paper", kind, li)


def test_a_photo_from_before_is_the_reporters_or_the_handlers_own(stage, report, asks, li):
    asks("photo_before", "photo_after")
    case = stage("accepted")
    with pytest.raises(NotUnderstood, match="处置前照片") as refused:
        handle(case, li, files=[shot()])
    assert refused.value.field == "photo_before"
    case.refresh_from_db()
    assert handle(case, li, files=[shot()], before=[shot()]).status == "handled"
    shown = stage("accepted", files=[files.take_photo(upload(photo()))])
    assert handle(shown, li, files=[shot()]).status == "handled"


def test_what_others_showed_of_the_same_matter_counts(stage, report, asks, li, chen):
    asks("photo_before", "photo_after")
    parent = stage("accepted")
    other = report(files=[files.take_photo(upload(photo()))])
    actions.merge(by=chen, parent=parent, cases=[other], at=NOON)
    parent.refresh_from_db()
    assert handle(parent, li, files=[shot()]).status == "handled"


def test_all_that_is_missing_is_said_at_once(stage, asks, li):
    asks("photo_before", "notice", "photo_after")
    with pytest.raises(NotUnderstood) as refused:
        handle(stage("accepted"), li)
    assert "处置前照片、整改通知书、处置后照片" in refused.value.sentence


def test_after_a_redo_it_is_shown_again(stage, asks, li, he):
    """The paper of the first handling does not prove the second."""
    asks("receipt")
    case = stage("accepted")
    handle(case, li, papers={"receipt": [shot()]})
    later = NOON + timedelta(days=1)
    Case.objects.filter(pk=case.pk).update(status="accepted", reopened=1, reopened_at=later)
    case.refresh_from_db()
    with pytest.raises(NotUnderstood, match="办理凭证"):
        actions.handle(by=li, case=case, note=DONE, at=later)


def test_an_item_decided_after_the_handling_asks_for_its_own(stage, asks, chen, he, li, item):
    """A case without an item is handled, then classed: closing waits for what the item asks."""
    case = stage("accepted", text="说不清楚的事情一件")
    Case.objects.filter(pk=case.pk).update(item=None)
    case.refresh_from_db()
    handle(case, li)
    asks("visit_record")
    lamp = item(LAMP)
    actions.classify(by=chen, case=case, item=lamp, grade=Grade(lamp.grade), at=NOON)
    with pytest.raises(NotPossible, match="走访记录"):
        actions.approve(by=he, case=case, at=NOON)
    assert Case.objects.get(pk=case.pk).status == "handled"


def test_the_second_person_is_asked_where_the_item_says_so(stage, sun):
    """Who did the work does not check it; where the item does not mind, they may."""
    Item.objects.filter(code=LAMP).update(check_by_other=True)
    case = stage("handled", to=sun)
    with pytest.raises(NotPossible, match="他人核查"):
        actions.approve(by=sun, case=case, at=NOON)
    Item.objects.filter(code=LAMP).update(check_by_other=False)
    case = stage("handled", to=sun)
    assert actions.approve(by=sun, case=case, at=NOON).status == "checked"


def test_the_form_asks_for_it_and_loses_nothing_that_was_sent(stage, asks, li, as_):
    """Two papers are asked for; one comes first, its photo is kept, the other comes then."""
    asks("notice", "minutes")
    case, browser = stage("accepted"), as_(li)
    page = browser.get(f"/patrol/cases/{case.pk}/").text
    assert 'name="notice"' in page
    assert 'name="minutes"' in page
    form = {"note": DONE, "seen": case.version, "notice": upload(photo())}
    answer = browser.post(f"/patrol/cases/{case.pk}/handle/", form)
    assert answer.status_code == 422
    assert "会议记录" in answer.text
    kept = re.search(r'name="kept_notice" value="([^"]+)"', answer.text)[1]
    form = {**form, "notice": "", "kept_notice": kept, "minutes": upload(photo())}
    assert browser.post(f"/patrol/cases/{case.pk}/handle/", form).status_code == 302
    shown = Attachment.objects.filter(case=case).values_list("moment", "shows")
    assert sorted(shown) == [("paper", "minutes"), ("paper", "notice")]


def test_the_catalogue_shipped_names_nothing_else():
    """Each kind of evidence is enforced by the tests above or is the text that is always asked."""
    assert {*PAPERS, "photo_before", "photo_after", "text"} == set(Evidence.values)

"""Whoever presses a button on a page that is no longer so: 409, what the other did, words kept."""

import pytest
from django.urls import reverse

from conftest import LAMP
from gongzhi.cases import rules
from gongzhi.cases.models import Case, Remark
from gongzhi.cases.tests.uploads import photo, upload
from gongzhi.flows import reads as flows
from gongzhi.journal.models import Event

pytestmark = pytest.mark.django_db
WORDS = "这是我刚才写的话"
UNIT = {"unit": "unit"}

# status, who, the page and what its form carries; "unit" stands for the number of the unit
BUTTONS = [
    ("reported", "chen", "staff:dispatch", {"item": LAMP, "grade": "ordinary", "to": "u:unit"}),
    ("reported", "chen", "staff:classify", {"item": LAMP, "grade": "serious"}),
    ("reported", "chen", "staff:decline", {"ground": "unlawful"}),
    ("reported", "chen", "staff:place", {"area": "349901001001-02"}),
    ("reported", "chen", "staff:send_up", {}),
    ("reported", "chen", "staff:merge", {"parent": "parent"}),
    ("reported", "chen", "staff:name_complained_of", UNIT),
    ("reported", "chen", "staff:change_nature", {"nature": "complaint", "ground": "checked"}),
    ("reported", "chen", "staff:pause", {"ground": "weather"}),
    ("reported", "chen", "staff:snooze", {"other": "2030-01-01T09:00"}),
    ("handled", "chen", "staff:approve", {}),
    ("handled", "chen", "staff:finish", {}),
    ("handled", "chen", "staff:rework", {}),
    ("checked", "chen", "staff:close", {}),
    ("returned", "chen", "staff:ask_ruling", {}),
    ("arbitration", "chen", "staff:arbitrate", UNIT),
    ("arbitration", "he", "staff:send_down", {"desk": "349901001001"}),
    ("merged", "chen", "staff:split", {}),
    ("dispatched", "li", "patrol:accept", {}),
    ("dispatched", "li", "patrol:return", {"ground": "place_unclear"}),
    ("accepted", "li", "patrol:handle", {"note": WORDS}),
    ("accepted", "li", "patrol:send_up", {}),
]
NO_BUTTON = {"close_at_source", "call_arbitration", "close_merged", "decline_merged"}


def test_every_step_of_the_flow_has_its_button_here():
    pages = {page.split(":")[1] for _status, _who, page, _data in BUTTONS}
    steps = {m.verb for m in flows.shipped(flows.STANDARD).moves} - NO_BUTTON - rules.REOPENING
    assert steps - {"return_to_sender"} <= pages


@pytest.mark.parametrize(("status", "who", "page", "data"), BUTTONS)
def test_a_stale_page_is_answered_in_words_and_nothing_is_changed(
    request, as_, stage, report, lighting, li, chen, he, status, who, page, data
):
    case, parent = stage(status), report("主案")
    Case.objects.filter(pk=case.pk).update(version=case.version + 1)  # somebody was faster
    fields = {"unit": str(lighting.pk), "parent": parent.number, "u:unit": f"u:{lighting.pk}"}
    sent = {"seen": case.version, "text": WORDS, **{k: fields.get(v, v) for k, v in data.items()}}
    files = {"photos": upload(photo())} if page.startswith("patrol") else {}
    before = (Event.objects.count(), Remark.objects.count(), list(Case.objects.values_list()))
    browser = as_(request.getfixturevalue(who))
    answer = browser.post(reverse(page, args=[case.pk]), {**sent, **files})
    assert answer.status_code == 409, answer.content.decode()[:500]
    said = answer.content.decode()
    assert "先一步处理了" in said
    if page != "patrol:accept":
        assert WORDS in said
    assert (Event.objects.count(), Remark.objects.count(), list(Case.objects.values_list())) == (
        before
    )

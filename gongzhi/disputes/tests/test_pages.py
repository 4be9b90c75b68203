"""Disputes at the desk, on the mediator's phone and on the resident's, without any script."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import localdate, now

from conftest import HERE
from gongzhi.cases.models import Case
from gongzhi.cases.tests.uploads import photo, upload
from gongzhi.catalogue.models import Item, ItemClass
from gongzhi.disputes.models import Agreement, Dispute, Party
from gongzhi.disputes.tests.conftest import STORY, TEXT, WHY, signature
from gongzhi.journal.models import Event

FORM = {"a-settle-form": "written", "a-settle-amount": "2000"}
pytestmark = pytest.mark.django_db


def desk(browser, dispute, name, **fields):
    dispute.refresh_from_db()
    data = {"seen": dispute.version, **fields}
    return browser.post(reverse(f"disputes:{name}", args=[dispute.pk]), data, follow=True)


def phone(browser, dispute, name, **fields):
    dispute.refresh_from_db()
    data = {"seen": dispute.version, **fields}
    return browser.post(reverse(f"disputes_patrol:{name}", args=[dispute.pk]), data, follow=True)


def ask(browser, **fields):
    data = {
        "text": "楼上漏水泡坏我家天花板，说了三次不肯修",
        "lng": HERE[0],
        "lat": HERE[1],
        "my_name": "王秀英",
        "phone": "13800001111",
        "other_name": "楼上张家",
        "willing": "1",
        **fields,
    }
    return browser.post(reverse("mediation:ask"), data)


@pytest.fixture
def leak(edition):
    """The class of disputes is in the catalogue, with leaks between neighbours."""
    quarrels = ItemClass.objects.create(edition=edition, code="04", name="矛盾纠纷", icon="scale")
    return Item.objects.create(
        edition=edition, item_class=quarrels, code="04081", name="邻里漏水纠纷", synonyms=["漏水"],
        grade="ordinary", tier="grid", lead="community", evidence=["agreement", "text"],
        stages=[{"name": "调解", "limit": 5, "unit": "wd"}], closing="双方达成约定。",
        check_by_other=False,
    )  # fmt: skip


def test_from_a_residents_wish_to_a_reviewed_file(as_, world, chen, sun, mediator, leak):
    stranger = as_(None)
    assert "矛盾化解" in stranger.get(reverse("faces:home")).content.decode()
    assert "不收费" in stranger.get(reverse("mediation:ask")).content.decode()
    assert leak.name in stranger.get(reverse("mediation:ask")).content.decode()
    assert ask(stranger, item=leak.code).status_code == 302
    dispute, case = Dispute.objects.get(), Case.objects.get()
    assert dispute.case == case
    assert dispute.parties.count() == 2
    centre, worker = as_(chen), as_(sun)
    assert dispute.title in centre.get(reverse("disputes:list")).content.decode()
    assert "矛盾调解案卷" in centre.get(reverse("staff:case", args=[case.pk])).content.decode()
    page = desk(centre, dispute, "sort", kind="neighbours", desk=dispute.desk.code)
    assert "已归类" in page.content.decode()
    page = desk(centre, dispute, "rate", risk="low", text=WHY).content.decode()
    assert "就在本地" in page
    assert "擅长邻里纠纷" in page
    assert "已请孙丽调解" in desk(centre, dispute, "assign", mediator=mediator.pk).content.decode()
    assert "1 件纠纷" in worker.get(reverse("patrol:work")).content.decode()
    assert dispute.title in worker.get(reverse("disputes_patrol:list")).content.decode()
    for party in dispute.parties.all():
        phone(worker, dispute, "agree", party=party.pk)
    held = f"{now() - timedelta(minutes=5):%Y-%m-%d %H:%M}"
    assert (
        "调解记录已保存"
        in phone(worker, dispute, "hold", held_at=held, text="双方各让一步。").content.decode()
    )
    signs = {f"sign-{p.pk}": signature() for p in Party.objects.all()}
    day = f"{localdate() + timedelta(days=7):%Y-%m-%d}"
    page = phone(worker, dispute, "settle", text=TEXT, date=day, **FORM, **signs).content.decode()
    assert "协议已归入案卷" in page
    assert "data:image/jpeg;base64," in page
    case.refresh_from_db()
    assert case.status == "handled"
    looked = {
        "text": "款已付清，防水修好。",
        "a-follow_up-how": "home",
        "a-follow_up-content": "yes",
    }
    assert "等待考评" in phone(worker, dispute, "follow_up", **looked).content.decode()
    page = desk(centre, dispute, "review", score=5, text="程序完整。").content.decode()
    assert "已考评归档" in page
    assert 'aria-current="step"' not in page
    case.refresh_from_db()
    assert case.status == "closed"


def test_the_signed_page_may_be_photographed_instead(as_, stage, sun):
    dispute = stage("mediating")
    day = f"{localdate() + timedelta(days=7):%Y-%m-%d}"
    answer = phone(as_(sun), dispute, "settle", text=TEXT, date=day, page=upload(photo()), **FORM)
    assert "协议已归入案卷" in answer.content.decode()
    assert Agreement.objects.get().signatures.get().how == "photo"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"text": ""}, "还缺"),
        ({"date": ""}, "回访日期"),
        ({"date": "明天"}, "没有看懂"),
        ({"page": None}, "签字"),
        ({"a-settle-form": ""}, "请选择“协议形式”"),
        ({"a-settle-amount": "两千"}, "请填数字，例如 120"),
    ],
)
def test_what_is_missing_is_said_and_the_text_is_kept(as_, stage, sun, fields, sentence):
    dispute = stage("mediating")
    day = f"{localdate() + timedelta(days=7):%Y-%m-%d}"
    data = {"text": TEXT, "date": day, "page": upload(photo()), **FORM, **fields}
    data = {key: value for key, value in data.items() if value is not None}
    answer = phone(as_(sun), dispute, "settle", **data)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    if fields.get("text") is None:
        assert TEXT in answer.content.decode()
    assert not Agreement.objects.exists()


def test_while_nobody_was_looked_at_again_there_is_no_rate_of_kept_agreements(as_, stage, chen):
    stage("settled")
    page = as_(chen).get(reverse("disputes:list")).content.decode()
    assert "<dt>回访履行率</dt><dd>—</dd>" in page


def test_names_are_masked_until_asked_for_with_a_reason(as_, stage, chen):
    dispute = stage("rated")
    page = as_(chen).get(reverse("disputes:show", args=[dispute.pk])).content.decode()
    assert "13900001111" not in page
    assert "李*" in page
    party = dispute.parties.first()
    assert desk(as_(chen), dispute, "reveal", party=party.pk, ground="").status_code == 422
    shown = desk(as_(chen), dispute, "reveal", party=party.pk, ground="verify").content.decode()
    assert "13900001111" in shown
    assert Event.objects.filter(name="disputes.party_revealed").count() == 1


def test_a_foreign_dispute_is_not_found(as_, stage, gu, li, zhao, wu):
    dispute = stage("mediating")
    for who in (gu, li, zhao, wu):
        for name in ("disputes:show", "disputes_patrol:show"):
            answer = as_(who).get(reverse(name, args=[dispute.pk]))
            assert answer.status_code in {403, 404}, (who, name)
        assert phone(as_(who), dispute, "guide", to="court", text="不调了。").status_code in {
            403,
            404,
        }
    assert Dispute.objects.get().status == "mediating"


def test_a_party_of_another_dispute_is_not_taken(as_, stage, chen, grid_1):
    from gongzhi.disputes import actions
    from gongzhi.disputes.words import Side

    dispute = stage("rated")
    other = actions.open_dispute(
        by=chen, at=now(), story=STORY, area=grid_1,
        parties=[actions.NewParty(Side.APPLICANT, "赵六", "13900009999")],
    )  # fmt: skip
    party = other.parties.get()
    answer = desk(as_(chen), dispute, "reveal", party=party.pk, ground="verify")
    assert answer.status_code == 422
    assert "13900009999" not in answer.content.decode()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"text": ""}, "发生了什么"),
        ({"willing": ""}, "双方自愿"),
        ({"lng": "", "lat": ""}, "地点"),
        ({"phone": "abc"}, "电话"),
        ({"lng": "2", "lat": "48"}, "本区以外"),
        ({"other_name": "长" * 60}, "最多"),
    ],
)
def test_the_residents_form_says_what_is_wrong_and_keeps_nothing(as_, world, fields, sentence):
    answer = ask(as_(None), **fields)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Case.objects.exists()
    assert not Dispute.objects.exists()


def test_danger_stops_the_form_and_shows_the_number(as_, world):
    danger = {"text": "闻到煤气味，楼上还在吵架扬言点火"}
    answer = ask(as_(None), **danger)
    assert answer.status_code == 422
    assert "tel:119" in answer.content.decode()
    assert not Case.objects.exists()


def test_sent_twice_it_is_one(as_, world):
    from uuid import uuid4

    browser, key = as_(None), str(uuid4())
    ask(browser, key=key)
    ask(browser, key=key)
    assert (Case.objects.count(), Dispute.objects.count()) == (1, 1)


def test_the_register_of_mediators_is_kept_on_its_page(as_, chen, li, sun, community):
    url = reverse("disputes:mediators")
    data = {"person": sun.pk, "area": community.code, "title": "人民调解员", "kinds": ["family"],
            "highest": "medium", "most": 4, "is_active": "1"}  # fmt: skip
    assert "人民调解员" in as_(chen).post(url, data, follow=True).content.decode()
    assert as_(chen).post(url, {**data, "most": 99}).status_code == 422
    assert as_(li).post(url, data).status_code == 403

"""Whistles at the desk and on the phone, without any script."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import localtime, now

from conftest import HERE, LAMP
from gongzhi.whistles.models import Called, Whistle

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(report, wang):
    return report(by=wang, item_code=LAMP)


def blow(browser, case, called, **fields):
    soon = localtime(now() + timedelta(minutes=30))
    data = {
        "units": [unit.pk for unit in called],
        "place": "望湖花园北门",
        "starts_at": f"{soon:%Y-%m-%dT%H:%M}",
        "text": "请到现场会商。",
        **fields,
    }
    return browser.post(reverse("whistles:blow", args=[case.pk]), data, follow=True)


def test_from_the_case_to_the_end_of_the_meeting(as_, case, sun, wu, lighting):
    desk, phone = as_(sun), as_(wu)
    page = desk.get(reverse("staff:case", args=[case.pk])).content.decode()
    assert reverse("whistles:blow", args=[case.pk]) in page
    assert lighting.name in desk.get(reverse("whistles:blow", args=[case.pk])).content.decode()
    assert "已吹哨" in blow(desk, case, [lighting]).content.decode()
    whistle = Whistle.objects.get()
    assert "望湖花园北门" in phone.get(reverse("patrol:work")).content.decode()
    assert "望湖花园北门" in phone.get(reverse("whistles_patrol:list")).content.decode()
    shown = phone.get(reverse("whistles_patrol:show", args=[whistle.pk])).content.decode()
    assert "收到，我们会到" in shown
    phone.post(reverse("whistles_patrol:coming", args=[whistle.pk]))
    refused = phone.post(reverse("whistles_patrol:sign", args=[whistle.pk]))
    assert (refused.status_code, "没有拿到您的位置" in refused.content.decode()) == (422, True)
    far = phone.post(
        reverse("whistles_patrol:sign", args=[whistle.pk]), {"lng": 117.4, "lat": HERE[1]}
    )
    assert (far.status_code, "米，请到现场" in far.content.decode()) == (409, True)
    here = {"lng": HERE[0], "lat": HERE[1], "accuracy": 10, "datum": "wgs84"}
    signed = phone.post(reverse("whistles_patrol:sign", args=[whistle.pk]), here, follow=True)
    assert "签到成功" in signed.content.decode()
    assert (
        "报到情况：1 / 1" in desk.get(reverse("whistles:show", args=[whistle.pk])).content.decode()
    )
    Whistle.objects.update(starts_at=now() - timedelta(minutes=1))
    desk.post(reverse("whistles:minutes", args=[whistle.pk]), {"seen": 1, "text": "先换线。"})
    task = {"unit": lighting.pk, "kind": "assist", "text": "周五前换线。"}
    assert (
        "请望湖区路灯管理所协办"
        in desk.post(
            reverse("whistles:task", args=[whistle.pk]), task, follow=True
        ).content.decode()
    )
    assert (
        "已结束"
        in desk.post(
            reverse("whistles:end", args=[whistle.pk]), {"seen": 2}, follow=True
        ).content.decode()
    )
    assert "现场会商结束" in desk.get(reverse("staff:case", args=[case.pk])).content.decode()
    listed = desk.get(reverse("whistles:list")).content.decode()
    assert "100%" in listed


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"units": []}, "至少选择一个"),
        ({"units": ["x"]}, "x"),
        ({"starts_at": "明天"}, "集合时间要写成"),
        ({"place": ""}, "在哪里集合"),
        ({"radius": "1"}, "签到范围"),
        ({"text": ""}, "为什么召集"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    as_, case, sun, lighting, fields, sentence
):
    answer = blow(as_(sun), case, [lighting], **fields)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Whistle.objects.exists()


def test_a_foreign_whistle_is_not_found(as_, case, sun, lighting, gu, zhao, wu):
    blow(as_(sun), case, [lighting])
    whistle = Whistle.objects.get()
    for who in (gu, zhao):
        assert as_(who).get(reverse("whistles:show", args=[whistle.pk])).status_code == 404
        assert as_(who).get(reverse("whistles:blow", args=[case.pk])).status_code in {403, 404}
    assert as_(zhao).post(reverse("whistles_patrol:sign", args=[whistle.pk])).status_code == 404
    assert Called.objects.get().signed_at is None


def test_a_button_of_another_whistle_changes_nothing(as_, report, case, sun, lighting, wang):
    blow(as_(sun), case, [lighting])
    blow(as_(sun), report(by=wang, item_code=LAMP), [lighting])
    first, second = Whistle.objects.order_by("pk")
    answer = as_(sun).post(
        reverse("whistles:vouch", args=[first.pk]), {"called": second.called.get().pk}
    )
    assert answer.status_code == 422
    assert not Called.objects.exclude(signed_at=None).exists()

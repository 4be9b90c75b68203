"""From the first words to a case with a grade, a place, a deadline and somebody who knows of it."""

import math
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import FIRE_ROUTE, GAS, HERE, LAMP, NOON
from gongzhi.cases import actions, files
from gongzhi.cases.actions import NewReport
from gongzhi.cases.models import Attachment, Case
from gongzhi.cases.tests.uploads import WEBM, photo, upload
from gongzhi.catalogue.words import Grade
from gongzhi.journal.models import Errand, Event
from gongzhi.kernel.refusals import NotUnderstood
from gongzhi.kernel.rows import insert_many
from gongzhi.kernel.tests.threads import at_once
from gongzhi.places.coordinates import wgs84_to_bd09, wgs84_to_gcj02

pytestmark = pytest.mark.django_db


def new(text: str = "路灯不亮，晚上看不见路", **given) -> NewReport:
    """A report of the device "d:phone" in the middle of grid_1."""
    place = {"lng": HERE[0], "lat": HERE[1]}
    fields = {"key": uuid4(), "reporter_ref": "d:phone", **place, **given}
    return NewReport(text=text, **fields)


def take(report: NewReport) -> Case:
    return actions.report(by=report.person, new=report, at=NOON)


# ── what a report becomes ─────────────────────────────────────────────────


def test_a_clear_report_is_classed_graded_placed_and_given_a_deadline(world, grid_1, item):
    case = take(new("小区门口路灯坏了，晚上看不见路"))
    assert (case.status, case.item, case.grade) == ("reported", item(LAMP), Grade.ORDINARY)
    assert case.area == grid_1
    assert case.due_at == datetime(2026, 3, 6, 17, 30, tzinfo=NOON.tzinfo)  # 2 working days
    assert case.reported_at == NOON
    assert case.suggestion["candidates"][0]["code"] == LAMP
    assert case.suggestion["candidates"][0]["because"], "the dispatcher is shown why"


def test_a_grave_report_runs_by_the_clock(world, item):
    case = take(new("楼道里闻到煤气"))
    assert (case.item, case.grade) == (item(GAS), Grade.URGENT)
    assert case.due_at == NOON + timedelta(hours=4)


def test_an_unclear_report_is_left_for_a_person_to_class(world):
    case = take(new("这件事麻烦你们来看看吧"))
    assert case.item is None
    assert case.due_at == datetime(2026, 3, 11, 17, 30, tzinfo=NOON.tzinfo)  # 5 working days


def test_the_reporters_own_choice_of_item_is_kept(world, item):
    assert take(new("这里不对劲，来看看", item_code=LAMP)).item == item(LAMP)


def test_a_grave_choice_raises_the_grade_and_grave_words_raise_it_over_a_mild_choice(world):
    assert take(new("请来看看这里", item_code=GAS)).grade == Grade.URGENT
    alarming = take(new("楼道里闻到煤气", item_code=LAMP))
    assert alarming.grade == Grade.URGENT
    assert alarming.due_at == NOON + timedelta(hours=2), "the limit of the grade is stricter"


def test_an_item_that_does_not_exist_is_refused(world):
    with pytest.raises(NotUnderstood, match="事项不存在") as refused:
        take(new(item_code="99999"))
    assert refused.value.field == "item"


def test_number_and_secret_let_a_stranger_find_the_case(world):
    case = take(new())
    assert case.number == f"GZ260304{case.pk:06d}"
    assert case.secret.isdigit()
    assert len(case.secret) == 8
    assert take(new()).secret != case.secret


def test_photos_and_voice_come_with_the_case(world):
    stored = [files.take_photo(upload(photo())), files.take_voice(upload(WEBM))]
    case = take(new(files=stored))
    kept = list(case.files.values_list("token", "kind", "moment", "media_type"))
    assert kept == [
        (stored[0].token, "photo", "report", "image/jpeg"),
        (stored[1].token, "voice", "report", "audio/webm"),
    ]


def test_name_and_phone_are_sealed_at_rest(world):
    case = take(new(contact_name="王秀英", contact_phone="１00 1234 5678"))
    case.refresh_from_db()
    assert (case.contact_name, case.contact_phone) == ("王秀英", "100 1234 5678")
    with connection.cursor() as cursor:
        cursor.execute("select contact_name, contact_phone, text from cases_case")
        row = cursor.fetchone()
    assert "王" not in row[0]
    assert "1234" not in row[1]
    assert "路灯" in row[2]


# ── the record, and who is told ───────────────────────────────────────────


def test_the_record_names_the_case_and_holds_nothing_personal(world, wang):
    take(
        new(reporter_ref=f"p:{wang.pk}", person=wang, contact_name="王秀英", contact_phone="12345")
    )
    event = Event.objects.get()
    assert (event.name, event.by, event.at) == ("cases.reported", wang, NOON)
    assert event.area_path == Case.objects.get().area.path
    assert event.facts == {"source": "pocket", "grade": "ordinary", "item": LAMP}


def test_the_desk_of_the_items_tier_hears_of_it(world, told, chen, gu, he, li, sun):
    take(new())
    assert told() == {("sun", "cases/new_case")}


def test_without_a_dispatcher_nearby_the_next_desk_up_hears_of_it(world, told, gu, he):
    take(new())
    assert told() == {("he", "cases/new_case")}


def test_a_dispatcher_who_left_hears_nothing(world, told, chen, he):
    chen.is_active = False
    chen.save()
    take(new())
    assert told() == {("he", "cases/new_case")}


# ── places ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("datum", "convert"), [("gcj02", wgs84_to_gcj02), ("bd09", wgs84_to_bd09)])
def test_other_coordinate_systems_are_converted_at_the_door(world, grid_1, datum, convert):
    lng, lat = convert(*HERE)
    case = take(new(lng=lng, lat=lat, datum=datum))
    assert (case.lng, case.lat) == pytest.approx(HERE, abs=0.00001)
    assert case.area == grid_1


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ({"lng": math.nan}, "有效的经纬度"),
        ({"lat": math.inf}, "有效的经纬度"),
        ({"lng": -math.inf, "lat": math.nan}, "有效的经纬度"),
        ({"lng": HERE[1], "lat": HERE[0]}, "写反"),
        ({"lng": 2.3522, "lat": 48.8566}, "本区以外"),
        ({"lng": 116.4, "lat": 39.9}, "本区以外"),
        ({"lng": 0.0, "lat": 0.0}, "没有给出位置"),
        ({"lng": 1e308, "lat": 1e308}, "经度应在"),
        ({"lng": 117.3, "lat": -91.0}, "纬度应在"),
        ({"lng": None}, "不完整"),
        ({"lat": None}, "不完整"),
        ({"lng": None, "lat": None}, "写明地点"),
        ({"lng": None, "lat": None, "address": " \n\t\x00"}, "写明地点"),
        ({"datum": "mars"}, "坐标系"),
    ],
)
def test_an_impossible_place_is_refused_in_words_and_nothing_is_kept(world, place, words):
    with pytest.raises(NotUnderstood, match=words) as refused:
        take(new(**place))
    assert refused.value.field == "place"
    assert not Case.objects.exists()
    assert not Event.objects.exists()


def test_an_address_alone_is_taken_for_a_person_to_place(world, told, he, chen):
    case = take(new(lng=None, lat=None, address="望湖花园3栋2单元门口"))
    assert (case.area, case.lng, case.lat) == (world, None, None)
    assert told() == {("he", "cases/new_case")}, "only the district's desk can place it"


def test_an_address_that_is_too_long_is_refused_and_not_cut(world):
    assert take(new(address="长" * 200)).address == "长" * 200
    with pytest.raises(NotUnderstood, match="最多 200 字"):
        take(new(address="长" * 201))


# ── words ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "text", ["", "a", "灯", " \n\t ", "\x00\x00\x00", "\u200b\u200b\u200b", "\ufeff"]
)
def test_too_few_words_are_refused_without_a_photo_and_enough_with_one(world, text):
    with pytest.raises(NotUnderstood, match="至少两个字") as refused:
        take(new(text))
    assert refused.value.field == "text"
    assert take(new(text, files=[files.take_photo(upload(photo()))])).text


def test_two_thousand_characters_are_taken_and_more_are_refused_with_their_number(world):
    assert len(take(new("路" * 2000)).text) == 2000
    with pytest.raises(NotUnderstood, match=r"最多 2000 字，现在有 20000 字"):
        take(new("路" * 20_000))
    assert Case.objects.count() == 1


@pytest.mark.parametrize(
    "text",
    [
        "井盖坏了🕳️😱，👨‍👩‍👧家人差点摔倒",
        "㐂𠮷𪚥𬺰𭕄𮧵路灯不亮",
        "\U00031350\U0002ebf0街的路灯不亮",  # newer than the Unicode tables of this Python
        "🫨🫨路灯不亮",
        "\ue863路灯不亮",  # a private point, as old phones write rare names
        "<script>alert(1)</script>路灯不亮<b>",
        "' OR 1=1; DROP TABLE cases_case; --",
        "{{ 7*7 }} {% load static %} ${7*7} %s %(a)s",
        "第一行\n第二行\n\n第四行",
        "كۆچە چىرىغى يانمايدۇ",
    ],
)
def test_every_script_is_kept_letter_by_letter(world, text):
    case = take(new(text))
    case.refresh_from_db()
    assert case.text == text
    assert case.title


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("路灯\x00不亮\x07", "路灯不亮"),
        ("路灯\ud800不亮", "路灯不亮"),
        ("路灯\r\n不亮\r了", "路灯\n不亮\n了"),
        ("\ufeff  路灯不亮  ", "路灯不亮"),
        ("路灯\u202e不亮", "路灯不亮"),
        ("路灯\uffff不亮\U0001fffe", "路灯不亮"),
    ],
)
def test_what_no_screen_can_show_is_left_out(world, sent, kept):
    assert take(new(sent)).text == kept


@pytest.mark.parametrize("phone", ["abc", "123", "1" * 21, "+", "1-000-0000-0000-0000", "٠١٢٣٤٥"])
def test_a_phone_number_that_is_none_is_refused(world, phone):
    with pytest.raises(NotUnderstood, match="电话") as refused:
        take(new(contact_phone=phone))
    assert refused.value.field == "phone"


@pytest.mark.parametrize("phone", ["", "12345", "10012345678", "+86 100 1234 5678", "0551-1234567"])
def test_a_phone_number_as_people_write_it_is_taken(world, phone):
    assert take(new(contact_phone=phone)).contact_phone == phone


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.text(max_size=60),
    address=st.text(max_size=30),
    name=st.text(max_size=20),
    phone=st.text(max_size=12),
)
def test_whatever_people_type_is_taken_or_refused_in_words(world, text, address, name, phone):
    report = new(text, address=address, contact_name=name, contact_phone=phone)
    before = Case.objects.count()
    try:
        case = take(report)
    except NotUnderstood as refusal:
        sentence = refusal.sentence
    else:
        case.refresh_from_db()
        sentence = ""
    assert Case.objects.count() == before + (sentence == "")


# ── sending again ─────────────────────────────────────────────────────────


def test_the_same_report_sent_twice_is_one_case(world):
    sent = new()
    first, second = take(sent), take(sent)
    assert first == second
    assert first.number == second.number
    assert Event.objects.count() == 1


def test_a_resent_report_keeps_the_first_words(world):
    first = take(new("路灯不亮", key=uuid4()))
    again = take(new("改过的内容", key=first.key))
    assert (again.pk, again.text) == (first.pk, "路灯不亮")


def test_another_persons_key_does_not_open_my_case(world, wang, zhou):
    mine = take(new(reporter_ref=f"p:{wang.pk}", person=wang))
    theirs = take(new("我家门口也有", key=mine.key, reporter_ref=f"p:{zhou.pk}", person=zhou))
    assert theirs.pk != mine.pk
    assert theirs.text == "我家门口也有"


@pytest.mark.django_db(transaction=True)
def test_the_same_report_sent_from_many_phones_tabs_at_once_is_one_case(world):
    sent = new()
    cases = at_once(*[lambda: take(sent)] * 6)
    assert {getattr(case, "pk", case) for case in cases} == {Case.objects.get().pk}
    assert Event.objects.count() == 1
    assert Errand.objects.filter(reaction="cases.tell_the_dispatchers").count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_key_from_two_people_at_once_is_two_cases(world):
    key = uuid4()
    ours = new("我家门口路灯不亮", key=key, reporter_ref="d:one")
    theirs = new("他家门口路灯不亮", key=key, reporter_ref="d:two")
    answers = at_once(*[lambda: take(ours), lambda: take(theirs)] * 3)
    assert Case.objects.count() == 2
    assert [case.reporter_ref for case in answers] == ["d:one", "d:two"] * 3


@pytest.mark.django_db(transaction=True)
def test_many_different_reports_at_once_are_all_kept(world):
    sent = [new(f"第{n}盏路灯不亮", reporter_ref=f"d:{n}") for n in range(8)]
    answers = at_once(*[lambda one=one: take(one) for one in sent])
    assert [case.text for case in answers] == [one.text for one in sent]
    assert Case.objects.count() == Event.objects.count() == 8


# ── many at once ──────────────────────────────────────────────────────────


def test_a_batch_comes_back_in_its_order_and_knows_what_came_before(
    world, django_assert_max_num_queries
):
    before = take(new("早先的路灯不亮"))
    batch = [new("一号路灯不亮"), new("别的", key=before.key), new("二号路灯不亮")]
    batch.append(batch[0])
    with django_assert_max_num_queries(30):
        cases = actions.report_many(by=None, reports=batch, at=NOON)
    assert [case.text for case in cases] == [
        "一号路灯不亮", "早先的路灯不亮", "二号路灯不亮", "一号路灯不亮",
    ]  # fmt: skip
    assert cases[0] == cases[3]
    assert Case.objects.count() == Event.objects.count() == 3


def test_of_a_batch_with_a_wrong_report_nothing_is_kept(world):
    with pytest.raises(NotUnderstood):
        actions.report_many(by=None, reports=[new(), new(lng=math.nan)], at=NOON)
    assert not Case.objects.exists()


def test_an_empty_batch_is_no_trouble(world):
    assert actions.report_many(by=None, reports=[], at=NOON) == []


def test_nothing_is_kept_when_the_record_cannot_be_written(world, monkeypatch):
    def broken(model, rows):
        if model is Errand:
            raise OSError("disk full")
        return insert_many(model, rows)

    monkeypatch.setattr("gongzhi.journal.record.insert_many", broken)
    with pytest.raises(OSError, match="disk full"):
        take(new(files=[files.take_photo(upload(photo()))]))
    assert not Case.objects.exists()
    assert not Attachment.objects.exists()
    assert not Event.objects.exists()


def test_a_graver_case_than_its_item_is_due_by_the_stricter_of_both(world):
    case = take(new("消防通道堵了", item_code=FIRE_ROUTE))
    assert case.grade == Grade.SERIOUS
    assert case.due_at == datetime(2026, 3, 5, 17, 30, tzinfo=NOON.tzinfo)  # its item's 1 wd

"""Reveal, correct, tags, requests: at the desk, on a round, and by the person themselves."""

import json

import pytest

from gongzhi.journal.models import Event
from gongzhi.residents.models import AccountLink, Request, Resident, Tag
from gongzhi.residents.tests.conftest import LI, WANG

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(take):
    take(WANG, LI)
    return Resident.objects.order_by("pk")


@pytest.fixture
def linked(people, wang, NOON):
    AccountLink.objects.create(account=wang, resident=people[0], linked_at=NOON)
    return people[0]


def post(browser, pk, what, **said):
    return browser.post(f"/desk/residents/{pk}/{what}/", said, follow=True)


class TestDesk:
    def test_numbers_are_shown_for_a_ground_and_on_record(self, as_, sun, people):
        browser, pk = as_(sun), people[0].pk
        page = post(browser, pk, "reveal", ground="visit").text
        assert "11010519491231002X" in page
        assert "13812346021" in page
        event = Event.objects.get(name="residents.numbers_revealed")
        assert (event.by, event.facts["ground"]) == (sun, "visit")
        assert "11010519491231002X" not in browser.get(f"/desk/residents/{pk}/").text
        assert post(browser, pk, "reveal").status_code == 422
        assert Event.objects.filter(name="residents.numbers_revealed").count() == 1

    def test_grid_workers_never_see_whole_numbers(self, as_, li, people):
        page = as_(li).get(f"/desk/residents/{people[0].pk}/").text
        assert "查看完整证件号" not in page
        assert post(as_(li), people[0].pk, "reveal", ground="visit").status_code == 403

    def test_a_correction_and_of_two_the_second_is_told(self, as_, sun, people):
        one = people[0]
        said = {
            "name": "王秀英", "gender": "female", "born": "1949-12-31", "ethnicity": "回族",
            "seen": one.version, "source": "visit", "role": "head",
        }  # fmt: skip
        page = post(as_(sun), one.pk, "correct", **said).text
        assert "已更正" in page
        assert "<ins>回族</ins>" in page
        again = post(as_(sun), one.pk, "correct", **{**said, "ethnicity": "满族"})
        assert again.status_code == 409
        one.refresh_from_db()
        assert one.ethnicity == "回族"
        assert one.id_number == "11010519491231002X"

    @pytest.mark.parametrize(
        ("what", "said"),
        [
            ("correct", {"name": "", "source": "visit", "seen": "0"}),
            ("correct", {"name": "王秀英", "seen": "0"}),
            ("correct", {"name": "王秀英", "born": "x", "seen": "0", "source": "visit"}),
            ("gone", {"state": "present", "since": "2026-01-01", "source": "visit"}),
            ("gone", {"state": "deceased", "source": "visit"}),
            ("add_phone", {"number": "12", "source": "visit"}),
            ("set_fact", {"kind": "rich", "source": "civil"}),
            ("put_tag", {"code": "aged", "note": ""}),
            ("put_tag", {"code": "no", "note": "因"}),
            ("ask", {"kind": "x"}),
            ("link", {"username": "nobody"}),
            ("erase", {"ground": "wish"}),
            ("erase", {"sure": "yes"}),
        ],
    )
    def test_what_does_not_do_is_said_on_the_page(self, as_, sun, people, what, said):
        answer = post(as_(sun), people[0].pk, what, **said)
        assert answer.status_code in {422, 409}
        assert 'role="alert"' in answer.text
        people[0].refresh_from_db()
        assert people[0].version == 0

    def test_phone_fact_and_tag(self, as_, sun, people):
        browser, pk = as_(sun), people[1].pk
        said = post(browser, pk, "add_phone", number="13700001234", remark="女儿的", source="visit")
        assert "137****1234" in said.text
        assert "女儿的" in said.text
        post(browser, pk, "set_fact", kind="party_member", source="civil")
        assert Tag.objects.filter(resident=pk, code="party_member", origin="rule").exists()
        page = post(browser, pk, "put_tag", code="living_alone", note="子女在外地").text
        assert "子女在外地" in page
        assert "删去" in page
        post(browser, pk, "remove_tag", code="living_alone")
        assert not Tag.objects.filter(resident=pk, code="living_alone").exists()

    def test_gone_and_erased(self, as_, sun, people):
        browser, pk = as_(sun), people[1].pk
        page = post(browser, pk, "gone", state="moved_out", since="2026-01-02", source="visit")
        assert "迁出" in page.text
        page = post(browser, pk, "erase", ground="wish", sure="yes").text
        assert "已删除此人信息" in page
        assert browser.get(f"/desk/residents/{pk}/").status_code == 404

    def test_requests_are_listed_and_answered_once(self, as_, sun, gu, people):
        browser = as_(sun)
        post(browser, people[0].pk, "ask", kind="correct", text="我的名字写错了")
        asked = Request.objects.get()
        page = browser.get("/desk/residents/requests/").text
        assert "我的名字写错了" in page
        address = f"/desk/residents/requests/{asked.pk}/answer/"
        assert as_(gu).post(address, {"text": "x"}).status_code == 403
        assert browser.post(address, {"text": "已改", "granted": "yes"}).status_code == 302
        assert browser.post(address, {"text": "再改", "granted": "no"}).status_code == 409
        asked.refresh_from_db()
        assert (asked.state, asked.answer) == ("granted", "已改")

    def test_nobody_does_anything_outside_of_their_reach(self, as_, zhao, people):
        for what in ("reveal", "correct", "gone", "put_tag", "ask", "erase", "own_copy", "link"):
            assert post(as_(zhao), people[0].pk, what).status_code == 404


class TestOnARound:
    def test_masked_for_a_reason_and_on_record(self, as_, li, people):
        browser = as_(li)
        assert "为什么查" in browser.get("/patrol/residents/").text
        page = browser.post("/patrol/residents/", {"q": "秀英", "ground": "visit"}).text
        assert "138****6021" in page
        assert "13812346021" not in page
        event = Event.objects.get(name="residents.looked_up")
        assert event.facts == {"ground": "visit", "found": 1}
        assert "秀英" not in json.dumps(event.facts, ensure_ascii=False)

    @pytest.mark.parametrize("said", [{"q": "秀英"}, {"q": " ", "ground": "visit"}])
    def test_without_question_or_reason_nothing_is_looked_up(self, as_, li, people, said):
        answer = as_(li).post("/patrol/residents/", said)
        assert answer.status_code == 422
        assert not Event.objects.filter(name="residents.looked_up").exists()

    def test_only_the_own_grid(self, as_, zhao, wang, people):
        page = as_(zhao).post("/patrol/residents/", {"q": "秀英", "ground": "visit"}).text
        assert "王秀英" not in page
        assert as_(wang).get("/patrol/residents/").status_code == 403


class TestMine:
    def test_i_see_what_is_kept_and_why(self, as_, wang, linked):
        page = as_(wang).get("/me/data/").text
        for said in ("王秀英", "1****************X", "138****6021", "党员", "表格导入", "要求复核"):
            assert said in page, said
        assert "我的信息" in as_(wang).get("/me/").text

    def test_who_is_not_linked_is_told_how(self, as_, zhou, people):
        page = as_(zhou).get("/me/data/").text
        assert "服务窗口" in page
        assert as_(zhou).post("/me/data/ask/", {"kind": "erase"}).status_code == 404
        assert as_(zhou).post("/me/data/copy/").status_code == 404

    def test_i_ask_and_see_the_answer(self, as_, wang, sun, linked):
        browser = as_(wang)
        browser.post("/me/data/ask/", {"kind": "review", "tag": "party_member"})
        assert browser.post("/me/data/ask/", {"kind": "correct"}).status_code == 422
        asked = Request.objects.get()
        assert asked.asked_by == wang
        answer = {"text": "经核实已去掉", "granted": "yes"}
        as_(sun).post(f"/desk/residents/requests/{asked.pk}/answer/", answer)
        assert "经核实已去掉" in browser.get("/me/data/").text
        assert not Tag.objects.filter(resident=linked, code="party_member").exists()

    def test_my_own_copy_is_whole_and_on_record(self, as_, wang, linked):
        answer = as_(wang).post("/me/data/copy/")
        copy = json.loads(answer.content)
        assert copy["本人信息"]["证件号码"] == "11010519491231002X"
        assert "attachment" in answer["Content-Disposition"]
        assert Event.objects.filter(name="residents.own_exported", by=wang).count() == 1

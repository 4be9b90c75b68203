"""Reveal, correct, tags, requests: at the desk, on a round, and by the person themselves."""

import json
import re
from dataclasses import replace

import pytest

from gongzhi.journal.models import Event
from gongzhi.residents.models import AccountLink, Request, Tag
from gongzhi.residents.tests.conftest import LI, WANG

pytestmark = pytest.mark.django_db


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
            ("gone", {"state": "present", "since": "2026-01-01", "source": "visit", "seen": "0"}),
            ("gone", {"state": "deceased", "source": "visit", "seen": "0"}),
            ("add_phone", {"number": "12", "source": "visit"}),
            ("set_fact", {"kind": "rich", "source": "civil"}),
            ("put_tag", {"code": "aged", "note": "", "source": "visit"}),
            ("put_tag", {"code": "no", "note": "因", "source": "visit"}),
            ("put_tag", {"code": "aged", "note": "因"}),
            ("move", {"address": "", "seen": "0", "source": "visit"}),
            ("move", {"address": "月亮路1号", "seen": "0", "source": "visit"}),
            ("move", {"address": "望湖花园3栋2单元502", "seen": "0"}),
            ("move", {"address": "望湖花园3栋2单元502", "source": "visit"}),
            ("relate", {"other": "赵钱孙", "kind": "child", "source": "visit"}),
            ("relate", {"other": "李四", "kind": "friend", "source": "visit"}),
            ("remove_phone", {"which": "1"}),
            ("remove_phone", {"which": "999", "source": "visit"}),
            ("drop_fact", {"which": "999", "seen": "1", "source": "visit"}),
            ("unrelate", {"which": "999", "source": "visit"}),
            ("remove_tag", {"which": "aged", "source": "visit"}),
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
        tag = {"code": "living_alone", "note": "子女在外地", "source": "visit"}
        page = post(browser, pk, "put_tag", **tag).text
        assert "子女在外地" in page
        assert "删去" in page
        post(browser, pk, "remove_tag", which="living_alone", source="visit")
        assert not Tag.objects.filter(resident=pk, code="living_alone").exists()

    def test_gone_and_erased(self, as_, sun, people):
        browser, pk = as_(sun), people[1].pk
        gone = {"state": "moved_out", "since": "2026-01-02", "source": "visit", "seen": 0}
        page = post(browser, pk, "gone", **gone)
        assert "迁出" in page.text
        page = post(browser, pk, "erase", ground="wish", sure="yes").text
        assert "已删除此人信息" in page
        assert browser.get(f"/desk/residents/{pk}/").status_code == 404

    def test_a_fault_stands_at_its_field_with_what_was_typed(self, as_, sun, people):
        said = {"number": "12", "remark": "女儿的", "source": "visit"}
        page = post(as_(sun), people[0].pk, "add_phone", **said).text
        assert 'href="#add_phone-number"' in page
        assert '<details class="more" id="do-add_phone" open>' in page
        field = re.search(r'<input[^>]*id="add_phone-number"[^>]*>', page)[0]
        assert 'aria-invalid="true"' in field
        assert 'id="add_phone-number_error">电话“…12”的位数不对。' in page
        assert 'value="女儿的"' in page
        assert '<option value="visit" selected>' in page

    def test_who_moved_is_at_the_new_address_and_gone_ones_come_back(self, as_, sun, people):
        browser, pk = as_(sun), people[0].pk
        said = {"address": "望湖花园3栋2单元502", "source": "police", "seen": 0}
        page = post(browser, pk, "move", **said).text
        assert "住址已登记" in page
        assert "<ins>望湖花园3栋2单元502室</ins>" in page
        assert "公安" in page
        assert post(browser, pk, "move", **said | {"address": "C501"}).status_code == 409
        gone = {"state": "moved_out", "since": "2026-01-02", "source": "visit", "seen": 1}
        assert post(browser, pk, "gone", **gone | {"seen": 0}).status_code == 409
        assert "登记迁回" in post(browser, pk, "gone", **gone).text
        post(browser, pk, "move", **said | {"address": "C501", "seen": 2})
        people[0].refresh_from_db()
        assert (people[0].state, people[0].address) == ("present", "望湖花园3栋2单元501室")

    def test_an_unknown_address_is_offered_like_ones_or_kept_in_a_grid(self, as_, sun, people):
        browser, pk = as_(sun), people[0].pk
        said = {"address": "3栋2单元", "source": "visit", "seen": 0}
        page = post(browser, pk, "move", **said)
        assert page.status_code == 422
        assert 'name="address" value="望湖花园3栋2单元502室"' in page.text
        people[0].refresh_from_db()
        grid = people[0].grid.code
        post(browser, pk, "move", **said | {"address": "湖东路8号", "grid": grid})
        people[0].refresh_from_db()
        assert (people[0].home, people[0].address) == (None, "湖东路8号")

    def test_relations_come_and_go_and_of_namesakes_one_is_pressed(self, as_, sun, people, take):
        take(replace(LI, phones=("13912349999",), address=WANG.address))
        browser, (wang, li_si) = as_(sun), people
        said = {"other": "李四", "kind": "child", "source": "visit"}
        page = post(browser, wang.pk, "relate", **said)
        assert (page.status_code, "请点选其中一个" in page.text) == (422, True)
        assert f'name="picked" value="{li_si.pk}"' in page.text
        page = post(browser, wang.pk, "relate", **said | {"picked": li_si.pk}).text
        assert "<ins>子女 李四</ins>" in page
        gone = {"which": wang.relations.get().pk, "source": "visit"}
        assert "<del>子女 李四</del>" in post(browser, wang.pk, "unrelate", **gone).text
        assert post(browser, wang.pk, "unrelate", **gone).status_code == 409

    def test_phones_and_facts_are_taken_away_and_stay_in_the_past(self, as_, sun, people):
        browser, wang = as_(sun), people[0]
        phone = {"which": wang.phones.first().pk, "source": "self"}
        page = post(browser, wang.pk, "remove_phone", **phone).text
        assert "<del>138****6021</del>" in page
        assert "13812346021" not in page
        assert post(browser, wang.pk, "remove_phone", **phone).status_code == 409
        fact = wang.facts.get()
        said = {"which": fact.pk, "seen": fact.collection_id, "source": "civil"}
        page = post(browser, wang.pk, "drop_fact", **said).text
        assert "<b>中共党员</b> <del>已登记</del>" in page
        assert post(browser, wang.pk, "drop_fact", **said).status_code == 409
        assert not Tag.objects.filter(resident=wang, code="party_member").exists()

    def test_without_a_source_the_line_stays_open_and_says_so(self, as_, sun, people):
        phone = people[0].phones.first()
        page = post(as_(sun), people[0].pk, "remove_phone", which=phone.pk).text
        assert '<details class="drop" open>' in page
        assert f'id="remove_phone-{phone.pk}_error">请选择是谁说的' in page
        assert people[0].phones.count() == 2

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
        for what in (
            "reveal", "correct", "gone", "move", "add_phone", "remove_phone", "set_fact",
            "drop_fact", "relate", "unrelate", "put_tag", "remove_tag", "ask", "erase",
            "own_copy", "link",
        ):  # fmt: skip
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

    def test_i_see_what_was_changed_in_words_and_masked(self, as_, wang, sun, linked):
        browser = as_(sun)
        post(browser, linked.pk, "add_phone", number="13700001234", source="visit")
        post(browser, linked.pk, "set_fact", kind="disabled", grade="2", source="disability")
        said = {"address": "C502", "source": "visit", "seen": 0}
        post(browser, linked.pk, "move", **said)
        page = as_(wang).get("/me/data/").text
        for word in ("改过什么", "137****1234", "持残疾人证", "2级", "残联", "房屋"):
            assert word in page, word
        copy = json.loads(as_(wang).post("/me/data/copy/").content)
        told = {line["内容"]: (line["变更前"], line["变更后"]) for line in copy["变更"]}
        assert told["电话"] == ("", "13700001234")
        assert told["房屋"] == ("望湖花园3栋2单元501室", "望湖花园3栋2单元502室")
        assert copy["本人信息"]["性别"] == "女"
        assert not re.search(r"[a-z]{3,}", json.dumps(copy["本人信息"], ensure_ascii=False))
        assert not any(re.search("[a-z]", line["内容"]) for line in copy["变更"])

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

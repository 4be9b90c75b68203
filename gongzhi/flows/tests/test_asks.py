"""Fields of a step's form: what a flow may say about them, what may be answered, how it is told."""

from copy import deepcopy

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.flows import answers, files
from gongzhi.flows.rules import Offer, diagram, difference, faults_of_product, flow_from
from gongzhi.flows.rules.asks import Ask, Option, read
from gongzhi.flows.tests.test_rules import SMALL
from gongzhi.kernel.refusals import NotUnderstood

WAY = {
    "key": "way",
    "name": "处置方式",
    "english": "How",
    "kind": "choice",
    "required": True,
    "options": [
        {"key": "cleared", "name": "现场清理", "english": "Cleared"},
        {"key": "repaired", "name": "维修"},
    ],
}
COST = {"key": "cost", "name": "费用", "kind": "number", "unit": "元", "least": 0, "most": 5000}
ASKS = [
    WAY,
    COST,
    {"key": "day", "name": "完工日期", "kind": "date"},
    {"key": "again", "name": "容易反复", "kind": "yes_no"},
    {"key": "who", "name": "施工单位", "kind": "text"},
]


def asking(*asks, change=lambda d: None):
    data = deepcopy(SMALL)
    data["moves"][1]["asks"] = deepcopy(list(asks))
    change(data)
    return data


FLOW = flow_from(asking(*ASKS))
FIELDS = FLOW.moves[1].asks


@pytest.mark.parametrize(
    ("ask", "sentence"),
    [
        ({**COST, "kind": "money"}, "cost 的 kind 无效：money，可用的有：text、choice"),
        ({**WAY, "options": []}, "way 是单选，options 至少要有两项"),
        ({k: v for k, v in WAY.items() if k != "options"}, "way 是单选，options 至少要有两项"),
        ({**WAY, "options": ["清理", "维修"]}, "way 的 options 应写成"),
        ({**WAY, "options": [*WAY["options"], WAY["options"][0]]}, "way 的选项 cleared 重复"),
        ({**COST, "options": WAY["options"]}, "cost 不是单选，不能有 options"),
        ({**COST, "least": 9, "most": 1}, "cost 的 least 比 most 大"),
        ({**COST, "least": "0"}, "least、most 应当是整数"),
        ({**WAY, "unit": "元"}, "way 不是数字，不能有 unit"),
        ({**WAY, "required": "yes"}, "required 应当是 true 或 false"),
        ({**COST, "key": "费用"}, "key 只能用小写字母"),
        ({**COST, "name": " "}, "cost 没有名称"),
        ({"key": "cost", "name": "费用"}, "第2个步骤的第1个填写项缺少 kind"),
        ({**COST, "colour": "red"}, "有不认识的项 colour"),
        ({**COST, "name": 7}, "name 应当是文字"),
        ("cost", "应当是“名称: 值”的形式"),
    ],
)
def test_a_field_that_no_form_could_show_is_refused(ask, sentence):
    with pytest.raises(ValueError, match=sentence):
        flow_from(asking(ask))


def test_a_key_may_be_asked_once_a_step_and_means_one_thing_for_the_verb():
    with pytest.raises(ValueError, match="填写项 cost 重复"):
        flow_from(asking(COST, {**COST, "name": "别的"}))
    with pytest.raises(ValueError, match="最多 8 项"):
        flow_from(asking(*({**COST, "key": f"c{n}"} for n in range(9))))
    with pytest.raises(ValueError, match="asks 应当是一个列表"):
        flow_from(asking(change=lambda d: d["moves"][1].update(asks="cost")))

    def elsewhere(data):
        other = {**data["moves"][1], "from": ["new"], "asks": [{**COST, "unit": "万元"}]}
        data["moves"].append(other)

    with pytest.raises(ValueError, match="close 的填写项 cost 在别处写得不一样"):
        flow_from(asking(COST, change=elsewhere))


def test_a_step_without_a_form_cannot_ask():
    offer = Offer({"new": False, "doing": False, "done": True}, {"close": ["done"]}, forms=["send"])
    assert faults_of_product(FLOW, offer) == ["close 没有表单，不能有填写项；有表单的是：send"]


def test_every_fault_names_its_line():
    text = (
        "code: small\nname: 小\nstates:\n- {code: new, name: 新, turn: desk}\n"
        "- {code: done, name: 结, turn: nobody}\nmoves:\n- verb: close\n  name: 结\n"
        "  from: [new]\n  to: done\n  who: desk\n  asks:\n  - {key: a, name: 甲, kind: text}\n"
        "  - {key: a, name: 乙, kind: wish}\n"
    )
    content, lines = files.read(text)
    with pytest.raises(ValueError, match="重复") as wrong:
        flow_from(content)
    said = [files.in_words(fault, lines) for fault in wrong.value.faults]
    assert said[0].startswith("第 14 行：第1个步骤的填写项 a 的 kind 无效：wish")
    assert said[1] == "第 14 行：第1个步骤的填写项 a 重复"
    content, lines = files.read(text.replace("to: done", "to: gone").replace("wish", "text"))
    assert lines["moves", 0, "to"] == 10


def test_a_file_that_points_at_itself_still_has_its_lines():
    content, lines = files.read("a: &a\n  b: *a\n")
    assert content["a"]["b"] is content["a"]
    assert lines["a",] == 1


def test_versions_differ_by_their_fields_and_the_diagram_names_them():
    (change,) = difference(flow_from(SMALL), flow_from(asking(WAY)))
    assert change.after.endswith("填写 处置方式 way（单选：现场清理 cleared、维修 repaired；必填）")
    (change,) = difference(
        flow_from(asking(WAY, COST)), flow_from(asking(WAY, {**COST, "most": 10}))
    )
    assert "费用 cost（数字，元，0～10）" in change.after
    assert "doing --> done : 结（填写处置方式、费用）" in diagram(flow_from(asking(WAY, COST)))


# ── answers ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({}, "请选择“处置方式”。"),
        ({"way": "burnt"}, "“处置方式”请从列出的里面选一项。"),
        ({"way": "cleared", "cost": "很多"}, "“费用”请填数字，例如 120 或 35.5。"),
        ({"way": "cleared", "cost": "1e3"}, "“费用”请填数字"),
        ({"way": "cleared", "cost": "-1"}, "“费用”不能小于 0。"),
        ({"way": "cleared", "cost": "5000.01"}, "“费用”不能大于 5000。"),
        ({"way": "cleared", "day": "2026-02-30"}, "“完工日期”请填日期，例如 2026-03-02。"),
        ({"way": "cleared", "day": "3月2日"}, "“完工日期”请填日期"),
        ({"way": "cleared", "again": "maybe"}, "“容易反复”请从列出的里面选一项。"),
        ({"way": "cleared", "who": "字" * 201}, "“施工单位”最多 200 字，请删减。"),
        ({"way": "cleared", "colour": "red"}, "已经不用填了"),
    ],
)
def test_an_answer_that_does_not_fit_is_refused_at_its_field(said, sentence):
    with pytest.raises(NotUnderstood, match=sentence) as wrong:
        answers.checked("close", FIELDS, said)
    last = list(said)[-1] if said else "way"
    assert wrong.value.field == ("" if last == "colour" else f"a-close-{last}")


def test_answers_are_told_as_a_clerk_writes_them():
    said = {
        "way": "cleared",
        "cost": "０120.50",
        "day": "2026-03-02",
        "again": "no",
        "who": " 甲公司 ",
    }
    kept = answers.checked("close", FIELDS, said)
    assert kept == {**said, "cost": "120.5", "who": "甲公司"}
    assert answers.told(FIELDS, kept) == (
        "处置方式：现场清理；费用：120.5 元；完工日期：2026-03-02；容易反复：否；施工单位：甲公司。"
    )
    assert answers.told(FIELDS, {}) == ""
    assert answers.told((), {"way": "cleared"}) == "way：cleared。"
    with override("en"):
        assert answers.told(FIELDS, {"way": "cleared"}) == "How: Cleared."
        assert answers.told(FIELDS, {"way": "repaired"}) == "How: 维修."


def test_a_form_shows_what_was_typed_and_sends_only_its_own():
    shown = answers.asked(FLOW, "close", "doing", {"a-close-cost": "abc"})
    assert [(one.name, one.value) for one in shown][:2] == [
        ("a-close-way", ""),
        ("a-close-cost", "abc"),
    ]
    assert answers.asked(FLOW, "close", "new") == []
    assert answers.given("close", {"a-close-cost": "1", "a-decline-cost": "2", "text": "x"}) == {
        "cost": "1"
    }


numbers = st.decimals(min_value=-(10**11), max_value=10**11, places=4, allow_nan=False)


@given(numbers)
def test_a_number_is_kept_exactly(number):
    kept, wrong = read(Ask("n", "数", "number"), f"{number:f}")
    assert wrong == ""
    assert type(number)(kept) == number


kinds = [
    Ask("f", "项", "text"),
    Ask("f", "项", "number", least=0),
    Ask("f", "项", "date"),
    Ask("f", "项", "yes_no", required=True),
    Ask("f", "项", "choice", options=(Option("a", "甲"), Option("b", "乙"))),
]


@given(st.sampled_from(kinds), st.text(max_size=250))
def test_whatever_is_typed_is_kept_or_refused_and_kept_again_means_the_same(ask, said):
    kept, wrong = read(ask, said)
    if wrong:
        assert kept == ""
    else:
        assert read(ask, kept) == (kept, "")

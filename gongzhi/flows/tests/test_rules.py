"""A flow that would leave a matter stuck, ownerless or lost is refused with every fault named."""

from copy import deepcopy
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.flows.rules import diagram, difference, faults_of_people, flow_from

FLOWS = Path(__file__).resolve().parents[3] / "config" / "flows"
SMALL = {
    "code": "small",
    "name": "小流程",
    "states": [
        {"code": "new", "name": "新", "turn": "desk"},
        {"code": "doing", "name": "办理", "turn": "handler"},
        {"code": "done", "name": "办结", "turn": "nobody"},
    ],
    "moves": [
        {"verb": "dispatch", "name": "派", "from": ["new"], "to": "doing", "who": "desk"},
        {"verb": "close", "name": "结", "from": ["doing"], "to": "done", "who": "hands"},
    ],
}
PEOPLE = {
    "verbs": ["dispatch", "close"],
    "needs": ["reason"],
    "roles": {"clerk": ["desk"], "worker": ["hands"]},
}


def changed(change):
    data = deepcopy(SMALL)
    change(data)
    return data


@pytest.mark.parametrize("path", sorted(FLOWS.glob("*.yaml")), ids=lambda p: p.stem)
def test_the_flows_shipped_are_sound(path):
    flow = flow_from(yaml.safe_load(path.read_text(encoding="utf-8")))
    assert flow.state(flow.start).turn == "desk"
    assert diagram(flow).startswith("stateDiagram-v2\n    [*] --> ")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda d: d.pop("name"), "流程缺少 name"),
        (lambda d: d.update(colour="red"), "流程有不认识的项 colour"),
        (lambda d: d.update(states="new"), "states 应当是一个列表"),
        (lambda d: d["states"][0].pop("turn"), "第1个状态缺少 turn"),
        (lambda d: d["states"][0].update(turn="nobody's"), "状态 new 的 turn 无效"),
        (lambda d: d["states"].append(dict(d["states"][0])), "状态 new 重复"),
        (lambda d: d["moves"][0].update(to="gone"), "没有 gone 这个状态"),
        (lambda d: d["moves"].pop(), "状态 doing 无法离开"),
        (lambda d: d["moves"].pop(0), "状态 doing 永远到不了"),
        (lambda d: d["states"][2].update(turn="desk"), "流程没有终点"),
        (lambda d: d["moves"][0].update({"from": ["new", "done"]}), "终点 done 不应再有步骤"),
        (lambda d: d["moves"].append({**d["moves"][0], "to": "done"}), "有两个去向"),
        (
            lambda d: d.update(
                clocks=[{"code": "c", "name": "c", "during": ["new"], "limits": {"urgent": 4}}]
            ),
            "第1个时钟的 limits",
        ),
    ],
)
def test_a_broken_flow_is_refused_with_the_reason(change, sentence):
    with pytest.raises(ValueError, match=sentence):
        flow_from(changed(change))


def test_a_loop_without_a_way_out_is_a_dead_end():
    def loop(data):
        data["states"].append({"code": "limbo", "name": "悬", "turn": "desk"})
        data["moves"].append(
            {"verb": "hang", "name": "挂", "from": ["new", "limbo"], "to": "limbo", "who": "desk"}
        )

    with pytest.raises(ValueError, match="从状态 limbo 出发永远到不了终点"):
        flow_from(changed(loop))


def test_a_step_that_no_role_can_take_is_a_fault():
    flow = flow_from(changed(lambda d: d["moves"][1].update(who="magic")))
    assert faults_of_people(flow, **PEOPLE) == ["没有岗位能做 close：没有谁有 magic 的权限"]


def test_unknown_verbs_and_needs_are_faults():
    flow = flow_from(changed(lambda d: d["moves"][1].update(verb="vanish", needs=["wand"])))
    assert faults_of_people(flow, **PEOPLE) == [
        "没有 vanish 这个动作",
        "vanish 要求不认识的材料 wand",
    ]


def test_the_difference_between_versions_names_what_came_went_and_changed():
    def newer(data):
        data["states"][1]["name"] = "处置"
        data["moves"][1]["needs"] = ["reason"]
        data["moves"].append(
            {"verb": "decline", "name": "拒", "from": ["new"], "to": "done", "who": "desk"}
        )

    changes = difference(flow_from(SMALL), flow_from(changed(newer)))
    assert [(c.sign, c.kind, c.name) for c in changes] == [
        ("~", "状态", "doing"),
        ("~", "步骤", "close→done"),
        ("+", "步骤", "decline→done"),
    ]
    assert difference(flow_from(SMALL), flow_from(SMALL)) == []


states = st.lists(st.sampled_from("abcdef"), min_size=1, max_size=6, unique=True)


@given(states, st.data())
def test_from_every_state_of_an_accepted_flow_an_end_can_be_reached(codes, data):
    turns = [data.draw(st.sampled_from(["desk", "nobody"])) for _ in codes]
    edges = data.draw(
        st.lists(st.tuples(st.sampled_from(codes), st.sampled_from(codes)), max_size=12)
    )
    flow = {
        "code": "f",
        "name": "f",
        "states": [{"code": c, "name": c, "turn": t} for c, t in zip(codes, turns, strict=True)],
        "moves": [
            {"verb": f"v{n}", "name": "v", "from": [a], "to": b, "who": "desk"}
            for n, (a, b) in enumerate(edges)
        ],
    }
    try:
        accepted = flow_from(flow)
    except ValueError:
        return
    for state in accepted.states:
        here, steps = {state.code}, len(codes)
        for _ in range(steps):
            here |= {m.after for m in accepted.moves if set(m.before) & here}
        assert any(accepted.state(c).is_end for c in here)

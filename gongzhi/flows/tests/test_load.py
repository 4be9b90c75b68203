"""Flows are let in version by version; a broken one changes nothing."""

from io import StringIO

import pytest
import yaml
from django.core.management import CommandError, call_command

from gongzhi.flows import actions, reads
from gongzhi.flows.models import FlowVersion
from gongzhi.flows.tests.test_rules import FLOWS
from gongzhi.kernel.refusals import NotAllowed, NotUnderstood

pytestmark = pytest.mark.django_db


def load(*folder):
    out = StringIO()
    call_command("load_flows", *folder, stdout=out)
    return out.getvalue()


def test_the_flows_shipped_can_be_taken_by_roles_and_verbs_of_the_product():
    assert "standard v1：已启用" in load()
    assert "没有变化" in load()
    pk, flow = reads.in_force("standard")
    assert (flow.start, reads.of_version(pk)) == ("reported", flow)


def test_a_new_version_shows_its_difference_and_the_old_one_stays_readable(tmp_path):
    load()
    old, _flow = reads.in_force("standard")
    content = yaml.safe_load((FLOWS / "standard.yaml").read_text(encoding="utf-8"))
    content["states"][0]["name"] = "待接"
    (tmp_path / "standard.yaml").write_text(yaml.safe_dump(content, allow_unicode=True))
    assert "~ 状态 reported" in load(tmp_path)
    reads.forget()
    new, flow = reads.in_force("standard")
    assert (new != old, flow.state("reported").name) == (True, "待接")
    assert reads.of_version(old).state("reported").name == "待受理"


def test_a_broken_file_changes_nothing(tmp_path):
    load()
    (tmp_path / "standard.yaml").write_text("code: standard\nname: x\nstates: []\nmoves: []\n")
    with pytest.raises(CommandError, match="至少要有一个状态"):
        load(tmp_path)
    assert FlowVersion.objects.get(code="standard").active


def test_a_verb_the_product_does_not_know_is_a_fault(NOON):
    content = yaml.safe_load((FLOWS / "standard.yaml").read_text(encoding="utf-8"))
    content["moves"][0]["verb"] = "vanish"
    with pytest.raises(NotUnderstood, match="没有 vanish 这个动作"):
        actions.load(by=None, content=content, at=NOON)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda d: d["moves"][6].update(to="returned"), "rework 不能把事情带到 returned"),
        (lambda d: d["clocks"].pop(1), "缺少 level 时钟"),
        (lambda d: d["clocks"][0].update(until=["pray"]), "时钟 response 等待不认识的动作 pray"),
        (
            lambda d: d["clocks"][0]["limits"].update(huge={"limit": 1, "unit": "h"}),
            "时钟 response 有不认识的等级 huge，可用的有：",
        ),
        (lambda d: d.update(kind="dream"), "没有“dream”这类事项"),
        (lambda d: d["states"][4].update(turn="nobody"), "终点 checked 不应再有步骤"),
        (lambda d: d["moves"][0].update(takes=["magic"]), "dispatch 要求不认识的材料 magic"),
        (lambda d: d["moves"][0].update(needs="handler"), "第1个步骤的 needs 应当是一列代码"),
        (lambda d: d["clocks"][1].update(levels={"district": {}}), "第2个时钟的 levels"),
        (
            lambda d: d["states"].append({"code": "limbo", "name": "悬", "turn": "desk"})
            or d["moves"].append(
                {"verb": "merge", "name": "x", "from": ["handled"], "to": "limbo",
                 "who": "dispatch_cases"}
            )
            or d["moves"].append(
                {"verb": "split", "name": "x", "from": ["limbo"], "to": "reported",
                 "who": "dispatch_cases"}
            ),
            "没有“limbo”这种状态",
        ),
    ],
)  # fmt: skip
def test_a_flow_that_the_product_cannot_run_is_refused(NOON, change, sentence):
    content = yaml.safe_load((FLOWS / "standard.yaml").read_text(encoding="utf-8"))
    change(content)
    with pytest.raises(NotUnderstood, match=sentence):
        actions.load(by=None, content=content, at=NOON)
    assert not FlowVersion.objects.exists()


def test_only_who_keeps_the_districts_content_may_let_a_flow_in(NOON, guan, chen):
    content = yaml.safe_load((FLOWS / "standard.yaml").read_text(encoding="utf-8"))
    with pytest.raises(NotAllowed):
        actions.load(by=chen, content=content, at=NOON)
    assert actions.load(by=guan, content=content, at=NOON).active

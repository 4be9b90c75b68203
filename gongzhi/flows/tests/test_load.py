"""Flows are let in version by version; a broken one changes nothing."""

from io import StringIO

import pytest
import yaml
from django.core.management import CommandError, call_command

from gongzhi.flows import actions, reads
from gongzhi.flows.models import FlowVersion
from gongzhi.flows.tests.test_rules import FLOWS
from gongzhi.kernel.refusals import NotUnderstood

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
    assert FlowVersion.objects.get().active


def test_a_verb_the_product_does_not_know_is_a_fault(NOON):
    content = yaml.safe_load((FLOWS / "standard.yaml").read_text(encoding="utf-8"))
    content["moves"][0]["verb"] = "vanish"
    with pytest.raises(NotUnderstood, match="没有 vanish 这个动作"):
        actions.load(by=None, content=content, at=NOON)

"""The record of a dispute reads as a clerk would tell it."""

import pytest

from gongzhi.disputes.reads import history
from gongzhi.disputes.tests import conftest as do

pytestmark = pytest.mark.django_db


def test_the_record_of_a_dispute_says_each_result_in_words(stage):
    """Class and desk, risk, mediator, agreement and score stand in the line of their step."""
    lines = history(stage("archived"))
    agreed = [line.text for line in lines if line.title == "当事人同意调解"]
    assert agreed == ["申请人愿意接受调解。", "被申请人愿意接受调解。"]
    said = {line.title: line.text for line in lines}
    assert said["归类分流"].startswith("邻里纠纷，由望湖社区化解。")
    assert said["评定风险"].startswith("评定为“一般”。")
    assert said["选派调解员"].startswith("请孙丽调解。")
    assert said["达成协议"].startswith(do.TEXT)
    assert said["考评归档"].startswith("5 分")

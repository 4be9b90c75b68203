"""A case that climbs, is whistled about, carded, ruled upon, fixed and rated: its record."""

from datetime import timedelta

import pytest

from conftest import HERE, LAMP, NOON
from gongzhi.access.models import Unit
from gongzhi.cases import actions as cases
from gongzhi.cases.models import Case
from gongzhi.cases.reads.tracking import timeline
from gongzhi.cases.tests.test_flows import photo
from gongzhi.cases.words import ReturnGround, SupervisionKind
from gongzhi.whistles import actions
from gongzhi.whistles.actions import Meeting
from gongzhi.whistles.words import TaskKind

pytestmark = pytest.mark.django_db
NEAR = (HERE[0] + 0.0005, HERE[1])


def lines(case):
    """The record as a clerk would read it out, without the moments."""
    case.refresh_from_db()
    return [f"{s.title} {s.who}|{s.text}".rstrip("|") for s in timeline(case, for_staff=True)]


def test_the_record_of_a_whole_case_says_who_did_what_with_which_result(
    report, wang, li, sun, chen, he, wu, lighting, somebody, district
):
    gas = Unit.objects.create(kind="gas_supply", name="望湖燃气公司", area=district)
    feng = somebody("feng", "unit_staff", district, unit=gas, name="冯洁")
    case, at = report(by=wang, item_code=LAMP), NOON
    up = {"files": [photo()]}
    cases.dispatch(by=sun, case=case, to=li, at=at)
    cases.accept(by=li, case=case, at=at)
    cases.send_up(by=sun, case=case, reason="灯杆在市政道路上，社区修不了。", at=at, **up)
    cases.send_up(by=chen, case=case, reason="与燃气管道交叉，要区里协调。", at=at)
    cases.dispatch(by=he, case=case, to=lighting, opinion="请今天到现场。", at=at)
    cases.return_to_sender(
        by=wu, case=case, ground=ReturnGround.NOT_OUR_DUTY, reason="灯杆属于燃气公司。", at=at
    )
    meeting = Meeting(starts_at=at + timedelta(hours=2), place="望湖花园北门")
    whistle = actions.blow(
        by=he, case=case, units=[lighting, gas], meeting=meeting, reason="一起看现场定责任。", at=at
    )
    calls = {
        one.unit_id: one for one in whistle.called.select_related("unit", "whistle__case__area")
    }
    actions.acknowledge(by=wu, called=calls[lighting.pk], at=at)
    start = at + timedelta(hours=2)
    actions.sign_in(by=wu, called=calls[lighting.pk], position=NEAR, at=start)
    late = start + timedelta(minutes=20)
    actions.sign_in(by=feng, called=calls[gas.pk], position=NEAR, at=late)
    cases.supervise(
        by=he, case=case, kind=SupervisionKind.YELLOW, text="到场迟到，请说明。", at=late
    )
    pressed = case.supervisions.get()
    cases.answer_supervision(by=he, supervision=pressed, answer="已向燃气公司核实。", at=late)
    actions.keep_minutes(
        by=he,
        whistle=whistle,
        text="灯杆归路灯所，管道由燃气公司改移。",
        at=late,
        seen=whistle.version,
    )
    actions.give_task(
        by=he, whistle=whistle, unit=gas, kind=TaskKind.ASSIST, text="改移交叉的管道。", at=late
    )
    actions.end(by=he, whistle=whistle, at=late, seen=whistle.version)
    cases.answer_assist(by=feng, assist=case.assists.get(), answer="管道已改移。", at=late)
    Case.objects.filter(pk=case.pk).update(status="arbitration")
    case.refresh_from_db()
    cases.arbitrate(by=he, case=case, to=lighting, ruling="灯杆产权在路灯所。", at=late)
    cases.accept(by=wu, case=case, at=late)
    cases.handle(by=wu, case=case, note="换了灯泡，亮了。", files=[photo()], at=late)
    cases.approve(by=he, case=case, opinion="现场看过，亮了。", at=late)
    if case.status == "checked":
        cases.close(by=he, case=case, at=late)
    cases.rate(
        by=wang,
        case=case,
        reporter_ref=case.reporter_ref,
        stars=5,
        text="很快。",
        at=late,
        solved=True,
    )
    said = lines(case)
    assert f"请{lighting.name}、望湖燃气公司于3月4日 14:00 到望湖花园北门。" in str(said)
    assert any(s.endswith("|迟到 20 分钟。") for s in said)
    assert any(s.endswith("|黄牌督办：到场迟到，请说明。") for s in said)
    assert any("灯杆归路灯所，管道由燃气公司改移。" in s for s in said)
    assert any("由" + lighting.name + "承办，不得再退回。" in s for s in said)
    assert any("召集的单位都到了场。" in s for s in said)
    assert any("请望湖燃气公司：改移交叉的管道。" in s for s in said)
    assert any("望湖燃气公司：管道已改移。" in s for s in said)
    assert any("转滨河街道。" in s for s in said)
    assert any("5 星，问题已解决。" in s for s in said)

"""Cases run on the flow they began with: steps, who may, what must be given, clocks."""

import secrets
from copy import deepcopy
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from django.urls import reverse

from conftest import LAMP, NOON, RUBBISH
from gongzhi.calendars import reads as calendars
from gongzhi.calendars.clocks import State
from gongzhi.cases import actions
from gongzhi.cases.files import StoredFile
from gongzhi.cases.models import Case
from gongzhi.cases.reads.clocks import clocks_of, flow_clocks
from gongzhi.cases.reads.flows import flow_of
from gongzhi.cases.reads.verbs import desk_verbs
from gongzhi.cases.words import PauseGround
from gongzhi.catalogue import reads as catalogue
from gongzhi.flows import actions as flows
from gongzhi.flows import reads as flow_reads
from gongzhi.kernel.refusals import NotAllowed, NotPossible, NotUnderstood

pytestmark = pytest.mark.django_db

FOLDER = Path(__file__).resolve().parents[3] / "config" / "flows"
STANDARD = yaml.safe_load((FOLDER / "standard.yaml").read_text(encoding="utf-8"))


def photo():
    return StoredFile(secrets.token_urlsafe(32), "photo", "image/jpeg", size=1)


def let_in(change=lambda d: None, name="standard"):
    content = deepcopy(yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8")))
    change(content)
    version = flows.load(by=None, content=content, at=NOON)
    flow_reads.forget()
    return version


def move_of(content, verb):
    return next(m for m in content["moves"] if m["verb"] == verb)


def test_a_case_keeps_the_version_it_began_with(report, sun, li, chen):
    first = let_in()
    old = report(item_code=LAMP)
    second = let_in(lambda d: move_of(d, "dispatch").update(needs=["handler", "reason"]))
    new = report(item_code=LAMP)
    assert (old.flow, new.flow) == (first, second)
    actions.dispatch(by=sun, case=old, to=li, at=NOON)
    with pytest.raises(NotUnderstood, match="说明理由"):
        actions.dispatch(by=sun, case=new, to=li, at=NOON)
    actions.dispatch(by=sun, case=new, to=li, opinion="请带梯子去", at=NOON)
    assert new.status == "dispatched"


def test_cases_from_before_flows_run_on_the_first_version(report, world):
    case = report()
    assert case.flow is None
    assert flow_of(case) == flow_reads.shipped("standard")
    let_in(lambda d: d["states"][0].update(name="待接"))
    assert flow_of(case).state("reported").name == "待接"
    let_in()
    assert flow_of(case).state("reported").name == "待接"


def test_who_may_take_a_step_is_read_from_the_flow(report, sun, he, chen, stage):
    let_in(lambda d: move_of(d, "decline").update(who="instruct"))
    case = report(item_code=LAMP)
    assert "decline" not in desk_verbs(sun, case)
    with pytest.raises(NotAllowed, match="批示"):
        actions.decline(by=sun, case=case, ground="unlawful", answer="不合规定。", at=NOON)


def test_a_step_that_the_flow_leaves_out_cannot_be_taken(report, sun):
    def without(content):
        content["moves"] = [m for m in content["moves"] if m["verb"] != "send_up"]

    let_in(without)
    case = report(item_code=LAMP)
    assert "send_up" not in desk_verbs(sun, case)
    with pytest.raises(NotPossible, match="没有这一步"):
        actions.send_up(by=sun, case=case, reason="解决不了，请支持。", files=[photo()], at=NOON)


def test_an_item_may_name_a_flow_on_which_the_handler_ends_the_matter(report, sun, li, zhou, item):
    let_in()
    spot = let_in(name="on_the_spot")
    type(item(RUBBISH)).objects.filter(code=RUBBISH).update(flow="on_the_spot")
    catalogue.forget()
    case, same = report("垃圾成堆", item_code=RUBBISH), report("垃圾", by=zhou, item_code=RUBBISH)
    assert case.flow == spot
    actions.merge(by=sun, parent=case, cases=[same], at=NOON)
    actions.dispatch(by=sun, case=case, to=li, at=NOON)
    actions.accept(by=li, case=case, at=NOON)
    with pytest.raises(NotUnderstood, match="照片"):
        actions.handle(by=li, case=case, note="已清走，地面冲洗。", at=NOON)
    done = {"note": "已清走，地面冲洗。", "files": [photo()], "at": NOON}
    with pytest.raises(NotUnderstood, match="请选择“处置方式”"):
        actions.handle(by=li, case=case, **done)
    actions.handle(by=li, case=case, answers={"way": "cleared"}, **done)
    same.refresh_from_db()
    assert (case.status, case.ended_at, case.handled_at) == ("closed", NOON, NOON)
    assert (same.status, same.ended_at) == ("closed", NOON)


def test_a_flow_named_but_never_loaded_means_the_standard_one(report, item):
    standard = let_in()
    type(item(RUBBISH)).objects.filter(code=RUBBISH).update(flow="on_the_moon")
    catalogue.forget()
    assert report("垃圾成堆", item_code=RUBBISH).flow == standard


def test_asking_for_the_flow_of_new_cases_costs_no_query(report, django_assert_num_queries):
    let_in()
    report()
    with django_assert_num_queries(0):
        assert flow_reads.active("standard")


# ── clocks of the flow ────────────────────────────────────────────────────


def shown(case, at):
    calendar = calendars.in_force()
    return {clock.name: clock.state(calendar, at) for clock in flow_clocks(case)}


def test_the_first_response_runs_until_somebody_reached_the_reporter(report, sun, li):
    case, soon = report(item_code=LAMP), NOON + timedelta(hours=1)
    assert shown(case, soon) == {"先行联系": State.RUNNING}
    late = NOON + timedelta(days=3)
    assert shown(case, late) == {"先行联系": State.OVERDUE}
    actions.contact(by=sun, case=case, text="电话联系，反映人说共三盏不亮。", at=soon)
    assert shown(case, late) == {"先行联系": State.MET}
    with pytest.raises(NotAllowed):
        actions.contact(by=li, case=case, text="我也打过电话。", at=soon)


def test_each_clock_runs_in_its_states_and_starts_anew(report, sun, li):
    case = report(item_code=LAMP)
    actions.contact(by=sun, case=case, text="已经打过电话。", at=NOON)
    actions.dispatch(by=sun, case=case, to=li, at=NOON)
    assert shown(case, NOON + timedelta(days=3))["接单"] == State.OVERDUE
    later = NOON + timedelta(days=1)
    actions.accept(by=li, case=case, at=later)
    assert shown(case, NOON + timedelta(days=9))["接单"] == State.MET
    done = later + timedelta(hours=1)
    actions.handle(by=li, case=case, note="换了灯泡，亮了。", files=[photo()], at=done)
    assert shown(case, done + timedelta(days=9))["核查"] == State.OVERDUE
    actions.rework(by=sun, case=case, reason="还有一盏不亮。", at=done + timedelta(days=9))
    again = done + timedelta(days=9, hours=1)
    actions.handle(by=li, case=case, note="又换了一盏。", files=[photo()], at=again)
    assert shown(case, again + timedelta(hours=1))["核查"] == State.RUNNING
    assert len(clocks_of(case)) == 5


def test_a_pause_moves_the_clocks_of_the_flow_too(report, sun):
    case = report(item_code=LAMP)
    calendar, before = calendars.in_force(), flow_clocks(case)[0]
    actions.pause(by=sun, case=case, ground=PauseGround.WEATHER, reason="暴雨，无法出行。", at=NOON)
    resumed = NOON + timedelta(days=2)
    actions.resume(by=sun, case=case, at=resumed)
    after = flow_clocks(case)[0]
    assert after.due(calendar, resumed) > before.due(calendar, NOON)


# ── on the desk ───────────────────────────────────────────────────────────


def test_the_desk_shows_every_clock_and_registers_the_first_contact(as_, report, sun):
    case = report(item_code=LAMP)
    page = as_(sun).get(reverse("staff:case", args=[case.pk])).content.decode()
    assert "望湖社区调度" in page
    assert "先行联系" in page
    data = {"seen": case.version, "text": "电话联系，约明天上门。"}
    as_(sun).post(reverse("staff:contact", args=[case.pk]), data)
    page = as_(sun).get(reverse("staff:case", args=[case.pk])).content.decode()
    assert "已与反映人联系" in page
    assert Case.objects.get().version == case.version

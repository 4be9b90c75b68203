"""Disputes at every step, and mediators."""

import base64
import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from PIL import Image, ImageDraw

from conftest import NOON
from gongzhi.disputes import actions
from gongzhi.disputes.models import Dispute, Party
from gongzhi.disputes.signing import drawn
from gongzhi.disputes.words import Kind, Risk, Side, SignedHow

STORY = "楼上漏水泡坏天花板，说了三次不肯修，昨天吵起来了。"
TEXT = "张三三月二十日前修好防水并赔偿李四两千元，李四收款后不再追究。"
FORM = {"form": "written", "amount": "2000"}  # what config/flows asks for with an agreement
LOOKED = {"how": "home", "content": "yes"}
NEXT_WEEK = date(2026, 3, 11)
WHY = "双方情绪平稳，金额不大。"


def signature() -> str:
    """A drawn name as a canvas sends it."""
    image = Image.new("RGB", (320, 120), "white")
    ImageDraw.Draw(image).line([(10, 90), (120, 20), (300, 80)], fill="black", width=5)
    out = io.BytesIO()
    image.save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


@pytest.fixture
def mediator(sun, chen, community) -> Any:
    """孙丽 on the register for 望湖社区."""
    return actions.keep_mediator(
        by=chen,
        person=sun,
        area=community,
        title="人民调解员",
        kinds=[Kind.NEIGHBOURS],
        highest=Risk.MEDIUM,
        most=2,
        at=NOON,
    )


@pytest.fixture
def dispute(grid_1, chen, calendar) -> Dispute:
    """A quarrel found in grid_1 with both sides on file, willing."""
    made = actions.open_dispute(
        by=chen,
        at=NOON,
        story=STORY,
        area=grid_1,
        address="望湖花园3栋502",
        parties=[
            actions.NewParty(Side.APPLICANT, "李四", "13900001111", "3栋402"),
            actions.NewParty(Side.RESPONDENT, "张三", "13900002222", "3栋502"),
        ],
    )
    for party in made.parties.all():
        actions.agree_to_mediation(by=chen, party=party, at=NOON)
    return made


def all_signed(dispute: Dispute) -> list[actions.Signed]:
    """Both sides have signed on the screen."""
    rows = Party.objects.filter(dispute=dispute)
    return [actions.Signed(party, SignedHow.DRAWN, drawn(signature())) for party in rows]


@pytest.fixture
def stage(dispute, mediator, chen, sun, community) -> Callable[[str], Dispute]:
    """`stage("settled")`: the dispute at that step."""

    def bring(status: str) -> Dispute:
        steps: list[tuple[str, Callable[[], object]]] = [
            ("sorted", lambda: sort(dispute, chen, community)),
            ("rated", lambda: rate(dispute, chen)),
            ("mediating", lambda: assign(dispute, chen, mediator)),
            ("settled", lambda: settle(dispute, sun)),
            ("followed", lambda: follow(dispute, sun)),
            ("archived", lambda: review(dispute, chen)),
        ]
        for name, step in steps:
            if dispute.status == status:
                break
            step()
            assert dispute.status == name
        return dispute

    return bring


def seen(dispute: Dispute) -> dict[str, Any]:
    """What every step carries."""
    return {"at": NOON, "seen": dispute.version}


def sort(dispute, by, desk, kind=Kind.NEIGHBOURS):
    return actions.sort(by=by, dispute=dispute, kind=kind, desk=desk, **seen(dispute))


def rate(dispute, by, risk=Risk.LOW, signs=()):
    return actions.rate_risk(
        by=by, dispute=dispute, risk=risk, signs=signs, why=WHY, **seen(dispute)
    )


def assign(dispute, by, mediator):
    return actions.assign(by=by, dispute=dispute, mediator=mediator, **seen(dispute))


def settle(dispute, by, *, text=TEXT, signed=None, day=NEXT_WEEK):
    return actions.settle(
        by=by,
        dispute=dispute,
        text=text,
        signed=all_signed(dispute) if signed is None else signed,
        follow_up_on=day,
        answers=FORM,
        **seen(dispute),
    )


def follow(dispute, by):
    return actions.follow_up(
        by=by, dispute=dispute, note="款已付清，防水修好。", answers=LOOKED, **seen(dispute)
    )


def review(dispute, by, score=5):
    return actions.review(
        by=by, dispute=dispute, score=score, note="程序完整，履行到位。", **seen(dispute)
    )

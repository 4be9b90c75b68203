"""A few days of cases, a lake of their own, and the counting done."""

import uuid
from datetime import timedelta

import pytest

from conftest import LAMP, NOON, RUBBISH
from gongzhi.cases import actions
from gongzhi.cases.files import StoredFile
from gongzhi.insight.reactions import catch_up, months_there_are, write_month
from tests.settled import wait_until_settled


@pytest.fixture(autouse=True)
def _own_lake(settings, tmp_path):
    settings.LAKE_DIR = tmp_path / "lake"


@pytest.fixture
def lived(report, chen, li, he, wu, lighting):
    """`lived(at, until)`: a case taken so far: reported, handled, closed or declined."""

    def live(at=NOON, until="closed", took=timedelta(hours=3), unit=False, **given):
        given = {"item_code": RUBBISH, "key": uuid.uuid4(), **given}
        given.setdefault("reporter_ref", f"d:{given['key'].hex}")
        case = report(at=at, **given)
        if until == "declined":
            from gongzhi.cases.words import DeclineGround

            ground = DeclineGround.BEYOND_DUTY
            return actions.decline(by=chen, case=case, ground=ground, answer="不归本区管", at=at)
        if until == "reported":
            return case
        worker = wu if unit else li
        by = he if unit else chen
        actions.dispatch(by=by, case=case, to=lighting if unit else li, at=at)
        actions.accept(by=worker, case=case, at=at)
        shown = [StoredFile(uuid.uuid4().hex.ljust(43, "x"), "photo", "image/jpeg", size=1)]
        actions.handle(by=worker, case=case, note="已经处置完毕", files=shown, at=at + took)
        if until == "closed":
            actions.approve(by=he, case=case, at=at + took)
            actions.close(by=he, case=case, at=at + took)
        return case

    return live


@pytest.fixture
def counted():
    """`counted(at)`: everything followed, recounted and written, as by the worker over time."""

    def run(at=NOON):
        catch_up(at)
        return [write_month(month, at=at) for month in months_there_are()]

    return run


@pytest.fixture
def some(lived):
    """Six cases on three days of two months."""
    month_before = NOON - timedelta(days=40)
    six = [
        lived(month_before, contact_name="王秀英", contact_phone="13800006021"),
        lived(month_before, took=timedelta(hours=93)),
        lived(NOON - timedelta(days=1), "handled", timedelta(hours=1), unit=True, item_code=LAMP),
        lived(NOON - timedelta(days=1), "declined"),
        lived(NOON, "closed", timedelta(hours=2)),
        lived(NOON, "reported"),
    ]
    wait_until_settled()
    return six

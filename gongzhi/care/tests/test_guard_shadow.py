"""Shadow mode: the own record replayed by the very code that guards, its report on a page."""

from datetime import timedelta

import pytest
from django.core.management import CommandError

from gongzhi.care import actions
from gongzhi.care.actions.shadow import ask_shadow_run, begin_shadow_run, end_shadow_run
from gongzhi.care.models import ShadowRun
from gongzhi.care.rules.rates import ENTRANCE
from gongzhi.care.shadow import replayed
from gongzhi.care.tests.lives import MONDAY, usual_days
from gongzhi.care.times import moment
from gongzhi.kernel.refusals import NotPossible, NotUnderstood, Overtaken
from gongzhi.sensing import actions as sensing
from gongzhi.sensing.models import Reading
from gongzhi.sensing.words import DeviceKind, What

pytestmark = pytest.mark.django_db
DAYS = 40
START = moment(MONDAY * 86400)
NOW = START + timedelta(days=DAYS)


@pytest.fixture
def lived(world, grid_1, li):
    """Two homes with forty usual days."""
    gateway, _secret = sensing.register_gateway(by=None, code="gw1", at=START)
    for n in range(2):
        home = sensing.register_home(by=None, code=f"H{n}", area=grid_1, at=START)
        door, fridge = (
            sensing.register_device(
                by=None, gateway=gateway, serial=f"{kind}{n}", home=home, kind=kind, at=START
            )
            for kind in (DeviceKind.ENTRANCE, DeviceKind.FRIDGE)
        )
        Reading.objects.bulk_create(
            Reading(
                device=door if kind == ENTRANCE else fridge,
                key=str(k), at=moment(at), received_at=moment(at), what=What.OPENED, taken=True,
            )
            for k, (at, kind) in enumerate(usual_days(DAYS, seed=n))
        )  # fmt: skip
        actions.enrol(by=li, home=home, name="王", consented_by="self", consent_ref="1", at=START)


def asked(by, **given) -> ShadowRun:
    return ask_shadow_run(by=by, at=NOW, **{"days": 40, "inject": 20, "seed": 3, **given})


def test_a_shadow_run_says_what_replay_says_and_stands_on_the_page(lived, as_, li):
    run = asked(li)
    with pytest.raises(NotPossible):
        asked(li)  # one at a time
    begin_shadow_run(by=None, run=run, at=NOW)
    with pytest.raises(Overtaken):
        begin_shadow_run(by=None, run=run, at=NOW)
    report = replayed(run, at=NOW)
    end_shadow_run(by=None, run=run, report=report, at=NOW)
    group = report["groups"][0]
    assert (group["outfit"], group["homes"]) == ("contacts", 2)
    assert group["collapses"] + group["already_alarmed"] == 20
    assert report == replayed(run, at=NOW)  # the same seed, the same figures
    page = as_(li).get("/desk/elders/shadow/").content.decode()
    assert f"{group['home_months']:.1f} 户月" in page
    assert "发现用时 中位" in page
    assert as_(li).get(f"/desk/elders/shadow/{run.pk}/").status_code == 200


def test_a_shadow_run_of_nothing_says_why_and_of_elsewhere_is_not_seen(world, as_, li, zhao):
    run = asked(li)
    with pytest.raises(CommandError, match="没有可以回放的记录"):
        replayed(run, at=NOW)
    end_shadow_run(by=None, run=run, report={}, failed="没有可以回放的记录。", at=NOW)
    assert "没有算成" in as_(li).get("/desk/elders/shadow/").content.decode()
    assert as_(zhao).get(f"/desk/elders/shadow/{run.pk}/").status_code == 404


@pytest.mark.parametrize(
    "typed", [{"days": "5"}, {"days": "x"}, {"inject": "-1"}, {"inject": "99999"}, {"seed": ""}]
)
def test_numbers_out_of_bounds_are_refused_with_a_reason(world, as_, li, typed):
    sent = {"days": "28", "inject": "100", "seed": "1", **typed}
    assert as_(li).post("/desk/elders/shadow/ask/", sent).status_code == 422
    assert not ShadowRun.objects.exists()


def test_days_are_bounded_by_what_is_kept(world, li):
    with pytest.raises(NotUnderstood):
        asked(li, days=91)

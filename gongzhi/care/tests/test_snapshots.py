"""The guard's memory in a file: any cut gives what hearing everything again would give."""

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongzhi.care import actions, snapshots
from gongzhi.care.guarding import Guard
from gongzhi.care.models import Alert, Elder
from gongzhi.care.rules.rates import ENTRANCE
from gongzhi.care.rules.silence import DAY
from gongzhi.care.tests.lives import MONDAY, usual_days
from gongzhi.care.times import moment
from gongzhi.care.words import CloseCode, Ground, Sensitivity
from gongzhi.sensing import actions as sensing
from gongzhi.sensing.models import Device, Reading
from gongzhi.sensing.words import DeviceKind, What

pytestmark = pytest.mark.django_db
DAYS = 16
END = moment((MONDAY + DAYS) * DAY)
HOUR = timedelta(hours=1)


@pytest.fixture
def town(world, grid_1, li) -> list[Elder]:
    """Two homes with twenty days behind them, a meter each; nothing of it heard yet."""
    elders = []
    for n in range(2):
        home = sensing.register_home(by=None, code=f"H{n}", area=grid_1, at=END)
        gateway, _secret = sensing.register_gateway(by=None, code=f"gw{n}", at=END)
        door, inside, meter = (
            sensing.register_device(
                by=None, gateway=gateway, serial=kind, home=home, kind=kind, at=END
            )
            for kind in (DeviceKind.ENTRANCE, DeviceKind.MOTION, DeviceKind.METER)
        )
        said = [
            Reading(
                device=door if kind == ENTRANCE else inside, key=f"{at}", at=moment(at),
                received_at=moment(at), what=What.OPENED,
            )
            for at, kind in usual_days(DAYS, seed=n)
        ]  # fmt: skip
        said += [
            Reading(
                device=meter, key=f"k{day}", at=moment((MONDAY + day) * DAY + 600),
                received_at=END, what=What.KWH, value=5 + day % 3,
            )
            for day in range(1, DAYS)
        ]  # fmt: skip
        Reading.objects.bulk_create(sorted(said, key=lambda reading: reading.at))
        elders.append(
            actions.enrol(
                by=li, home=home, name=f"老人{n}", phone=f"1000000000{n}",
                consented_by="self", consent_ref=f"{n}", at=END,
            )
        )  # fmt: skip
    Device.objects.update(seen_at=END)
    return elders


def hear(until) -> None:
    """As if a guard had been on duty until then: it marks what it has heard."""
    Reading.objects.filter(at__lte=until).update(taken=True)


def state(guard: Guard) -> dict[str, object]:
    """All that decides what this guard will say; when an entry of the heap comes up does not."""
    n = len(guard.elders)
    columns = guard.clock.homes.columns()
    known = {k: v[:n].tolist() for k, v in columns.items() if k != "armed"}
    known["deadlines"] = [[guard.clock.deadline(h, lv) for lv in (0, 1)] for h in range(n)]
    known["day"] = guard.clock.day
    known["doors"] = {row: {**vars(d), "told": set(d.told)} for row, d in guard.doors.doors.items()}
    known["meters"] = {
        home: np.nan_to_num(np.column_stack([m.kwh, m.scores]), nan=-9).tolist()
        for home, m in guard.meters.items()
    }
    return known | {"usual": guard.usual, "shares": guard.shares}


@settings(
    max_examples=5,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(cuts=st.lists(st.floats(DAYS - 6.9, DAYS - 0.01), min_size=1, max_size=2).map(sorted))
def test_any_cut_gives_the_same_as_hearing_everything_again(town, tmp_path, cuts):
    """Written at some moments of the record, with a crash after each: nothing lost or doubled."""
    Reading.objects.update(taken=False)
    path = tmp_path / "guard.npz"
    path.unlink(missing_ok=True)
    for cut in cuts:
        at = moment((MONDAY + cut) * DAY)
        hear(at)
        assert Guard(at=at, memory=path).keep_memory(at=at)
    hear(END)
    assert state(Guard(at=END, memory=path)) == state(Guard(at=END))
    assert path.exists()


def test_what_was_heard_late_after_the_file_was_written_is_heard_once(town, tmp_path):
    """Numbers decide, not times: a message of yesterday that came after the file is not in it."""
    path, cut = tmp_path / "guard.npz", END - 30 * HOUR
    hear(cut)
    late = Reading.objects.filter(taken=True).order_by("-at")[:4]
    Reading.objects.filter(pk__in=[reading.pk for reading in late]).update(taken=False)
    assert Guard(at=cut, memory=path).keep_memory(at=cut)
    hear(END)
    rest = snapshots.readings_since(
        snapshots.read(path, levels=(2.0, 0.5), at=END), since=END - 90 * 24 * HOUR, at=END
    )
    after = Reading.objects.filter(at__gt=cut).values_list("pk", flat=True)
    assert {r.pk for r in rest} == {*after, *(reading.pk for reading in late)}


def test_what_is_not_heard_when_the_file_is_written_is_raised_later(town, tmp_path):
    """A crash between the file and the next look: the readings wait for whoever comes next."""
    path, cut = tmp_path / "guard.npz", END - 30 * HOUR
    hear(cut)
    Guard(at=cut, memory=path).keep_memory(at=cut)
    second = Guard(at=END, memory=path)
    waiting = Reading.objects.filter(taken=False).count()
    assert waiting > 0
    assert second.look(at=END) == waiting
    assert second.keep_memory(at=END)
    assert state(Guard(at=END, memory=path)) == state(second)


def test_a_lesson_learnt_after_the_file_is_learnt_again(town, tmp_path):
    path, cut = tmp_path / "guard.npz", END - 30 * HOUR
    hear(cut)
    guard = Guard(at=cut, memory=path)
    guard.keep_memory(at=cut)
    hear(END)
    Alert.objects.create(
        elder=town[0], ground=Ground.SILENCE, raised_at=END - 5 * HOUR, since=END - 15 * HOUR,
        closed_at=END - HOUR, close_code=CloseCode.TRUE_HELP, learnt=True,
    )  # fmt: skip
    again = Guard(at=END, memory=path)
    assert again.clock.homes.r[0, 1] == pytest.approx(1.0)  # watched more closely from now on
    assert state(again) == state(Guard(at=END))


def test_who_was_enrolled_or_set_otherwise_since_is_taken_up_from_the_record(town, tmp_path, li):
    path, cut = tmp_path / "guard.npz", END - 30 * HOUR
    hear(cut)
    Guard(at=cut, memory=path).keep_memory(at=cut)
    actions.set_sensitivity(
        by=li, elder=town[1], sensitivity=Sensitivity.HIGH, reason="刚出院回家", at=cut
    )
    hear(END)
    again = Guard(at=END, memory=path)
    assert again.clock.homes.r[1, 1] == 2.0
    assert again.clock.homes.last[1] == Guard(at=END).clock.homes.last[1]
    actions.withdraw(by=li, elder=town[0], at=END)
    assert [elder.pk for elder in Guard(at=END, memory=path).elders] == [town[1].pk]


def _spoil(path) -> None:
    whole = path.read_bytes()
    middle = len(whole) // 2
    path.write_bytes(
        whole[:middle] + bytes(byte ^ 255 for byte in whole[middle:][:64]) + whole[middle + 64 :]
    )


@pytest.mark.parametrize(
    "how", ["torn", "spoilt", "of another make", "too old", "foreign", "ahead"]
)
def test_a_file_that_cannot_be_trusted_is_thrown_away(how, town, tmp_path, monkeypatch):
    path = tmp_path / "guard.npz"
    hear(END)
    assert Guard(at=END, memory=path).keep_memory(at=END)
    at = END
    if how == "torn":
        path.write_bytes(path.read_bytes()[:-5000])
    elif how == "spoilt":
        _spoil(path)
    elif how == "of another make":
        monkeypatch.setattr(snapshots, "MAKE", "guard-2")
    elif how == "too old":
        at = END + 8 * 24 * HOUR
    elif how == "ahead":
        at = END - HOUR
    else:
        Reading.objects.order_by("-pk")[0].delete()
    again = Guard(at=at, memory=path)
    assert not path.exists()
    assert state(again) == state(Guard(at=at))


def test_while_too_much_is_unheard_nothing_is_written(town, tmp_path, monkeypatch):
    monkeypatch.setattr(snapshots, "BACKLOG_MOST", 10)
    path = tmp_path / "guard.npz"
    assert not Guard(at=END - 40 * HOUR, memory=path).keep_memory(at=END - 40 * HOUR)
    assert not path.exists()

"""Replay of meters: daily use, collapses that lower it, days that the doors call empty."""

from gongzhi.care.replay.meters import STANDBY, MeterTape, daily_use, meter_figures
from gongzhi.care.rules.silence import DAY


def test_daily_use_from_readings_and_from_a_register():
    day = [((20_000 + n) * DAY + 600.0, 5.0 + n % 3) for n in range(40)]
    assert daily_use(day)[1][:3] == [5.0, 6.0, 7.0]
    register = [((20_000 + n) * DAY + 600.0, 1000 + 5.0 * n) for n in range(40)]
    assert daily_use(register)[1][:3] == [5.0, 5.0, 5.0]
    assert daily_use([day[0], day[2]]) == (20_000, [5.0, None, 7.0])
    assert meter_figures([MeterTape(day), MeterTape([])]).homes == 1
    assert meter_figures([MeterTape([])]) is None


def _metered(days: int, empty: range = range(0)) -> list[tuple[float, float]]:
    """A steady home's readings, far lower on the days in `empty`."""
    return [
        ((20_000 + n) * DAY + 600.0, 1.0 if n in empty else 5.0 + (n * 7 % 11 - 5) * 0.12)
        for n in range(days)
    ]


def test_a_steady_meter_notices_collapses_by_the_second_reading():
    told = meter_figures([MeterTape(_metered(120))], inject=40)
    assert told.collapses == 40
    assert told.found_share == 1.0
    assert told.low == 0
    assert 0 < STANDBY < 1


def test_low_use_while_the_doors_say_that_nobody_is_in_is_no_false_episode():
    rows = _metered(120, empty=range(80, 83))
    away = [((20_079 + 0.5) * DAY, (20_083) * DAY)]
    assert meter_figures([MeterTape(rows)]).low_a_month > 0
    told = meter_figures([MeterTape(rows, away)])
    assert told.low == told.low_while_away == 1
    assert told.low_a_month == 0

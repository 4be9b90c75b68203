"""The tables and sentences in which a replay says what it found."""

from django.utils.translation import gettext as _
from rich.table import Table

from gongzhi.care.replay.figures import GOALS, PUBLISHED_RATE, Figures, Goal
from gongzhi.care.replay.meters import STANDBY, MeterFigures
from gongzhi.care.replay.reading import Library, busiest
from gongzhi.care.replay.roles import Role
from gongzhi.care.rules.tail import NOTICE_R


def reading_table(library: Library) -> Table:
    """Which devices were read, and as what."""
    table = Table(title=_("读到的设备"), title_justify="left")
    for name in (_("设备类型"), _("作为"), _("行数")):
        table.add_column(name)
    names = {
        Role.INTERIOR: _("室内活动"),
        Role.ENTRANCE: _("入户门"),
        Role.ALIVE: _("非人活动"),
        Role.METER: _("电表"),
        Role.SOS: _("直通告警"),
        Role.IGNORED: _("未采用"),
    }
    listed = sorted(library.kinds.values(), key=lambda kind: -kind.rows)
    for kind in listed[:40]:
        role = Role.ALIVE if kind.measures else kind.role
        table.add_row(kind.name, names[role], f"{kind.rows:,}")
    rest = busiest(listed[40:])
    for role, rows in rest.items():
        table.add_row("…", names[role], f"{rows:,}")
    table.caption = _("%(rows)s 行，%(homes)d 户，%(bad)d 行读不懂，%(nothing)d 行无内容") % {
        "rows": f"{library.rows:,}",
        "homes": len(library.tapes),
        "bad": library.bad,
        "nothing": library.nothing,
    }
    return table


def goals_table(group: Figures) -> Table:
    """The figures of one group of homes beside the goals."""
    goal = GOALS[group.outfit]
    kind = _("门磁类家庭") if group.outfit == "contacts" else _("多传感器家庭")
    title = _("%(kind)s：%(homes)d 户，共观察 %(months).1f 户月（预热平均 %(warm).0f 天不计）")
    table = Table(
        title=title
        % {
            "kind": kind,
            "homes": group.homes,
            "months": group.home_months,
            "warm": group.warm_up_days,
        },
        title_justify="left",
    )
    for name in (_("指标"), _("告警"), _("提醒"), _("目标"), ""):
        table.add_column(name)
    for row in _goal_rows(group, goal):
        table.add_row(*row)
    return table


def _goal_rows(group: Figures, goal: Goal) -> list[tuple[str, str, str, str, str]]:
    alarm, notice = group.alarm, group.notice

    def row(
        name: str, a: float, n: float, most: float, unit: str
    ) -> tuple[str, str, str, str, str]:
        mark = "" if a != a else ("✓" if a <= most else "✗")
        return name, f"{a:.2f}{unit}", f"{n:.2f}{unit}", f"≤ {most:g}{unit}", mark

    rows = [row(_("误报（次/户月）"), alarm.a_month, notice.a_month, goal.false_alarms, "")]
    rows.append(
        (
            _("含一天以上的无记录（外出或缺数）"),
            f"{alarm.a_month_all:.2f}",
            f"{notice.a_month_all:.2f}",
            "",
            "",
        )
    )
    if group.collapses:
        rows.append(row(_("发现用时 中位"), alarm.median, notice.median, goal.median, " h"))
        rows.append(row(_("发现用时 95%"), alarm.p95, notice.p95, goal.p95, " h"))
        rows.append((_("发现用时 平均"), f"{alarm.mean:.2f} h", f"{notice.mean:.2f} h", "", ""))
        rows.append((_("未发现"), str(alarm.missed), str(notice.missed), "0", ""))
        at = group.mean_at_published
        if at is not None:
            sign = "" if group.published_reached else "≤ "
            name = _("每天误报 %(rate)g 次时的平均用时") % {"rate": PUBLISHED_RATE}
            most = goal.mean_at_published
            mark = "" if most is None else ("✓" if at <= most else "✗")
            bound = "" if most is None else f"≤ {most:g} h"
            rows.append((name, f"{sign}{at:.2f} h", "", bound, mark))
    months = max(group.home_months_all, 1e-9)
    out_alarms, out_notices = group.out_alarms / months, group.out_notices / months
    rows.append((_("外出过久（次/户月）"), f"{out_alarms:.2f}", f"{out_notices:.2f}", "", ""))
    rows.append((_("三天未开门（次/户月）"), "", f"{group.unopened / months:.2f}", "", ""))
    rows.append((_("夜间开门（次/户月）"), "", f"{group.night_doors / months:.2f}", "", ""))
    return rows


def notes(group: Figures) -> str:
    """How the figures were counted."""
    alarm = group.alarm
    lines = [
        _(
            "告警 r=%(r)g，提醒 r=%(n)g；误报共 %(count)d 次，"
            "其中外出期间 %(out)d 次，一天以上无记录 %(long)d 次。"
        )
        % {
            "r": group.alarm_r,
            "n": NOTICE_R,
            "count": alarm.alarms,
            "out": group.while_out,
            "long": alarm.alarms_long,
        }
    ]
    if group.collapses:
        lines.append(
            _(
                "注入 %(count)d 次倒地：时刻在预热后的在家时间内均匀抽取，"
                "此后该户所有人的活动消失；"
                "用时从倒地时刻算到告警（从最后一次活动算起平均 %(last).2f h）。"
                "另有 %(known)d 次落在已告警的静默里，不计。"
            )
            % {
                "count": group.collapses,
                "last": alarm.mean_from_last_event,
                "known": group.already_alarmed,
            }
        )
    return "\n".join(lines)


def meter_lines(meters: MeterFigures) -> list[str]:
    """What the meters said, beside their goals."""
    lines = [
        _(
            "用电：%(homes)d 户、%(months).1f 户月，偏低 %(low).2f 次/户月（目标 ≤ 0.2；"
            "另有 %(away)d 次在门磁显示无人在家的日子，不计），偏高 %(high).2f 次/户月"
        )
        % {
            "homes": meters.homes,
            "months": meters.home_months,
            "low": meters.low_a_month,
            "away": meters.low_while_away,
            "high": meters.high / max(meters.home_months, 1e-9),
        }
    ]
    if meters.found_share is not None:
        lines.append(
            _(
                "用电：注入 %(count)d 次倒地（此后用电降到平常的 %(standby)d%%），"
                "到第二次读数时发现 %(found)d%%（目标 ≥ 60%%）"
            )
            % {
                "count": meters.collapses,
                "standby": STANDBY * 100,
                "found": round(meters.found_share * 100),
            }
        )
    return lines

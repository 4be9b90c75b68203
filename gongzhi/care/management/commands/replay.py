"""`gongzhi replay FILE…`: a recorded history through the guard, held against the goals."""

import json
import sys
from argparse import ArgumentTypeError
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from gongzhi.care.replay import curve
from gongzhi.care.replay.figures import GOALS, Figures, figures, outfit_of
from gongzhi.care.replay.meters import MeterFigures, MeterTape, meter_figures
from gongzhi.care.replay.reading import Library, Options, Unreadable, read_files
from gongzhi.care.replay.roles import Role
from gongzhi.care.replay.running import HomeRun, Runner, levels, long_gaps, quiet_hour
from gongzhi.care.replay.telling import goals_table, meter_lines, notes, reading_table
from gongzhi.care.replay.times import written
from gongzhi.care.rules.silence import weekend
from gongzhi.care.rules.tail import ALARM_R
from gongzhi.care.times import rest_day

LEAST_EVENTS = 50  # a home with fewer is not replayed


def _assignment(text: str) -> tuple[str, Role]:
    name, _sign, role = text.partition("=")
    try:
        return name.strip().lower(), Role[role.strip().upper()]
    except KeyError:
        raise ArgumentTypeError(f"NAME={'|'.join(r.name.lower() for r in Role)}") from None


def _columns(text: str) -> dict[str, str]:
    named = dict(part.split("=", 1) for part in text.split(",") if "=" in part)
    named = {what.strip().lower(): name.strip() for what, name in named.items()}
    if not named or set(named) - {"time", "home", "kind", "value"}:
        raise ArgumentTypeError("time=NAME,home=NAME,kind=NAME,value=NAME")
    return named


class Command(BaseCommand):
    """Needs no content in the database: only the files."""

    help = "Replay CSV files of (time, home, device kind, value) through the lone-elder guard."
    requires_migrations_checks = False
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """What to read, how to read it, what to put in, what to write."""
        parser.add_argument(
            "files",
            nargs="+",
            type=Path,
            metavar="FILE",
            help="tables, or folders of them; may be packed",
        )
        parser.add_argument(
            "--columns",
            type=_columns,
            default={},
            metavar="time=…,home=…,kind=…,value=…",
            help="their names in this file, when it is not understood by itself",
        )
        parser.add_argument("--inject", type=int, default=0, metavar="N", help="N collapses in all")
        parser.add_argument("--seed", type=int, default=1, metavar="S")
        parser.add_argument(
            "--warm-up", type=float, metavar="DAYS", help="only learnt from; 14 to 28 by itself"
        )
        parser.add_argument(
            "--only",
            default="",
            metavar="WORDS",
            help="kinds to use, e.g. entrance,fridge,bathroom",
        )
        parser.add_argument(
            "--kind",
            action="append",
            type=_assignment,
            default=[],
            metavar="NAME=ROLE",
            help="interior, entrance, alive, meter, sos or ignored",
        )
        parser.add_argument(
            "--zone",
            default=settings.TIME_ZONE,
            help="where the homes are, for UTC and epoch times",
        )
        parser.add_argument(
            "--calendar",
            action="store_true",
            help="rest days by the calendar of this deployment; Saturday and Sunday without",
        )
        parser.add_argument(
            "--r", type=float, default=ALARM_R, help="target alarms a month of the alarm level"
        )
        parser.add_argument(
            "--most-bad", type=float, default=0.05, help="share of bad rows allowed"
        )
        parser.add_argument("--png", type=Path, default=Path("replay.png"), help="the curve")
        parser.add_argument("--no-png", action="store_true")
        parser.add_argument("--json", action="store_true", help="figures and alarms on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, run, print; a file that cannot be used is refused with the reason."""
        self.console = Console(file=sys.stderr if options["json"] else None, highlight=False)
        library = self._read(options)
        runs = self._run(library, options)
        groups = [
            figures(outfit, of, alarm_r=options["r"])
            for outfit in GOALS
            if (of := [run for run in runs if outfit_of(run) == outfit])
        ]
        meters = meter_figures(
            [
                MeterTape(tape.meter, long_gaps(library.events_of(home)[0]))
                for home, tape in sorted(library.tapes.items())
            ],
            inject=options["inject"],
            seed=options["seed"],
        )
        sos = Counter(kind for tape in library.tapes.values() for _at, kind in tape.sos)
        self._say(library, groups, meters, sos, options)
        if options["inject"] and not options["no_png"]:
            curve.draw(groups, options["png"])
            self.console.print(_("曲线图已写入 %(path)s") % {"path": options["png"]})
        if options["json"]:
            self.stdout.write(_as_json(library, groups, meters, sos, runs, options))

    # ── how ───────────────────────────────────────────────────────────────

    def _read(self, options: dict[str, Any]) -> Library:
        only = frozenset(w.strip().lower() for w in options["only"].split(",") if w.strip())
        for path in options["files"]:
            if not path.exists():
                raise CommandError(_("找不到文件 %(path)s。") % {"path": path})
        with self._progress() as progress:
            task = progress.add_task(_("读取"), total=None)
            how = Options(
                zone=ZoneInfo(options["zone"]),
                roles=dict(options["kind"]),
                named=options["columns"],
                only=only,
                most_bad=options["most_bad"],
                progress=lambda rows: progress.update(task, description=f"{rows:,}"),
            )
            try:
                library = read_files(options["files"], how)
            except (Unreadable, OSError) as error:
                raise CommandError(
                    _(
                        "文件无法使用：%(why)s。需要的列是时间、家庭、设备类型、值，"
                        "列名与次序不限；时间如 2026-03-04 12:00:00。"
                    )
                    % {"why": error}
                ) from None
        if only - library.found:
            words = ", ".join(sorted(only - library.found))
            said = _("没有设备符合 --only 的：%(words)s。") % {"words": words}
            self.console.print(said, markup=False)
        return library

    def _run(self, library: Library, options: dict[str, Any]) -> list[HomeRun]:
        runners = []
        for home in sorted(library.tapes):
            times, kinds = library.events_of(home)
            if len(times) < LEAST_EVENTS:
                continue
            runners.append(
                Runner(
                    home,
                    times,
                    kinds,
                    library.alive_of(home),
                    alarm_r=options["r"],
                    warm_up=options["warm_up"],
                    rest=rest_day if options["calendar"] else weekend,
                )
            )
        if not runners:
            raise CommandError(_("没有一个家庭有足够的人的活动（至少50条），无法回放。"))
        shares = _shares([r.at_home_seconds() for r in runners], options["inject"])
        with self._progress() as progress:
            task = progress.add_task(_("回放"), total=len(runners))
            runs = []
            for runner, count in zip(runners, shares, strict=True):
                rng = Random(f"{options['seed']}:{runner.run.home}")  # noqa: S311 - a simulation
                runs.append(runner.go(runner.draw_moments(count, rng)))
                progress.advance(task)
        return runs

    def _progress(self) -> Progress:
        return Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            TextColumn("{task.completed:,}"),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=True,
        )

    def _say(
        self,
        library: Library,
        groups: list[Figures],
        meters: MeterFigures | None,
        sos: Counter[str],
        options: dict[str, Any],
    ) -> None:
        self.console.print(reading_table(library))
        quiet = quiet_hour(library.events_of(home)[0] for home in library.tapes)
        if not (quiet >= 21 or quiet <= 8):
            hint = _(
                "活动最少的时段在 %(hour)d 点前后，时间可能不是当地时间，请用 --zone 指定时区。"
            )
            self.console.print(hint % {"hour": quiet})
        for complaint in library.complaints:
            self.console.print("  " + _("读不懂：") + complaint, markup=False)
        for group in groups:
            self.console.print(goals_table(group))
            self.console.print(notes(group), markup=False)
        rest = [_("求助、烟感、燃气、水浸直通事件：%(count)d 起") % {"count": sum(sos.values())}]
        if meters is not None:
            rest += meter_lines(meters)
        self.console.print("\n".join(rest), markup=False)


def _shares(weights: list[float], count: int) -> list[int]:
    """`count` spread over the homes by the time they can be seen, exactly."""
    total = sum(weights)
    if total <= 0:
        return [0] * len(weights)
    shares, given, upto = [], 0, 0.0
    for weight in weights:
        upto += weight
        now = round(count * upto / total)
        shares.append(now - given)
        given = now
    return shares


def _as_json(
    library: Library,
    groups: list[Figures],
    meters: MeterFigures | None,
    sos: Counter[str],
    runs: list[HomeRun],
    options: dict[str, Any],
) -> str:
    case = levels(options["r"]).index(options["r"])
    whole = {
        "rows": library.rows,
        "bad_rows": library.bad,
        "homes": len(library.tapes),
        "kinds": {k.name: [k.role.name.lower(), k.rows] for k in library.kinds.values()},
        "groups": [group.as_json() for group in groups],
        "meters": None if meters is None else vars(meters),
        "pass_through": dict(sos),
        "alarms": [
            {
                "home": run.home,
                "at": written(j.alarm.at),
                "last_event": written(j.alarm.since),
                "heard_again": written(j.until),
                "q": round(j.alarm.q, 3),
                "e": round(j.alarm.e, 3),
                "theta_q": round(j.alarm.theta_q, 3),
                "theta_e": round(j.alarm.theta_e, 3),
                "while_out": j.out,
                "day_or_more": j.long,
            }
            for run in runs
            for j in run.judged
            if j.alarm.level == case
        ],
        "collapses": [
            {
                "home": run.home,
                "at": written(c.at),
                "last_event": written(c.last_event),
                "alarm_hours": None if c.hours[case] != c.hours[case] else round(c.hours[case], 3),
            }
            for run in runs
            for c in run.collapses
        ],
    }
    return json.dumps(whole, ensure_ascii=False, indent=1, default=str)

"""`make proof`: what is acknowledged stays, what is owed is done once, whatever falls.

Real processes (server, worker, people at work, PostgreSQL) under 32 clients over HTTP, killed,
starved and misled; after each fault the judge compares what was acknowledged with what is there.
The full form takes about half an hour, `--short` half a minute; `--write` keeps the figures in
docs/proof.md. Ends with 1 when anything that must not happen was seen.
"""

import argparse
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from proof import scenarios
from proof.cluster import services
from proof.place import ROOT, Place
from proof.scenarios import Bounds, Tally

PAGE = ROOT / "docs" / "proof.md"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
SMALL_DISK = {"sqlite": "64m", "postgresql": "320m"}
NOT_ROOT = "left out: a small disk needs root (mount)"
ALL = ("kills", "two_workers", "slow_disk", "clock_jump", "read_only", "full_disk")


def main() -> int:
    """Run what was asked for; 1 when something was lost, doubled, undone or contradicted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=50, help="kills on each database")
    parser.add_argument("--minutes", type=float, default=0, help="no more kills after so many")
    parser.add_argument("--short", action="store_true", help="two kills and nothing else")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], action="append")
    parser.add_argument("--only", choices=ALL, action="append")
    parser.add_argument("--seed", type=int, default=0, help="0 = another one each time")
    parser.add_argument("--write", action="store_true", help="keep the figures in docs/proof.md")
    given = parser.parse_args()
    seed = given.seed or random.SystemRandom().randrange(1, 10**6)
    random.seed(seed)
    console = Console(width=None if sys.stdout.isatty() else 200)
    wanted = given.only or (("kills",) if given.short else ALL)
    rounds = 2 if given.short else given.rounds
    tallies: list[Tally] = []
    began = time.monotonic()
    for database in given.database or ["sqlite", "postgresql"]:
        if database == "postgresql" and not services.program("postgres"):
            tallies.append(Tally("all", database, skipped="PostgreSQL is not installed"))
            continue
        tallies += run(database, wanted, Bounds(rounds, given.minutes * 60), console)
    seconds = time.monotonic() - began
    console.print(table_of(tallies, seed, seconds))
    for tally in tallies:
        for found in tally.found[:10]:
            console.print(f"{tally.database} {tally.scenario}: {found}")
    if given.write:
        keep(tallies, seed, seconds)
        console.print(f"{PAGE.relative_to(ROOT)} rewritten")
    return 0 if all(tally.good for tally in tallies) else 1


def run(database: str, wanted: Sequence[str], bounds: Bounds, console: Console) -> Iterator[Tally]:
    """The scenarios on one database, each on the installation the one before left behind."""

    def told(text: str) -> None:
        console.print(text, end="\r" if sys.stdout.isatty() else "\n")

    others = [name for name in wanted if name != "full_disk"]
    if others:
        with installed(database) as place:
            for name in others:
                yield one(name, place, bounds, told)
    if "full_disk" in wanted:
        yield on_small_disk(database, told)


def one(name: str, place: Place, bounds: Bounds, told: Callable[[str], None]) -> Tally:
    """One scenario; one that needs root is left out, plainly, without it."""
    tally = Tally(name, place.database)
    if name == "read_only" and not place.cluster and os.geteuid() != 0:
        tally.skipped = NOT_ROOT
    elif name == "kills":
        scenarios.kills(place, tally, bounds, told)
    else:
        getattr(scenarios, name)(place, tally, told)
    if not tally.skipped:
        whole_ledger(place, tally)
    return tally


def whole_ledger(place: Place, tally: Tally) -> None:
    """At the end of a scenario the product's own command must agree over everything."""
    done = place.gongzhi("check_ledger", check=False)
    if done.returncode:
        tally.wrong["faults"] += 1
        tally.found.append(done.stdout[-1000:] + done.stderr[-1000:])


def on_small_disk(database: str, told: Callable[[str], None]) -> Tally:
    """A tmpfs of a few megabytes under everything that the product writes."""
    tally = Tally("full_disk", database)
    if os.geteuid() != 0:
        tally.skipped = NOT_ROOT
        return tally
    with tempfile.TemporaryDirectory(prefix="gz-proof-") as home:
        mount = ["mount", "-t", "tmpfs", "-o", f"size={SMALL_DISK[database]},mode=755", "tmpfs"]
        if subprocess.run([*mount, home], check=False).returncode:
            tally.skipped = "left out: no tmpfs could be mounted here"
            return tally
        try:
            with installed(database, Path(home) / "place") as place:
                scenarios.full_disk(place, tally, told)
                whole_ledger(place, tally)
        finally:
            subprocess.run(["umount", home], check=True)
    return tally


@contextmanager
def installed(database: str, home: Path | None = None) -> Iterator[Place]:
    """An installation with server, worker and people at work; everything is ended afterwards."""
    place = Place(database, home or Path(tempfile.mkdtemp(prefix="gz-proof-")))
    try:
        for part in ("serve", "work", "hands"):
            place.start(part)
        place.wait_ready()
        yield place
    finally:
        place.end()


HEADINGS = (
    "scenario", "database", "rounds", "acknowledged", "sent again", "events", "lost", "doubled",
    "errands wrong", "ledger faults", "longest answer s", "all done within s", "note",
)  # fmt: skip


def cells(tally: Tally) -> list[str]:
    """One line of the table."""
    if tally.skipped:
        return [tally.scenario, tally.database, *["–"] * 10, tally.skipped]
    wrong = tally.wrong
    errands = wrong["unowed"] + wrong["undone"] + wrong["twice"] + wrong["untold"]
    return [
        tally.scenario, tally.database, str(tally.rounds), str(tally.acknowledged),
        str(tally.sent_again), str(tally.events), str(wrong["lost"]),
        str(wrong["doubled"] + wrong["misnamed"]), str(errands), str(wrong["faults"]),
        f"{tally.longest:.1f}", f"{tally.errands:.1f}", tally.note,
    ]  # fmt: skip


def table_of(tallies: list[Tally], seed: int, seconds: float) -> Table:
    """The same figures as on the page."""
    table = Table(title=f"Proof under 32 clients, seed {seed}, {seconds / 60:.1f} minutes")
    for heading in HEADINGS:
        table.add_column(heading, justify="left" if heading in HEADINGS[:2] else "right")
    for tally in tallies:
        table.add_row(*cells(tally), style=None if tally.good else "bold red")
    return table


def keep(tallies: list[Tally], seed: int, seconds: float) -> None:
    """Rewrite the figures of what was run on the page, and nothing else of it.

    Databases may be proved one after the other: lines of others stay.
    """
    run = f"{datetime.now(UTC):%Y-%m-%d}, {seconds / 60:.0f} min, seed {seed}"
    text = PAGE.read_text(encoding="utf-8")
    head, _begin, rest = text.partition(BEGIN)
    old, _end, tail = rest.partition(END)
    known = {_name_of(line): line for line in old.splitlines() if line.startswith("| ")}
    known.pop(_name_of(_row(HEADINGS, "run")), None)
    fresh = {_name_of(line): line for line in (_row(cells(t), run) for t in tallies)}
    lines = [
        f"{os.cpu_count()} cores, Python {platform.python_version()}.",
        "",
        _row(HEADINGS, "run"),
        "|" + "---|" * (len(HEADINGS) + 1),
        *(line for _name, line in sorted({**known, **fresh}.items(), key=_place)),
    ]
    PAGE.write_text(f"{head}{BEGIN}\n" + "\n".join(lines) + f"\n{END}{tail}", encoding="utf-8")


def _row(values: Sequence[str], run: str) -> str:
    return "| " + " | ".join([*values, run]) + " |"


def _name_of(line: str) -> tuple[str, str]:
    """(scenario, database) of a line of the table."""
    parts = [part.strip() for part in line.split("|")]
    return parts[1], parts[2]


def _place(named: tuple[tuple[str, str], str]) -> tuple[int, str]:
    (scenario, database), _line = named
    return (ALL.index(scenario) if scenario in ALL else len(ALL)), database


if __name__ == "__main__":
    sys.exit(main())

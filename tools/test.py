"""`make test`: lint, types, contracts, the suite on SQLite and on PostgreSQL, browser journeys.

What is not installed is skipped with a line that says so; with CI=true that is a failure.
"""

import argparse
import os
import re
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import services

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
IN_CI = os.environ.get("CI") == "true"
COUNTED = re.compile(r"(\d+) (passed|failed|errors?|skipped)")
PARTS = ("lint", "sqlite", "postgresql", "journeys")
# Every worker of pytest and every process that a test starts would compile all of it again.
KEEP_COMPILED = {"PYTHONDONTWRITEBYTECODE": ""}
SAY = "{} — install it with: make services"


@dataclass
class Report:
    """What happened, part by part."""

    lines: list[tuple[str, str]] = field(default_factory=list)
    passed: int = 0
    failed: int = 0

    def add(self, part: str, outcome: str) -> None:
        self.lines.append((part, outcome))

    def missing(self, part: str, what: str) -> None:
        print(f"\n── {part}: skipped, {SAY.format(f'{what} is not installed')}", flush=True)
        self.add(part, f"FAILED: {what} is missing" if IN_CI else f"skipped: no {what}")
        self.failed += IN_CI

    @property
    def good(self) -> bool:
        return not any(outcome.startswith("FAILED") for _part, outcome in self.lines)


def run(report: Report, part: str, command: list[str], env: dict[str, str]) -> None:
    """Run one command before everyone's eyes and remember how it went."""
    print(f"\n── {part}: {' '.join(command)}", flush=True)
    began, last = time.monotonic(), ""
    with subprocess.Popen(
        [str(BIN / command[0]), *command[1:]],
        cwd=ROOT,
        env={**os.environ, **KEEP_COMPILED, **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            if COUNTED.search(line) and " in " in line:
                last = line
    for number, what in COUNTED.findall(last):
        if what == "passed":
            report.passed += int(number)
        elif what == "failed" or what.startswith("error"):
            report.failed += int(number)
    seconds = time.monotonic() - began
    if process.returncode and not last:
        report.failed += 1
    outcome = "ok" if process.returncode == 0 else f"FAILED ({process.returncode})"
    report.add(part, f"{outcome}  {seconds:.0f} s  {last.strip(' =' + chr(10))}")


def lint(report: Report) -> None:
    """Format, lint, types, import contracts, risky code, known holes."""
    for command in (
        ["ruff", "format", "--check", "--quiet", "."],
        ["ruff", "check", "--quiet", "."],
        ["mypy", "--no-error-summary"],
        ["lint-imports", "--no-cache"],
        ["python", "tools/audit.py"],
    ):
        run(report, command[0] + " " + " ".join(command[1:2]), command, {})


def suite(report: Report, database: str, env: dict[str, str], extra: list[str]) -> None:
    """The whole suite but the journeys on one database."""
    run(report, f"suite on {database}", ["pytest", "-n2", *extra], env)


def journeys(report: Report, extra: list[str]) -> None:
    """Browser journeys against real processes."""
    browser = services.chromium()
    if browser is None:
        report.missing("journeys", "Chromium")
        return
    env = {"GONGZHI_CHROMIUM": browser}
    run(report, "journeys", ["pytest", "-m", "e2e", "tests/e2e", *extra], env)


def beside(report: Report, stack: ExitStack) -> dict[str, str]:
    """What tests of either database use besides; gives the environment to reach it."""
    if not services.program("nginx"):
        report.missing("front server tests", "nginx")
    if services.program("mosquitto"):
        return stack.enter_context(services.mosquitto())
    report.missing("broker tests", "Mosquitto")
    return {}


def main() -> int:
    """0 when everything that could run passed (in CI: everything)."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=PARTS, action="append")
    options, extra = parser.parse_known_args()
    wanted = options.only or PARTS
    report, began = Report(), time.monotonic()
    with ExitStack() as stack:
        env: dict[str, str] = {}
        if wanted != ["lint"]:
            env |= beside(report, stack)
        if "lint" in wanted:
            lint(report)
        if "sqlite" in wanted:
            suite(report, "SQLite", env, extra)
        if "postgresql" in wanted:
            if services.program("postgres") and services.program("initdb"):
                with services.postgresql("gongzhi") as reach:
                    suite(report, "PostgreSQL", {**env, **reach}, extra)
            else:
                report.missing("suite on PostgreSQL", "PostgreSQL")
        if "journeys" in wanted:
            journeys(report, extra)
    print(f"\n── in {time.monotonic() - began:.0f} s")
    for part, outcome in report.lines:
        print(f"{part:<24} {outcome}")
    if report.passed or report.failed:
        print(f"{report.passed} passed, {report.failed} failed")
    return 0 if report.good else 1


if __name__ == "__main__":
    sys.exit(main())

"""Looks for risky code (bandit) and for known holes in what we depend on (pip-audit).

What bandit finds is accepted only with a reason: `# noqa: S608 - why` in the very statement (ruff
numbers the same rules with an S), or a line in ACCEPTED. A reason no longer needed fails too.
Where no advisory service answers, nothing is known of the dependencies, and that is said plainly.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.lock", "requirements-dev.lock")  # what runs, and what tests it
PATIENCE = 180  # seconds for the advisory service

# (rule, beginning of the path) → why it is no danger there.
ACCEPTED = {
    ("B404", "gongzhi/"): "importing subprocess runs nothing; each call is judged by itself",
    ("B703", "gongzhi/"): "the older name of B308, which is judged where it stands",
    ("B311", "gongzhi/demo/"): "the demo town is drawn with a fixed seed on purpose",
    ("B105", "gongzhi/demo/outside.py"): "the demo's WeChat account exists nowhere",
    ("B105", "gongzhi/doors/wechat/simulator.py"): "plays WeChat; its tokens open nothing",
    ("B405", "gongzhi/doors/wechat/simulator.py"): "plays WeChat; reads only what we answered",
    ("B406", "gongzhi/doors/open311/rules.py"): "escape() writes XML and reads none",
    ("B406", "gongzhi/places/tiles.py"): "escape() writes XML and reads none",
}


def bandit() -> list[dict[str, Any]]:
    """What bandit finds in the product itself."""
    done = _run("bandit", "-q", "-r", "gongzhi", "-x", "*/tests/*,*/migrations/*", "-f", "json")
    found = json.loads(done.stdout)
    if found["errors"]:
        raise RuntimeError(str(found["errors"]))
    return list(found["results"])


def risky(findings: Iterable[Mapping[str, Any]], root: Path = ROOT) -> list[str]:
    """One line for each finding nobody gave a reason for, and for each reason without a finding."""
    used, lines = set(), []
    for found in findings:
        rule, path = found["test_id"], found["filename"].removeprefix("./")
        general = {key for key in ACCEPTED if key[0] == rule and path.startswith(key[1])}
        used |= general
        if not general and not _excused(root / path, rule, found["line_range"]):
            lines.append(f"{path}:{found['line_number']}: {rule} {found['issue_text']}")
    unused = [f"tools/audit.py: nothing to accept: {key}" for key in ACCEPTED if key not in used]
    return lines + unused


def _excused(path: Path, rule: str, numbers: list[int]) -> bool:
    """Whether the statement says why this rule does not apply to it."""
    lines = path.read_text(encoding="utf-8").splitlines()
    reason = re.compile(rf"# noqa:[^#]*\bS{rule[1:]}\b[^#]* - \S")
    return any(reason.search(lines[number - 1]) for number in range(numbers[0], numbers[-1] + 1))


def advisories() -> list[dict[str, Any]]:
    """What the advisory service says of each locked version; nothing when it does not answer."""
    said: dict[tuple[str, str], dict[str, Any]] = {}
    for lock in LOCKS:
        try:
            done = _run(
                "pip-audit", "-r", lock, "--no-deps", "--disable-pip", "-f", "json",
                "--progress-spinner", "off", "--timeout", "20",
            )  # fmt: skip
            answer = json.loads(done.stdout)
        except (subprocess.TimeoutExpired, ValueError):
            continue
        said |= {(one["name"], one.get("version", "")): one for one in answer["dependencies"]}
    return list(said.values())


def holes(every: Sequence[Mapping[str, Any]]) -> tuple[list[str], str]:
    """The known holes, one a line, and a sentence on how much was asked at all."""
    asked = [one for one in every if "skip_reason" not in one]
    if not asked:
        return [], "dependencies not checked: no advisory service reachable"
    found = [
        f"{one['name']} {one['version']}: {hole['id']}"
        f" (mended in {', '.join(hole['fix_versions']) or 'no version yet'})"
        for one in asked
        for hole in one["vulns"]
    ]
    missed = [one["name"] for one in every if "skip_reason" in one]
    sentence = f"{len(asked)} dependencies checked against the advisory service"
    return found, sentence + (f"; not known there: {', '.join(missed)}" if missed else "")


def _run(name: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(Path(sys.executable).parent / name), *words],
        cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip


def main() -> int:
    """0 when there is nothing risky without a reason and no known hole."""
    bad = risky(bandit())
    known, sentence = holes(advisories())
    print(*bad, *known, sep="\n", end="\n" if bad or known else "")
    print(f"code: {len(bad)} without a reason; {sentence}; {len(known)} known holes")
    return 1 if bad or known else 0


if __name__ == "__main__":
    sys.exit(main())

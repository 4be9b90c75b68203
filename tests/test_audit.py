"""The audit fails on what it finds, and says so when it could not look."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))

import audit


def finding(rule: str = "B608", path: str = "gongzhi/x.py", lines: tuple[int, ...] = (1,)) -> dict:
    return {
        "test_id": rule, "filename": path, "line_number": lines[0], "line_range": list(lines),
        "issue_text": "looks bad",
    }  # fmt: skip


@pytest.fixture(autouse=True)
def nothing_accepted(monkeypatch):
    monkeypatch.setattr(audit, "ACCEPTED", {})


@pytest.fixture
def code(tmp_path):
    """`code("…")`: the words of gongzhi/x.py below a root, which it gives."""

    def write(text: str) -> Path:
        (tmp_path / "gongzhi").mkdir(exist_ok=True)
        (tmp_path / "gongzhi/x.py").write_text(text, encoding="utf-8")
        return tmp_path

    return write


def test_what_nobody_gave_a_reason_for_is_named(code):
    assert audit.risky([finding()], code("ask(f'SELECT {x}')\n")) == [
        "gongzhi/x.py:1: B608 looks bad"
    ]


@pytest.mark.parametrize(
    ("line", "accepted"),
    [
        ("ask(f'SELECT {x}')  # noqa: S608 - x is ours", True),
        ("ask(f'SELECT {x}')  # noqa: S603, S608 - x is ours", True),
        ("ask(f'SELECT {x}')  # noqa: S608", False),
        ("ask(f'SELECT {x}')  # noqa: S603 - no shell", False),
        ("ask(f'SELECT {x}')  # noqa", False),
    ],
)
def test_only_a_reason_for_this_very_rule_is_one(code, line, accepted):
    assert (audit.risky([finding()], code(line)) == []) is accepted


def test_the_reason_may_stand_in_any_line_of_the_statement(code):
    root = code("ask(\n  f'SELECT {x}'  # noqa: S608 - x is ours\n)\n")
    assert audit.risky([finding(lines=(1, 2, 3))], root) == []
    assert audit.risky([finding(lines=(1,))], root) != []


def test_a_reason_that_is_no_longer_needed_is_named(code, monkeypatch):
    monkeypatch.setattr(audit, "ACCEPTED", {("B608", "gongzhi/x"): "x is ours"})
    root = code("ask(f'SELECT {x}')\n")
    assert audit.risky([finding()], root) == []
    assert "nothing to accept" in audit.risky([], root)[0]


def test_a_known_hole_is_named_with_the_version_that_mends_it():
    hole = {"id": "PYSEC-1", "fix_versions": ["2.1"]}
    said = [
        {"name": "good", "version": "1", "vulns": []},
        {"name": "bad", "version": "2", "vulns": [hole]},
        {"name": "ours", "skip_reason": "not found"},
    ]
    found, sentence = audit.holes(said)
    assert found == ["bad 2: PYSEC-1 (mended in 2.1)"]
    assert sentence == (
        "2 dependencies checked against the advisory service; not known there: ours"
    )


@pytest.mark.parametrize("said", [[], [{"name": "a", "skip_reason": "not found"}]])
def test_when_no_service_answers_that_is_said_and_nothing_else(said):
    assert audit.holes(said) == (
        [], "dependencies not checked: no advisory service reachable"
    )  # fmt: skip


def test_the_audit_ends_with_an_error_when_it_finds_something(monkeypatch, capsys):
    monkeypatch.setattr(audit, "bandit", list)
    monkeypatch.setattr(audit, "advisories", list)
    assert audit.main() == 0
    monkeypatch.setattr(audit, "ACCEPTED", {("B999", "gongzhi/"): "no longer there"})
    assert audit.main() == 1
    assert "nothing to accept" in capsys.readouterr().out

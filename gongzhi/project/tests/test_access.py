"""Who gets what: every address, asked for by every role, held against docs/generated/access.md.

`GONGZHI_WRITE=1 pytest -n0 gongzhi/project/tests/test_access.py` writes the page anew, `=new` only
what it lacks; look at what changed in it before you commit it. An address of the URLconf that the
page lacks is a failure.
"""

import os
import re

import pytest
from django.conf import settings
from django.db import connection, transaction

from conftest import LAMP
from gongzhi.access.roles import Role
from gongzhi.kernel import limits
from gongzhi.project.tests.examples import Examples
from gongzhi.project.tests.test_security import ALL, carries_its_policy, filled

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="permission is the same on both"),
]

WRITE = os.environ.get("GONGZHI_WRITE", "")
PAGE = settings.ROOT / "docs" / "generated" / "access.md"
CAST = {
    "stranger": None, Role.RESIDENT: "wang", Role.GRID_WORKER: "li", Role.COMMUNITY_WORKER: "sun",
    Role.DISPATCHER: "chen", Role.UNIT_STAFF: "wu", Role.LEADER: "qian", Role.AUDITOR: "shen",
    Role.ADMINISTRATOR: "guan",
}  # fmt: skip
HEAD = """<!-- Written by gongzhi/project/tests/test_access.py; changes made here are lost. -->

# Who gets what

Every address of the product, asked for by a stranger and by one person of each role who stands
where the matter is: what GET answers, then what a POST without any field answers. `login` leads to
the sign-in page. 404 is what a person gets for whom the matter does not exist; 422 is a form that
was let in and not filled. A unit was given the case by a whistle. Devices and partners prove
themselves by keys (`docs/doors.md`), so no person gets further than 4xx at their addresses.

"""


def test_every_role_has_somebody_who_asks():
    assert set(CAST) == {"stranger", *Role}


def test_every_address_is_listed_and_nothing_else():
    missing = {shown(a) for a in ALL} ^ set(kept())
    assert not missing, "GONGZHI_WRITE=1 writes docs/generated/access.md anew"


@pytest.mark.slow
@pytest.mark.parametrize("role", CAST)
def test_everybody_gets_what_is_written_and_nothing_breaks(request, as_, report, role):
    people = {r: request.getfixturevalue(n) if n else None for r, n in CAST.items()}
    case = report("路灯不亮，晚上看不见路", by=people[Role.RESIDENT], item_code=LAMP)
    asked = [a for a in ALL if WRITE != "new" or kept().get(shown(a), {}).get(role, "?") == "?"]
    answers = walked(as_(people[role]), Examples(case, people), asked)
    broken = [f"{path}: {said}" for path, said in answers.items() if re.search(r"\b5\d\d\b", said)]
    assert not broken
    if WRITE:
        write(role, answers)
    written = {path: row.get(role) for path, row in kept().items()}
    changed = {p: (written.get(p), a) for p, a in answers.items() if written.get(p) != a}
    assert not changed, "GONGZHI_WRITE=1 writes this anew"


def walked(browser, examples, asked):
    """{address: "GET POST"}, each asked of the same untouched district."""
    browser.raise_request_exception = False
    known = browser.cookies.copy()
    answers = {}
    for address in asked:
        path = filled(address.pattern, examples.values(address.name))
        said = []
        for method in (browser.get, browser.post):
            limits.forget()
            browser.cookies = known.copy()
            with transaction.atomic():
                response = method(path)
                transaction.set_rollback(True)
            if response.status_code < 500:
                carries_its_policy(response, path)
            login = response.status_code == 302 and response["Location"].startswith("/login/")
            said.append("login" if login else str(response.status_code))
        answers[shown(address)] = " ".join(said)
    return answers


def shown(address):
    """How an address is named in the page; two of one pattern are told apart by their names."""
    return f"`{address.pattern}` {address.name}".replace("|", "∣")


def kept():
    """{address: {role: "GET POST"}} as the page has it."""
    text = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    rows = [line[2:-2].split(" | ") for line in text.splitlines() if line.startswith("| ")]
    return {name: dict(zip(CAST, said, strict=False)) for name, *said in rows[1:]}


def write(role, answers):
    """Put what this role gets into its column."""
    told = kept()
    rows = {path: told.get(path, {}) for path in map(shown, ALL)}
    for path, said in answers.items():
        rows[path] = {**rows[path], role: said}
    lines = [f"| address | {' | '.join(CAST)} |", "|---" * (len(CAST) + 1) + "|"]
    for path in sorted(rows):
        lines.append(f"| {path} | " + " | ".join(rows[path].get(r, "?") for r in CAST) + " |")
    PAGE.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")

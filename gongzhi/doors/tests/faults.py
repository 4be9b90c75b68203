"""What each way in must survive, and which test shows it: `python -m gongzhi.doors.tests.faults`.

A test says `@shows(Way.MAIL, Fault.HTML)`; a table of tests names all its faults at once. Where a
fault has no meaning for a way in, MEANINGLESS says why. test_every_fault.py asks for every cell.
"""

from collections import defaultdict
from collections.abc import Callable
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import TypeVar

Test = TypeVar("Test", bound=Callable[..., object])


class Way(StrEnum):
    """A way in (and SMS, the way out that several share)."""

    OPEN311 = "Open311"
    PUSH = "12345 pushed"
    LIST = "12345 list"
    FILE = "12345 file"
    HOOK = "web hook"
    QR = "QR page"
    MAIL = "mail"
    WECHAT = "WeChat"
    PHONE = "phone desk"
    SMS = "SMS gateway"


class Fault(StrEnum):
    """What can be wrong."""

    MALFORMED = "malformed"
    OVERSIZED = "oversized"
    SIGNATURE = "wrong signature"
    OLD = "old timestamp"
    REPLAYED = "replayed"
    CODE = "unknown code"
    ENCODING = "wrong encoding"
    PLACE = "missing place"
    HTML = "HTML in text"
    CROWD = "10,000 at once"
    AWAY = "partner down for a day"
    KILLED = "killed before the answer"


MEANINGLESS: dict[tuple[Way, Fault], str] = {
    (Way.OPEN311, Fault.OLD): "GeoReport calls carry no time",
    (Way.OPEN311, Fault.AWAY): "clients ask; nothing is sent to them",
    (Way.LIST, Fault.SIGNATURE): "we ask and sign; a wrong key of ours is the city's 401",
    (Way.LIST, Fault.OLD): "we ask; an old order is still an order",
    (Way.FILE, Fault.SIGNATURE): "a signed-in clerk uploads it; who may is tested with the page",
    (Way.FILE, Fault.OLD): "an export of last month is still true; orders are known by number",
    (Way.FILE, Fault.AWAY): "nobody is on the other side of a file",
    (Way.QR, Fault.SIGNATURE): "whoever stands at the code may report; nobody signs",
    (Way.QR, Fault.OLD): "a printed code has no time; it is revoked instead",
    (Way.QR, Fault.AWAY): "nobody is on the other side of a sticker",
    (Way.MAIL, Fault.SIGNATURE): "letters are not signed; a forged sender cannot join a case",
    (Way.MAIL, Fault.OLD): "a letter that took a week is still a letter",
    (Way.MAIL, Fault.CODE): "letters carry no codes; a number of no case starts a new one (PLACE)",
    (Way.SMS, Fault.CODE): "a message carries no codes",
    (Way.SMS, Fault.PLACE): "a message goes to a number, not to a place",
    (Way.SMS, Fault.ENCODING): "we write, in UTF-8",
}
MODULES = (
    "gongzhi.doors.open311.tests.test_bad_input",
    "gongzhi.doors.hotline.tests.test_pushed",
    "gongzhi.doors.hotline.tests.test_bad_lists",
    "gongzhi.doors.hotline.tests.test_with_the_city",
    "gongzhi.doors.webhook.tests.test_matters",
    "gongzhi.doors.webhook.tests.test_with_a_platform",
    "gongzhi.doors.qr.tests.test_bad_input",
    "gongzhi.doors.mail.tests.test_bad_input",
    "gongzhi.doors.mail.tests.test_letters",
    "gongzhi.doors.mail.tests.test_with_servers",
    "gongzhi.doors.wechat.tests.test_with_wechat",
    "gongzhi.doors.phone.tests.test_calls",
    "gongzhi.doors.tests.test_sms",
    "gongzhi.doors.tests.test_crowds",
    "gongzhi.doors.tests.test_killed",
)
PAGE = Path(__file__).parents[3] / "docs" / "doors_faults.md"
HEAD = (
    "# Every door and every fault",
    "",
    "Which test shows what a way in does with a fault; names are below `gongzhi.doors`. Written by",
    "`python -m gongzhi.doors.tests.faults --write`; the suite fails when it is stale or a cell is",
    "empty. Crowds are a thousand in the suite, ten thousand under `make bench ARGS=doors`.",
    "",
)
SHOWN: dict[tuple[Way, Fault], list[str]] = defaultdict(list)


def shows(way: Way, *faults: Fault) -> Callable[[Test], Test]:
    """Note that the test shows what the way in does with these faults."""

    def note(test: Test) -> Test:
        name = getattr(test, "__qualname__", "").rpartition("<locals>.")[2]
        if not name.rpartition(".")[2].startswith("test_"):
            raise ValueError(f"{name} is no test")
        for fault in faults:
            SHOWN[way, fault].append(f"{test.__module__}.{name}")
        return test

    return note


def load() -> None:
    """Import every module that shows something."""
    for module in MODULES:
        import_module(module)


def table() -> str:
    """Ways × faults: how many tests show a cell, `–` where it has no meaning, `?` if missing."""
    lines = ["| | " + " | ".join(Fault) + " |", "|---" * (len(Fault) + 1) + "|"]
    for way in Way:
        cells = [
            "–" if (way, f) in MEANINGLESS else str(len(SHOWN.get((way, f), ())) or "?")
            for f in Fault
        ]
        lines.append(f"| {way} | " + " | ".join(cells) + " |")
    return "\n".join([*lines, "", *(f"– {w}, {f}: {why}" for (w, f), why in MEANINGLESS.items())])


def page() -> str:
    """The page docs/doors_faults.md: the table; each cell with its tests, or why it has none."""
    lines = [*HEAD, table().partition("\n\n")[0]]
    for way in Way:
        lines += ["", f"## {way}", "", "| fault | shown by |", "|---|---|"]
        for fault in Fault:
            names = SHOWN.get((way, fault), ())
            shown = [f"`{name.removeprefix('gongzhi.doors.')}`" for name in sorted(names)]
            lines.append(f"| {fault} | {'<br>'.join(shown) or MEANINGLESS[way, fault]} |")
    return "\n".join([*lines, ""])


def main(write: bool) -> None:
    """Print the table, or write the page."""
    load()
    if write:
        PAGE.write_text(page(), encoding="utf-8")
    else:
        print(table())


if __name__ == "__main__":
    import os
    import sys

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongzhi.project.settings_test")
    django.setup()
    # Run as a module this file is called __main__; the tests fill the one they import.
    import_module("gongzhi.doors.tests.faults").main("--write" in sys.argv)

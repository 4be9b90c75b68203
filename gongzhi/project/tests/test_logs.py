"""Log lines hold nothing personal and no secret, and machines can read them."""

import json
import logging

import pytest
from django.conf import settings as product
from django.db import IntegrityError
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.kernel.struck import STRUCK, struck
from gongzhi.project.logs import JsonFormatter, LineFormatter


def record(message: str, *args: object, error: BaseException | None = None) -> logging.LogRecord:
    trouble = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord("gongzhi.x", logging.WARNING, "x.py", 1, message, args, trouble)


PERSONAL = [
    "13800138000",
    "138 0013 8000",
    "0551-63538000",
    "11010519491231002X",
    "A" * 20 + "b1" * 12,  # a device token
    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
]


@pytest.mark.parametrize("personal", PERSONAL)
@pytest.mark.parametrize(
    "sentence", ["{}", "phone={}, tried", "('{}',)", "联系{}。", "/files/{}/full"]
)
def test_what_is_personal_is_struck_out(sentence, personal):
    said = struck(sentence.format(personal))
    assert personal not in said
    assert said == sentence.format(STRUCK)


@pytest.mark.parametrize(
    "harmless",
    [
        "GET /desk/cases/1234/ 200",
        "case GZ261129000123 closed",
        "errand 12345678901 done",
        "2026-11-29 10:34:16,230 WARNING django.request Not Found: /no/such/page/",
        "gongzhi.cases.reactions.tell_the_dispatchers_of_the_return_of_it",
        "took 1234567890.12 s",
    ],
)
def test_what_helps_to_find_a_fault_stays(harmless):
    assert struck(harmless) == harmless


def test_queries_of_addresses_are_not_logged():
    assert (
        struck("Bad Request: /track/?number=GZ1&secret=12345678")
        == f"Bad Request: /track/?{STRUCK}"
    )


@pytest.mark.parametrize("key", ["SECRET_KEY", "INDEX_KEY"])
def test_keys_are_struck_out(key):
    assert struck(f"boot with {getattr(product, key)}!") == f"boot with {STRUCK}!"


def test_what_a_database_says_of_the_row_is_struck_out():
    error = IntegrityError("duplicate key\nDETAIL:  Key (name)=(王秀英) already exists.\n")
    assert "王秀英" not in struck(repr(error))
    assert "王秀英" not in struck(str(error))
    assert "duplicate key" in struck(str(error))


def test_a_line_for_machines_is_one_json_object_with_the_error_in_it():
    try:
        raise ValueError("13800138000 is no case")
    except ValueError as trouble:
        line = JsonFormatter().format(record("failed for %s\nagain", "13800138000", error=trouble))
    said = json.loads(line)
    assert "\n" not in line
    assert (said["level"], said["logger"]) == ("WARNING", "gongzhi.x")
    assert said["message"] == f"failed for {STRUCK}\nagain"
    assert "ValueError" in said["error"]
    assert "13800138000" not in line


def test_a_line_for_people_strikes_errors_out_too():
    try:
        raise ValueError("13800138000 is no case")
    except ValueError as trouble:
        line = LineFormatter("{levelname} {message}", style="{").format(
            record("failed", error=trouble)
        )
    assert "test_logs.py" in line
    assert "13800138000" not in line


@given(st.text(max_size=200))
def test_any_text_can_be_logged(text):
    json.loads(JsonFormatter().format(record("%s", text)))


def test_every_handler_of_the_product_strikes_out():
    handlers = product.LOGGING["handlers"]
    used = {handler["formatter"] for handler in handlers.values()}
    made = {product.LOGGING["formatters"][name]["()"] for name in used}
    assert made <= {"gongzhi.project.logs.LineFormatter", "gongzhi.project.logs.JsonFormatter"}

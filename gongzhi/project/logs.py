"""Log lines: for people or, one JSON object each, for machines; never with what is personal.

Addresses are logged without their query, and what looks like a phone number, an identity number, a
token or a key is struck out of every line, also out of what a database says of a row it refused.
"""

import json
import logging
import re
from datetime import UTC, datetime

from django.conf import settings

STRUCK = "[…]"
_PERSONAL = re.compile(
    r"(?<![0-9A-Za-z])(?:"
    r"1[3-9]\d(?:[ -]?\d{4}){2}"  # mobile number
    r"|0\d{2,3}-?\d{7,8}"  # landline
    r"|\d{17}[\dXx]"  # identity number
    r")(?![0-9A-Za-z])"
)
# Device tokens, names of files, session keys, fingerprints, sealed text.
_TOKEN = re.compile(r"(?<![\w-])(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{32,}={0,2}(?![\w-])", re.ASCII)
_QUERY = re.compile(r"(/[^\s\"'?]*)\?[^\s\"']+")
# What PostgreSQL adds to a refusal: the values of the row.
_DETAIL = re.compile(r"(DETAIL:|CONTEXT:|STATEMENT:|PARAMETERS:).*?(?=\\n|\n|$)", re.DOTALL)


def struck(text: str) -> str:
    """The text without what is personal or secret."""
    for key in _keys():
        text = text.replace(key, STRUCK)
    text = _DETAIL.sub(rf"\1 {STRUCK}", text)
    text = _QUERY.sub(rf"\1?{STRUCK}", text)
    return _TOKEN.sub(STRUCK, _PERSONAL.sub(STRUCK, text))


def _keys() -> list[str]:
    keys = [settings.SECRET_KEY, settings.INDEX_KEY, settings.METRICS_TOKEN, *settings.SEAL_KEYS]
    keys.append(str(settings.DATABASES["default"].get("PASSWORD", "")))
    return [key for key in keys if len(key) >= 6]


class LineFormatter(logging.Formatter):
    """A line for people: time, level, logger, message, and the way of an error."""

    def format(self, record: logging.LogRecord) -> str:
        """The line with everything personal struck out."""
        return struck(super().format(record))


class JsonFormatter(logging.Formatter):
    """One JSON object per line: time (UTC, ISO 8601), level, logger, message, error if any."""

    def format(self, record: logging.LogRecord) -> str:
        """The object with everything personal struck out."""
        said = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": struck(record.getMessage()),
        }
        if status := vars(record).get("status_code"):
            said["status"] = status
        if record.exc_info:
            said["error"] = struck(self.formatException(record.exc_info))
        return json.dumps(said, ensure_ascii=False)

"""Log lines: for people or, one JSON object each, for machines; never with what is personal.

What is struck out of every line is decided in `kernel/struck.py`.
"""

import json
import logging
from datetime import UTC, datetime

from gongzhi.kernel.struck import struck


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

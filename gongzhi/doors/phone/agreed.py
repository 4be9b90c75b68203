"""Lines and kinds of services: config/doors/phone.yaml."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml
from django.conf import settings


@dataclass(frozen=True)
class Line:
    """A number that people call; `is_service` for orders to providers, `area` whose desk it is."""

    number: str
    name: str
    is_service: bool
    area: str


@dataclass(frozen=True)
class Terms:
    """The file, read once."""

    lines: Mapping[str, Line]
    services: Mapping[str, str]
    call_back_minutes: int

    def line(self, number: str) -> Line:
        """The line; one that is not listed takes matters of the whole district."""
        return self.lines.get(number) or Line(number, number, is_service=False, area="")


@lru_cache(maxsize=1)
def terms() -> Terms:
    """What is configured. KeyError when the file lacks something."""
    path = settings.CONFIG_DIR / "doors" / "phone.yaml"
    words: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    lines = {
        str(number): Line(
            str(number), said["name"], said.get("kind") == "service", str(said.get("area") or "")
        )
        for number, said in words["lines"].items()
    }
    services = {str(k): str(v) for k, v in words["services"].items()}
    return Terms(lines, services, int(words["call_back_minutes"]))

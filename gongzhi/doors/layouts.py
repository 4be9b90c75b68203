"""How another system's fields and codes become ours, as the files in config/doors/ say.

A layout names for each of our fields the other side's (a dotted path, or several of which the first
one present counts), constants, code tables and what must be there. No Django, no database.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

OURS = frozenset({
    "external_id", "sent_at", "title", "text", "name", "phone", "address", "area", "lng", "lat",
    "datum", "item", "component", "due_at", "redo_of", "confidential", "kind", "picture", "camera",
    "object",
})  # fmt: skip
ANY = "*"  # in a code table: what every other code means
MOST = 8000  # characters of one field; the verbs have bounds of their own below this


class Unfit(Exception):  # noqa: N818 - it is an answer, not an error
    """What came does not fit the layout: our field, theirs, and a code for the kind of fault."""

    def __init__(self, fault: str, field: str, theirs: str, value: str = "") -> None:
        super().__init__(f"{fault}: {field} ({theirs})")
        self.fault = fault  # missing, wrong_type, unknown_code, too_long, bad_time, bad_number
        self.field = field
        self.theirs = theirs
        self.value = value[:60]


@dataclass(frozen=True)
class Layout:
    """One side's layout; ValueError when the file asks for fields there are not."""

    fields: Mapping[str, Sequence[str]]
    constants: Mapping[str, str]
    codes: Mapping[str, Mapping[str, str]]
    required: Sequence[str]

    @classmethod
    def from_file(cls, words: Mapping[str, Any]) -> "Layout":
        """The layout in a file as YAML reads it."""
        fields = {
            ours: [theirs] if isinstance(theirs, str) else [str(t) for t in theirs]
            for ours, theirs in words.get("fields", {}).items()
        }
        constants = {ours: str(value) for ours, value in words.get("constants", {}).items()}
        codes = {
            ours: {str(theirs): str(code) for theirs, code in table.items()}
            for ours, table in words.get("codes", {}).items()
        }
        required = [str(ours) for ours in words.get("required", [])]
        named = {*fields, *constants, *codes, *required}
        if unknown := named - OURS:
            raise ValueError(f"a layout names fields there are not: {', '.join(sorted(unknown))}")
        return cls(fields, constants, codes, required)

    def read(self, sent: Mapping[str, Any]) -> dict[str, str]:
        """Our fields out of what was sent, all text; empty ones are left out. Unfit otherwise."""
        found = dict(self.constants)
        for ours, paths in self.fields.items():
            if text := self._text(sent, ours, paths):
                found[ours] = self._coded(ours, paths[0], text)
        for ours in self.required:
            if not found.get(ours):
                raise Unfit("missing", ours, self.theirs(ours))
        return {ours: text for ours, text in found.items() if text}

    def for_tables(self) -> "Layout":
        """The same with the headings of tables before the names of messages, for sentences."""
        fields = {ours: [*names[1:], names[0]] for ours, names in self.fields.items()}
        return Layout(fields, self.constants, self.codes, self.required)

    def value(self, sent: Mapping[str, Any], ours: str) -> str:
        """One field as it was sent, whatever else is wrong; empty when it does not fit."""
        try:
            return self._text(sent, ours, self.fields.get(ours, ()))
        except Unfit:
            return ""

    def theirs(self, ours: str) -> str:
        """What the other side calls the field; for sentences."""
        return self.fields.get(ours, [ours])[0]

    def _text(self, sent: Mapping[str, Any], ours: str, paths: Sequence[str]) -> str:
        for path in paths:
            value = _at(sent, path)
            if value is None or value == "":
                continue
            if isinstance(value, bool):
                return "true" if value else "false"
            if isinstance(value, datetime):
                return value.isoformat()
            if not isinstance(value, str | int | float):
                raise Unfit("wrong_type", ours, path)
            text = str(value).strip()
            if len(text) > MOST:
                raise Unfit("too_long", ours, path)
            return text
        return ""

    def _coded(self, ours: str, theirs: str, text: str) -> str:
        table = self.codes.get(ours)
        if table is None:
            return text
        if text not in table and ANY not in table:
            raise Unfit("unknown_code", ours, theirs, text)
        return table.get(text, table.get(ANY, ""))


def _at(sent: Mapping[str, Any], path: str) -> Any:
    if path in sent:  # a column may have a dot in its name
        return sent[path]
    value: Any = sent
    for part in path.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(part)
    return value


def moment(text: str, zone: tzinfo) -> datetime:
    """A time as other systems write it; without a zone it is local. ValueError for anything else.

    2026-11-22T08:30:00+08:00, 2026-11-22 08:30, 2026/11/22 8:30:05, 2026年11月22日 8:30, and
    seconds or milliseconds since 1970.
    """
    text = text.strip()
    if text.isascii() and text.isdecimal() and len(text) in (10, 13):
        return datetime.fromtimestamp(int(text[:10]), zone)
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        read = _written(text)
    return read if read.tzinfo else read.replace(tzinfo=zone)


def _written(text: str) -> datetime:
    text = text.replace("年", "-").replace("月", "-").replace("日", " ").replace("/", "-")
    text = " ".join(text.split())
    for form in ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d"):
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - the caller adds the local zone
        except ValueError:
            continue
    raise ValueError(text)


def renamed(data: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """The data under the other side's names; fields without one keep ours."""
    return {names.get(key, key): value for key, value in data.items()}

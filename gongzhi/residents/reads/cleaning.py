"""Rows of people as they were typed, brought into the one written form, with what is wrong."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import TextChoices
from django.utils.translation import gettext as _

from gongzhi.kernel import codes
from gongzhi.kernel.sealed import blind_uuid
from gongzhi.residents.reads.homes import Home
from gongzhi.residents.rows import NewFact, NewPerson, Problem
from gongzhi.residents.words import FactKind, Gender, HouseholdRole, IdKind, Residence

LONGEST_NAME = 60
LONGEST_ADDRESS = 160
PHONE = re.compile(r"1\d{10}|0\d{9,11}|\d{7,8}")


@cache
def _values(among: type[TextChoices]) -> frozenset[str]:
    """Looked up once: `values` goes through all labels each time."""
    return frozenset(among.values)


@dataclass(slots=True)
class Clean:
    """A row ready to be compared with the register."""

    name: str = ""
    id_number: str = ""
    id_index: UUID | None = None
    id_kind: str = ""
    gender: str = ""
    born: date | None = None
    ethnicity: str = ""
    phones: dict[UUID, str] = field(default_factory=dict)
    home: Home | None = None
    address: str = ""
    place: int | None = None
    registered_address: str = ""
    residence: str = ""
    household: str = ""
    role: str = ""
    facts: dict[str, NewFact] = field(default_factory=dict)
    note: str = ""


class Reader:
    """Cleans one row, collecting problems; the address is looked up by whoever has many."""

    def __init__(self, row: NewPerson, today: date) -> None:
        self.row, self.today = row, today
        self.problems: list[Problem] = []
        self.clean = Clean()

    def read(self) -> Clean:
        """The row in its written form; what is wrong is in `problems`."""
        row, clean = self.row, self.clean
        clean.name = self._text("name", row.name, LONGEST_NAME)
        if not clean.name:
            self.fault("name", _("请填写姓名。"))
        elif re.search(r"[0-9<>@=]", clean.name):
            self.fault("name", _("姓名里不应有数字或符号，请核对。"))
        self._identity()
        for phone in row.phones:
            self._phone(phone)
        clean.ethnicity = self._text("ethnicity", row.ethnicity, 20)
        clean.address = self._text("address", row.address, LONGEST_ADDRESS)
        clean.registered_address = self._text(
            "registered_address", row.registered_address, LONGEST_ADDRESS
        )
        clean.household = self._text("household", row.household, 32)
        clean.residence = self._word("residence", row.residence, Residence)
        clean.role = self._word("role", row.role, HouseholdRole)
        clean.note = row.note.strip()[:500]
        for fact in row.facts:
            self._fact(fact)
        return clean

    def fault(self, name: str, sentence: str) -> None:
        """Something keeps the row out."""
        self.problems.append(Problem(name, sentence))

    def warn(self, name: str, sentence: str) -> None:
        """Something should be looked at."""
        self.problems.append(Problem(name, sentence, is_warning=True))

    def _text(self, name: str, text: str, most: int) -> str:
        text = " ".join(text.split())
        if "\x00" in text:
            self.fault(name, _("文字里有无法保存的字符。"))
        if len(text) > most:
            self.fault(
                name, _("最多%(most)d个字，现在是%(n)d个。") % {"most": most, "n": len(text)}
            )
        return text[:most].replace("\x00", "")

    def _word(self, name: str, word: str, among: type[TextChoices]) -> str:
        if word and word not in _values(among):
            self.fault(
                name,
                _("没有“%(word)s”这个选项，可选：%(labels)s。")
                % {"word": word[:20], "labels": "、".join(str(label) for label in among.labels)},
            )
            return ""
        return word

    def _identity(self) -> None:
        row, clean = self.row, self.clean
        clean.id_kind = self._word("id_kind", row.id_kind, IdKind) or IdKind.RESIDENT_ID
        clean.gender = self._word("gender", row.gender, Gender)
        clean.born = row.born
        number = codes.plain(row.id_number)
        if number and clean.id_kind in {IdKind.RESIDENT_ID, IdKind.PERMIT}:
            number = self._resident_id(number)
        elif number and not re.fullmatch(r"[0-9A-Z]{5,30}", number):
            self.fault("id_number", _("证件号码应为5到30位字母或数字。"))
            number = ""
        if clean.born and not date(1850, 1, 1) <= clean.born <= self.today:
            self.fault("born", _("出生日期不合理，请核对。"))
            clean.born = None
        clean.id_number, clean.id_index = number, blind_uuid(number)

    def _resident_id(self, text: str) -> str:
        clean = self.clean
        try:
            number = codes.resident_id(text, today=self.today)
        except ValueError as error:
            self.fault("id_number", str(error))
            return ""
        born, gender = codes.birth_date(number), codes.gender(number).value
        if clean.born and clean.born != born:
            self.fault(
                "born",
                _("出生日期与身份证号不一致：身份证号里是%(born)s。") % {"born": born.isoformat()},
            )
        if clean.gender and clean.gender != gender:
            self.warn("gender", _("性别与身份证号不一致，将以身份证号为准。"))
        clean.born, clean.gender = born, gender
        return number

    def _phone(self, text: str) -> None:
        number = codes.plain(text).removeprefix("+86")
        if not number:
            return
        if not PHONE.fullmatch(number):
            self.fault("phones", _("电话“…%(tail)s”的位数不对。") % {"tail": number[-4:]})
        elif index := blind_uuid(number):
            self.clean.phones[index] = number

    def _fact(self, fact: NewFact) -> None:
        if self._word("facts", fact.kind, FactKind):
            self.clean.facts[fact.kind] = fact
            if fact.since and fact.until and fact.until < fact.since:
                self.fault("facts", _("截止日期早于开始日期。"))


Compared = dict[str, Callable[[Clean], Any]]
# Field of Resident → what the row says about it. Empty says nothing.
COMPARED: Compared = {
    "name": lambda c: c.name,
    "gender": lambda c: c.gender,
    "born": lambda c: c.born,
    "ethnicity": lambda c: c.ethnicity,
    "registered_address": lambda c: c.registered_address,
    "residence": lambda c: c.residence,
    "role": lambda c: c.role,
    "address": lambda c: c.home.address if c.home else c.address,
    "home_id": lambda c: c.home.pk if c.home else None,
    "grid_id": lambda c: c.place if c.home or c.address else None,
}

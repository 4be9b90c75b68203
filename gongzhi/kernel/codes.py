"""National codes, checked by arithmetic alone: resident ID, social credit code, division code."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.translation import gettext as _

# Provincial prefixes of GB/T 2260. 83 occurs on residence permits of people from Taiwan only.
PROVINCES = frozenset(
    {11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46}
    | {50, 51, 52, 53, 54, 61, 62, 63, 64, 65, 71, 81, 82}
)
PERMIT_ONLY = frozenset({83})

ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643
ID_CHECKS = "10X98765432"

CREDIT_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100: no I O Z S V
CREDIT_WEIGHTS = tuple(3**i % 31 for i in range(17))
BODY_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)  # GB 11714, places 9 to 17 of the credit code


class Gender(StrEnum):
    """What an ID says about gender; people without an ID have none on record."""

    FEMALE = "female"
    MALE = "male"


class DivisionLevel(StrEnum):
    """Levels an administrative code can express; grids are below them."""

    PROVINCE = "province"
    CITY = "city"
    DISTRICT = "district"
    TOWNSHIP = "township"
    COMMUNITY = "community"


class DivisionKind(StrEnum):
    """What the last non-zero part of the code says the division is."""

    PROVINCE = "province"
    CITY = "city"
    DISTRICT = "district"
    STREET = "street"  # 街道
    TOWN = "town"  # 镇
    TOWNSHIP = "township"  # 乡
    QUASI_TOWNSHIP = "quasi_township"  # development zones, farms … of township level
    RESIDENTS = "residents"  # 居委会
    VILLAGERS = "villagers"  # 村委会
    QUASI_VILLAGE = "quasi_village"


@dataclass(frozen=True)
class Division:
    """What a division code of twelve digits says."""

    code: str
    level: DivisionLevel
    kind: DivisionKind
    parent: str | None  # the code above it; None for a province


def plain(text: str) -> str:
    """Full-width to half-width, upper case, without spaces and hyphens: how people type codes."""
    return re.sub(r"[\s\-‐-―]", "", unicodedata.normalize("NFKC", text)).upper()


def resident_id(text: str, *, today: date | None = None) -> str:
    """The ID in its one written form, or ValueError with a Chinese reason.

    `today` (if given) refuses a birth date that has not come yet.
    """
    code = plain(text)
    if re.fullmatch(r"[0-9]{15}", code):
        raise ValueError(_("这是15位的旧身份证号，请填写现在的18位号码。"))
    if len(code) != 18:
        raise ValueError(_("身份证号应为18位，现在是%(count)d位。") % {"count": len(code)})
    if not re.fullmatch(r"[0-9]{17}[0-9X]", code):
        raise ValueError(_("身份证号只能是数字，最后一位可以是 X。"))
    if int(code[:2]) not in PROVINCES | PERMIT_ONLY:
        raise ValueError(_("身份证号开头的地区代码不存在，请核对前两位。"))
    try:
        born = birth_date(code)
    except ValueError:
        raise ValueError(_("身份证号里的出生日期不存在，请核对第7到14位。")) from None
    if born.year < 1850 or (today and born > today):
        raise ValueError(_("身份证号里的出生日期不合理，请核对第7到14位。"))
    if code[17] != id_check(code[:17]):
        raise ValueError(_("身份证号的校验码不对，请逐位核对是否写错或写颠倒。"))
    return code


def id_check(first17: str) -> str:
    """The check character of the first seventeen digits of a resident ID."""
    total = sum(int(digit) * weight for digit, weight in zip(first17, ID_WEIGHTS, strict=True))
    return ID_CHECKS[total % 11]


def birth_date(code: str) -> date:
    """The birth date in a resident ID of eighteen characters; ValueError when no such day."""
    return date(int(code[6:10]), int(code[10:12]), int(code[12:14]))


def gender(code: str) -> Gender:
    """The gender in a resident ID of eighteen characters: an odd sequence number is a man's."""
    return Gender.MALE if int(code[16]) % 2 else Gender.FEMALE


def credit_code_problems(text: str) -> list[str]:
    """What is odd about a unified social credit code, as Chinese sentences; empty when nothing is.

    Warn with these, do not refuse: codes of real firms in circulation fail the check.
    """
    code = plain(text)
    if len(code) != 18:
        return [_("统一社会信用代码应为18位，现在是%(count)d位。") % {"count": len(code)}]
    if strange := sorted(set(code) - set(CREDIT_LETTERS)):
        return [
            _("统一社会信用代码里不会出现“%(letters)s”，可能是与数字混淆。")
            % {"letters": "、".join(strange)}
        ]
    problems = []
    if code[17] != credit_check(code[:17]):
        problems.append(_("统一社会信用代码的校验码不对，请核对是否写错。"))
    if code[16] != _body_check(code[8:16]):
        problems.append(_("统一社会信用代码中第9到17位的主体代码校验不对。"))
    return problems


def credit_check(first17: str) -> str:
    """The check character of the first seventeen characters of a credit code."""
    values = (CREDIT_LETTERS.index(letter) for letter in first17)
    total = sum(value * weight for value, weight in zip(values, CREDIT_WEIGHTS, strict=True))
    return CREDIT_LETTERS[(31 - total % 31) % 31]


def _body_check(first8: str) -> str:
    """The check character inside the credit code; its letters count A=10 … Z=35."""
    total = sum(int(c, 36) * weight for c, weight in zip(first8, BODY_WEIGHTS, strict=True))
    return "0123456789X0"[11 - total % 11]


def division(text: str) -> Division:
    """Level, kind and parent of an administrative code, taken from the digits and never a name.

    Twelve digits: province 2, city 2, county 2, township 3, village 3. ValueError (Chinese) when
    it is no such code. A few cities have no counties (4419…), so a township may follow a city.
    """
    code = plain(text)
    if not re.fullmatch(r"[0-9]{12}", code):
        raise ValueError(_("区划代码应为12位数字。"))
    city, county, town, village = code[2:4], code[4:6], code[6:9], code[9:12]
    if int(code[:2]) not in PROVINCES:
        raise ValueError(_("区划代码开头的省级代码不存在。"))
    skips_a_town = village != "000" and town == "000"
    skips_a_city = city == "00" and code[4:] != "00000000"
    if skips_a_town or skips_a_city:
        raise ValueError(_("区划代码中间缺少上一级的代码。"))
    town_kind = _town_kind(town)
    if village != "000":
        return Division(code, DivisionLevel.COMMUNITY, _village_kind(village), code[:9] + "000")
    if town != "000":
        return Division(code, DivisionLevel.TOWNSHIP, town_kind, code[:6] + "000000")
    if county != "00":
        return Division(code, DivisionLevel.DISTRICT, DivisionKind.DISTRICT, code[:4] + "0" * 8)
    if city != "00":
        return Division(code, DivisionLevel.CITY, DivisionKind.CITY, code[:2] + "0" * 10)
    return Division(code, DivisionLevel.PROVINCE, DivisionKind.PROVINCE, None)


def _town_kind(digits: str) -> DivisionKind:
    """街道 001-099, 镇 100-199, 乡 200-399, of that level otherwise 400-599."""
    number = int(digits)
    if number >= 600:
        raise ValueError(_("区划代码中的街镇代码（第7到9位）超出了范围。"))
    if number >= 400:
        return DivisionKind.QUASI_TOWNSHIP
    if number >= 200:
        return DivisionKind.TOWNSHIP
    return DivisionKind.TOWN if number >= 100 else DivisionKind.STREET


def _village_kind(digits: str) -> DivisionKind:
    """Residents' committee 001-199, villagers' committee 200-399, of that level 400-599."""
    number = int(digits)
    if number >= 600:
        raise ValueError(_("区划代码中的村居代码（第10到12位）超出了范围。"))
    if number >= 400:
        return DivisionKind.QUASI_VILLAGE
    return DivisionKind.VILLAGERS if number >= 200 else DivisionKind.RESIDENTS

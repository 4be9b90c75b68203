"""What a cell says, which column is which, and what a spreadsheet must not be told: pure rules."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

EXACT_MOST = 10**15  # beyond it a spreadsheet has already rounded a number
SERIAL_ZERO = date(1899, 12, 30)  # day 0 of Excel's calendar, with its leap-year mistake of 1900
SERIALS = range(1, 73_050)  # 1899-12-31 to 2099-12-31
FIRST_WIDE = "\u2e80"  # from here on characters are as wide as they are high
NARROW = 0.56  # of that, on average, all others
MOST_FIRM = 0.7  # of a page's width, for columns that must not be broken
STARTS_A_FORMULA = tuple("=+-@＝＋－＠\t\r\n")

Cell = str | int | float | bool | date | datetime | None

_DATE = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]0?0:00(?::00)?)?"
)
_CLOSE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_ROUNDED = re.compile(r"\d(?:\.\d+)?[eE]\+?1[5-9]")
_BESIDE = re.compile(r"[（(【\[].*?[)）】\]]|[\s*＊:：_/、.\-]")


def harmless(value: str) -> str:
    """The value with an apostrophe before it when a spreadsheet would take it for a formula."""
    if value[:1].isalnum():  # as nearly every value
        return value
    return f"'{value}" if value.lstrip(" \u3000").startswith(STARTS_A_FORMULA) else value


def is_rounded(cell: Cell) -> bool:
    """Whether a spreadsheet has already lost digits of a long number, as of an ID number."""
    if isinstance(cell, bool):
        return False
    if isinstance(cell, int | float):
        return abs(cell) >= EXACT_MOST
    if not isinstance(cell, str) or ("E" not in cell and "e" not in cell):
        return False
    return _ROUNDED.fullmatch(cell.strip()) is not None


def text_of(cell: Cell) -> str:
    """A cell as people read it: 3 for 3.0, ISO for dates, no white space around."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, datetime):
        return cell.date().isoformat() if _midnight(cell) else cell.isoformat(sep=" ")
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < EXACT_MOST:
        return str(int(cell))
    if isinstance(cell, bool):
        return "是" if cell else "否"
    return str(cell)


def _midnight(moment: datetime) -> bool:
    return not (moment.hour or moment.minute or moment.second)


def date_of(cell: Cell) -> date | None:
    """The day a cell means; None for an empty one. ValueError for what is no day.

    Takes days of the spreadsheet, its serial numbers (20488 is 1956-02-03), 1956-2-3, 1956/2/3,
    1956.2.3, 1956年2月3日 and 19560203. A year of two digits is refused: 56 may be 1956 or 2056.
    """
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = unicodedata.normalize("NFKC", text_of(cell)).strip()
    if not text:
        return None
    if found := (_DATE.fullmatch(text) or _CLOSE.fullmatch(text)):
        year, month, day = (int(part) for part in found.groups())
        return date(year, month, day)
    if text.isdecimal() and int(text) in SERIALS and len(text) == 5:
        return SERIAL_ZERO + timedelta(days=int(text))
    raise ValueError(text)


def plain_heading(text: str) -> str:
    """A heading as it is compared: without remarks in brackets, stars, blanks and case."""
    return _BESIDE.sub("", unicodedata.normalize("NFKC", text)).lower()


def guessed(
    headings: Sequence[str],
    names: Mapping[str, Iterable[str]],
    remembered: Mapping[str, str] | None = None,
) -> dict[int, str]:
    """Which field each column holds: {column: key}; `names` gives what people call a field.

    What was remembered for a heading comes first ("" says: leave the column out). A field is given
    to one column only, the first that names it.
    """
    known = {plain_heading(name): key for key, all_names in names.items() for name in all_names}
    found: dict[int, str] = {}
    for number, heading in enumerate(headings):
        plain = plain_heading(heading)
        if not plain:
            continue
        key = known.get(plain, "")
        if remembered and plain in remembered:
            key = remembered[plain]
        if key and key in names and key not in found.values():
            found[number] = key
    return found


def column_name(number: int) -> str:
    """The letters over a column, 0 for the first: A, Z, AA."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def ems(text: str) -> float:
    """How wide the longest line of a text is, where a Chinese character is 1 and others less."""
    return max(
        (
            sum(1 if letter >= FIRST_WIDE else NARROW for letter in line)
            for line in text.splitlines()
        ),
        default=0.0,
    )


def fitted(wanted: Sequence[float], width: float, breaks: Sequence[bool]) -> list[float]:
    """Widths of columns that want so much each; together exactly the width.

    Where there is enough, all get more in proportion. Where there is not, no number, day or name is
    broken: only the columns that may `break` give way, the longest most, but less than in
    proportion, lest the others become towers. When the firm ones alone leave them too little, all
    give way alike, the widest first.
    """
    if sum(wanted) <= width:
        return [width * one / sum(wanted) for one in wanted]
    firm = sum(one for one, may in zip(wanted, breaks, strict=True) if not may)
    if firm > MOST_FIRM * width:
        return _levelled(wanted, [1.0] * len(wanted), width)
    loose = [number for number, may in enumerate(breaks) if may]
    wishes = [wanted[number] for number in loose]
    given = list(wanted)
    shared = _levelled(wishes, [one**0.5 for one in wishes], width - firm)
    for number, one in zip(loose, shared, strict=True):
        given[number] = one
    return given


def _levelled(wanted: Sequence[float], weights: Sequence[float], width: float) -> list[float]:
    """The width by weights, but nobody gets more than wanted while others want more."""
    left, weight, given = width, sum(weights), [0.0] * len(wanted)
    for number in sorted(range(len(wanted)), key=lambda n: wanted[n] / weights[n]):
        given[number] = min(wanted[number], left * weights[number] / weight)
        left -= given[number]
        weight -= weights[number]
    return given

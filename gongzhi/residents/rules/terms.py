"""The words by which a person is found, and a clerk's one line read into the same words.

A person's terms: each character of the name (王) and each pair (王秀), the runs of its pinyin
initials (wx, xy, wxy), tails of phones and ID numbers under a keyed fingerprint, the address's
numbered parts (@3栋, @2元, @501) and every two of them together (@3栋@501), pairs and threes of
the names between them (~湖花, ~湖花园), and the areas it lies in (a349901). Trigrams cannot serve
Chinese names of two characters; with these, each question is a meeting of short lists. Parts
together and threes find nothing new: in a whole city, single parts and pairs are on long lists.
"""

import os
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations, pairwise

# Names are read character by character: the readings of phrases would only take 40 MB.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "true")
from pypinyin import Style, pinyin

Blind = Callable[[str], str]  # a keyed fingerprint of a text, hex

# First letters of surnames that are read unlike the character elsewhere.
SURNAMES = dict(
    [("单", "s"), ("曾", "z"), ("解", "x"), ("仇", "q"), ("区", "o"), ("查", "z"), ("朴", "p"),
     ("覃", "q"), ("翟", "z"), ("乐", "y"), ("尉", "y"), ("盖", "g"), ("缪", "m"), ("员", "y"),
     ("折", "s"), ("冼", "x"), ("洗", "x"), ("万", "w"), ("任", "r"), ("宁", "n"), ("华", "h")]
)  # fmt: skip
UNITS = {
    "栋": "栋", "幢": "栋", "座": "栋", "号楼": "栋", "单元": "元", "室": "", "户": "",
    "号院": "院", "号": "号",
}  # fmt: skip
NUMBERED = re.compile(
    r"(?P<number>[0-9A-Z]+|[东西南北中甲乙丙丁]|[一二三四五六七八九十]+)(?P<unit>号楼|号院|单元|[栋幢座室户号])"
    r"|(?P<door>\d{2,4}[A-Z]?)(?=$|[^0-9A-Z])"
)
DASHED = re.compile(r"(?<![0-9A-Z-])(\d{1,3})-(\d{1,2})-(\d{2,4})(?![0-9A-Z-])")
HAN = re.compile(r"[㐀-鿿豈-﫿\U00020000-\U0003ffff]")
# What FTS5 keeps in one word; rare characters of names come from the range for private use.
LETTERS = re.compile(r"(?:[^\W_]|[\ue000-\uf8ff])+")


def plain(text: str) -> str:
    """Half-width, upper case, without spaces: how names and addresses are compared."""
    return re.sub(r"[\s·•]", "", unicodedata.normalize("NFKC", text)).upper()


@lru_cache(maxsize=20_000)
def _initial(char: str) -> str:
    found = pinyin(char, style=Style.FIRST_LETTER, errors="ignore")
    return found[0][0][:1].lower() if found else char.lower() if char.isascii() else ""


def initials(name: str) -> str:
    """The first letters of a name's syllables: wxy for 王秀英."""
    first = SURNAMES.get(name[:1]) or _initial(name[:1]) if name else ""
    return first + "".join(_initial(char) for char in name[1:])


def _runs(text: str) -> Iterator[str]:
    """Every run of two or more letters."""
    for start in range(len(text) - 1):
        for end in range(start + 2, len(text) + 1):
            yield text[start:end]


def pairs(text: str) -> list[str]:
    """Every two letters that stand together."""
    return ["".join(pair) for run in LETTERS.findall(text) for pair in pairwise(run)]


@lru_cache(maxsize=4096)
def name_terms(name: str) -> tuple[str, ...]:
    """The characters of a name, its pairs and the runs of its pinyin initials."""
    return (*name, *pairs(name), *_runs(initials(name)[:8]))


def threes(text: str) -> list[str]:
    """Every three letters that stand together."""
    return [run[at : at + 3] for run in LETTERS.findall(text) for at in range(len(run) - 2)]


@lru_cache(maxsize=4096)  # a household has one address
def place_terms(address: str) -> tuple[str, ...]:
    """The terms of an address as it was typed."""
    address = plain(address)
    parts, names = address_parts(address)
    twos = [pair for name in names for pair in pairs(name)]
    # Of the whole address, not name by name: so a piece meets a three wherever it met the pairs.
    longer = [three for three in threes(address) if three[:2] in twos and three[1:] in twos]
    return (
        *parts,
        *(_together(*two) for two in combinations(dict.fromkeys(parts), 2)),
        *(f"~{piece}" for piece in (*twos, *longer)),
    )


def piece_terms(parts: Iterable[str], names: Iterable[str]) -> list[str]:
    """The fewest terms that whoever lives at a piece of an address has, given its parts."""
    once = [*dict.fromkeys(parts)]
    together = [_together(one, once[-1]) for one in once[:-1]]  # the last, a door, is rarest
    pieces = [f"~{piece}" for name in names for piece in threes(name) or pairs(name)]
    return (together or once) + pieces


def _together(one: str, other: str) -> str:
    """The term of two numbered parts, in whatever order they were said."""
    return "".join(sorted((one, other)))


def address_parts(address: str) -> tuple[list[str], list[str]]:
    """(numbered parts, names between them) of an address or of a piece of one."""
    parts, names, rest = [], [], 0
    address = DASHED.sub(r"\1栋\2单元\3室", address)
    for found in NUMBERED.finditer(address):
        names.append(address[rest : found.start()])
        rest = found.end()
        unit = UNITS[found["unit"]] if found["unit"] else ""
        parts.append(f"@{(found['number'] or found['door']).lstrip('0')}{unit}")
    return parts, [name for name in (*names, address[rest:]) if name]


def phone_term(phone: str, blind: Blind) -> str:
    """The term of a phone's last four digits."""
    return f"p{blind(f'phone:{phone[-4:]}')[:10]}"


def id_terms(id_number: str, blind: Blind) -> list[str]:
    """The terms of an ID number's last four and last six characters."""
    return [f"i{blind(f'id:{id_number[-tail:]}')[:10]}" for tail in (4, 6)]


def area_terms(place: int) -> list[str]:
    """The terms of the areas a place lies in: district, sub-district, community, grid."""
    code = f"{place:015d}"
    return [f"a{code[:width]}" for width in (6, 9, 12, 15) if int(code[width - 3 : width])]


def terms_of(
    *, name: str, address: str, place: int, phones: Iterable[str], id_number: str, blind: Blind
) -> str:
    """All terms of a person, each once, separated by spaces."""
    terms = [*name_terms(plain(name)), *place_terms(address), *area_terms(place)]
    terms += [phone_term(phone, blind) for phone in phones if len(phone) >= 4]
    if len(id_number) >= 6:
        terms += id_terms(id_number, blind)
    return " ".join(dict.fromkeys(terms))


@dataclass(frozen=True)
class Reading:
    """One way to understand a word: all these terms, and pieces that the columns must hold."""

    terms: tuple[str, ...] = ()
    name: str = ""  # must be part of the name
    address: tuple[str, ...] = ()  # must each be part of the address


@dataclass(frozen=True)
class Question:
    """A clerk's line, understood. Words are joined by "and", the readings of a word by "or"."""

    words: tuple[tuple[Reading, ...], ...] = ()
    tags: tuple[str, ...] = ()
    id_number: str = ""
    phone: str = ""
    unread: tuple[str, ...] = field(default=())  # what no reading fits; shown to the clerk


def understood(line: str, *, blind: Blind, tags: dict[str, str]) -> Question:
    """Read the line; `tags` maps what a clerk may type (a name, a nickname, a code) to the code."""
    words: list[tuple[Reading, ...]] = []
    found_tags: list[str] = []
    whole: dict[str, str] = {}
    unread: list[str] = []
    for word in unicodedata.normalize("NFKC", line).split():
        bare = word.lstrip("#")
        if bare in tags:
            found_tags.append(tags[bare])
        elif kind := _whole_number(plain(word)):
            whole[kind] = plain(word)
        elif readings := _readings(plain(word), blind):
            words.append(readings)
        else:
            unread.append(word)
    return Question(
        tuple(words), tuple(dict.fromkeys(found_tags)), whole.get("id", ""),
        whole.get("phone", ""), tuple(unread),
    )  # fmt: skip


def _whole_number(word: str) -> str:
    if re.fullmatch(r"\d{17}[0-9X]", word):
        return "id"
    return "phone" if re.fullmatch(r"1\d{10}|0\d{9,11}", word) else ""


def _readings(word: str, blind: Blind) -> tuple[Reading, ...]:
    """Every way in which the word makes sense; a number may be a tail or a door."""
    readings = []
    if re.fullmatch(r"\d{4}|\d{3}X", word):
        readings += [Reading((phone_term(word, blind),)), Reading((id_terms(word, blind)[0],))]
    if re.fullmatch(r"\d{6}|\d{5}X", word):
        readings.append(Reading((id_terms(word, blind)[1],)))
    if re.fullmatch(r"[A-Z]{2,8}", word):
        readings.append(Reading((word.lower(),)))
    if HAN.search(word) and not re.search(r"\d", word):
        exact = len(word) > 2 or not LETTERS.fullmatch(word)
        terms = pairs(word) or HAN.findall(word)
        readings.append(Reading(tuple(terms), name=word if exact else ""))
    if len(word) > 1:
        parts, between = address_parts(word)
        names = [name for text in between for name in LETTERS.findall(text)]
        if terms := piece_terms(parts, names):
            longer = tuple(name for name in names if len(name) != 2)
            readings.append(Reading(tuple(terms), address=longer))
    return tuple(readings)

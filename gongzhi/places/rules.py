"""How places are written down: paths and numbers of areas, codes of dwellings and components."""

import re
from dataclasses import dataclass

GRID_CODE = re.compile(r"(?P<community>\d{12})-(?P<number>\d{2,3})")
AREA_CODE = re.compile(r"(?P<division>\d{12})(?:-(?P<grid>\d{2,3}))?")
COMPONENT_CODE = re.compile(r"(?P<county>\d{6})(?P<kind>\d{2})(?P<item>\d{3})(?P<number>\d{5})")
# Digits of a place number that an area leaves open below itself, widest first; see `span`.
WIDTHS = (13, 11, 9, 6, 3)


def path_under(parent_path: str, code: str) -> str:
    """The path of the area `code` below an area with `parent_path` ("" for a root).

    A path starts and ends with "/", so "begins with" never confuses …001 with …0011.
    """
    if not code or "/" in code:
        raise ValueError(f"not an area code: {code!r}")
    return f"{parent_path or '/'}{code}/"


def path_above(path: str) -> str:
    """The path of the area right above the one with that path; "" above a root."""
    above = path.rstrip("/").rpartition("/")[0]
    return f"{above}/" if above else ""


def codes_on(path: str) -> list[str]:
    """The codes from the root down to the area itself."""
    return [code for code in path.split("/") if code]


def grid_code(community_code: str, number: int) -> str:
    """The code of a community's grid: the community's twelve digits and a running number."""
    return f"{community_code}-{number:02d}"


def community_of(code: str) -> str | None:
    """The community's code when `code` is a grid's, else None."""
    found = GRID_CODE.fullmatch(code)
    return found["community"] if found else None


def place_number(code: str) -> int | None:
    """The area's code as one number of 15 digits: the 12 of the division and 3 of the grid.

    The numbers of everything below an area lie in one span, so "in this sub-district" is a range
    of an index on both databases. None when the code is none of ours.
    """
    found = AREA_CODE.fullmatch(code)
    return int(found["division"]) * 1000 + int(found["grid"] or 0) if found else None


def span(number: int) -> tuple[int, int]:
    """The place numbers of an area and of everything below it, first and last, both included."""
    for width in WIDTHS:
        if number % 10**width == 0:
            return number, number + 10**width - 1
    return number, number


def dwelling_code(community: int, stairwell: int, name: str) -> str:
    """A standard address code of 26 characters for a dwelling that came without one.

    Community 12, the stairwell's running number 8, the number on the door 6; it stays when names
    of estates or buildings change.
    """
    door = re.sub(r"[^0-9A-Z]", "", name.upper())[-6:]
    return f"{community // 1000:012d}{stairwell:08d}{door:0>6}"


@dataclass(frozen=True)
class ComponentCode:
    """What the 16 characters of a component's code (GB/T 30428) say."""

    county: str
    kind: str  # 01 to 05, see words.ComponentClass
    item: str  # 001–079 of the standard, 080–999 local
    number: int

    @property
    def is_local(self) -> bool:
        """Whether the item is one the city added itself."""
        return int(self.item) >= 80


def component_code(text: str) -> ComponentCode:
    """A component's code taken apart. ValueError when it is none."""
    found = COMPONENT_CODE.fullmatch(text.strip())
    if not found or found["kind"] not in {"01", "02", "03", "04", "05"} or found["item"] == "000":
        raise ValueError(f"not a component code: {text!r}")
    return ComponentCode(found["county"], found["kind"], found["item"], int(found["number"]))

"""How the area tree is written down: the path of an area and the code of a grid."""

import re

GRID_CODE = re.compile(r"(?P<community>\d{12})-(?P<number>\d{2,3})")


def path_under(parent_path: str, code: str) -> str:
    """The path of the area `code` below an area with `parent_path` ("" for a root).

    A path starts and ends with "/", so "begins with" never confuses …001 with …0011.
    """
    if not code or "/" in code:
        raise ValueError(f"not an area code: {code!r}")
    return f"{parent_path or '/'}{code}/"


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

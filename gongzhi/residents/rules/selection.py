"""What was chosen on the map: a drawn piece, whole grids, whole estates; joined by "or"."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from gongzhi.kernel.numbers import whole

MOST = 60  # grids or estates at once
LONGEST = 4000  # characters of a drawn piece


@dataclass(frozen=True)
class Selection:
    """As an address carries it; nothing in it was checked yet."""

    draw: str = ""
    grids: tuple[str, ...] = ()  # codes
    estates: tuple[int, ...] = field(default_factory=tuple)  # keys

    def __bool__(self) -> bool:
        """Whether anything was chosen."""
        return bool(self.draw or self.grids or self.estates)

    def params(self) -> dict[str, str]:
        """Its part of an address; what was not chosen is left out."""
        said = {
            "draw": self.draw,
            "grid": ",".join(self.grids),
            "estate": ",".join(map(str, self.estates)),
        }
        return {key: value for key, value in said.items() if value}


EVERYWHERE = Selection()  # nothing chosen narrows nothing


def read(query: Mapping[str, str]) -> Selection:
    """From an address whose values are joined by commas; what makes no sense is left out."""
    return Selection(
        query.get("draw", "").strip()[:LONGEST],
        _first_of(code[:20] for code in query.get("grid", "").split(",")),
        tuple(
            pk for pk in map(whole, _first_of(query.get("estate", "").split(","))) if pk is not None
        ),
    )


def _first_of(texts: Iterable[str]) -> tuple[str, ...]:
    kept = dict.fromkeys(text.strip() for text in texts)
    kept.pop("", None)
    return tuple(kept)[:MOST]

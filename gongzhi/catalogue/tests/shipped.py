"""The catalogue as shipped in config/, read once for all tests that need no database."""

from functools import lru_cache
from pathlib import Path

import yaml

from gongzhi.catalogue.reads import icons
from gongzhi.catalogue.rules import content
from gongzhi.catalogue.rules.scoring import Entry, Scorer

CONFIG = Path(__file__).resolve().parents[3] / "config"


def files() -> dict[str, str]:
    """Name → text of the shipped files."""
    paths = [CONFIG / "units.yaml", *sorted((CONFIG / "catalogue").glob("*.yaml"))]
    return {path.name: path.read_text(encoding="utf-8") for path in paths}


@lru_cache(maxsize=1)
def catalogue() -> content.Content:
    """The shipped content."""
    read, faults = content.read(files(), icons())
    assert not faults, faults
    assert read is not None
    return read


@lru_cache(maxsize=1)
def scorer() -> Scorer:
    """The scorer of the shipped content."""
    entries = [
        Entry(
            item.code,
            item.name,
            each.code,
            each.name,
            item.grade,
            (*item.synonyms, *item.hints),
            item.closing,
            item.emergency,
        )
        for each in catalogue().classes
        for item in each.items
    ]
    return Scorer(entries, catalogue().signs)


@lru_cache(maxsize=1)
def phrases() -> dict[str, dict[str, object]]:
    """Item code → what residents say, and how it was handled, for the demo."""
    found: dict[str, dict[str, object]] = {}
    for path in sorted((CONFIG / "catalogue" / "phrases").glob("*.yaml")):
        found.update(yaml.safe_load(path.read_text(encoding="utf-8")))
    return found

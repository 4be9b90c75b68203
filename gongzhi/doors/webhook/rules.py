"""What a web hook may not carry, and when two sightings are one: no Django, no database, no clock.

Cameras may report objects (a blocked fire lane, rubbish, a large dog off its leash). Who somebody
is stays outside: a message that carries biometric data is refused as a whole, whatever else it says
(个人信息保护法 26、28 条).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

# Beginnings of words that the name of a field may not have: faceId, FACEID, face_img, bioFacial.
_BIOMETRIC = (
    "face", "facial", "biometr", "iris", "retina", "fingerprint", "palm", "gait", "voiceprint",
    "eigenface", "idcard", "personid", "dna", "vein",
)  # fmt: skip
_HARMLESS = frozenset({"facet", "facets", "palmtop"})
_PAIRS = frozenset({
    ("finger", "print"), ("voice", "print"), ("feature", "vector"), ("person", "id"),
    ("person", "feature"), ("body", "feature"), ("id", "card"),
})  # fmt: skip
_CHINESE = re.compile(
    "人脸|面部|面容|虹膜|视网膜|指纹|掌纹|掌静脉|指静脉|声纹|步态|基因|生物特征|身份证|特征值"
)
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def biometric_field(said: Any) -> str:
    """The name of a field that says who somebody is; empty when there is none."""
    return next((name for name in _names(said) if _is_biometric(name)), "")


def _names(said: Any) -> Iterator[str]:
    """Every field's name at whatever depth."""
    waiting = [said]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Mapping):
            yield from map(str, value)
            waiting.extend(value.values())
        elif isinstance(value, Sequence) and not isinstance(value, str):
            waiting.extend(value)


def _is_biometric(name: str) -> bool:
    if _CHINESE.search(name):
        return True
    words = [word.lower() for word in _WORDS.findall(name)]
    if any(word.startswith(_BIOMETRIC) and word not in _HARMLESS for word in words):
        return True
    return not _PAIRS.isdisjoint(pairwise(words))


def is_same_sighting(
    seen_at: datetime, first_at: datetime, last_at: datetime, window: timedelta
) -> bool:
    """Whether something seen then belongs to what was seen from `first_at` to `last_at`."""
    return first_at - window <= seen_at <= last_at + window

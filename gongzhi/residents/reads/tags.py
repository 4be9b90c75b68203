"""The tags there are, as the configuration says, and why somebody has one."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from pathlib import Path

import yaml
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Count, Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.places.models import Area
from gongzhi.residents.models import Resident, Tag
from gongzhi.residents.models.reach import meeting, spans_of
from gongzhi.residents.rules import tags as rules
from gongzhi.residents.rules.tags import FactHeld, Someone, TagKind
from gongzhi.residents.words import FactKind, LifeState, TagOrigin

FILE = "tags.yaml"


def kinds() -> dict[str, TagKind]:
    """The tags of config/tags.yaml by code, in the order of the file; read anew when it changes.

    ImproperlyConfigured names every fault of the file.
    """
    path = Path(settings.CONFIG_DIR) / FILE
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _read(path: Path, _changed_at: int) -> dict[str, TagKind]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"{path.name}: {error}") from error
    found = rules.read(content, facts=FactKind.values)
    if found.faults:
        raise ImproperlyConfigured(f"{path.name}: " + " ".join(found.faults))
    return found.kinds


def names() -> dict[str, str]:
    """What a clerk may type for a tag → its code."""
    return {
        said: kind.code for kind in kinds().values() for said in (kind.name, kind.code, *kind.says)
    }


def name_of(code: str) -> str:
    """The tag's name; its code when the file no longer knows it."""
    kind = kinds().get(code)
    return kind.name if kind else code


def reason_of(tag: Tag, *, today: date | None = None) -> str:
    """Why somebody has the tag, as a sentence for them and for staff."""
    if tag.origin == TagOrigin.MANUAL:
        return tag.note or _("由工作人员添加")
    kind = kinds().get(tag.code)
    if kind is None:
        return _("规则已停用，下次计算时移除")
    labels = {value: str(label) for value, label in FactKind.choices}
    return rules.reason(kind, tag.basis, labels, today or localdate())


def someone(resident: Resident) -> Someone:
    """What rules may know of a person on record."""
    facts = tuple(
        FactHeld(f.kind, f.grade, f.since, f.until) for f in resident.facts.order_by("kind")
    )
    if resident.home_id is None:
        return Someone(resident.born, facts)
    born = list(
        Resident.objects.filter(home=resident.home_id, state=LifeState.PRESENT).values_list(
            "born", flat=True
        )
    )
    known = [day for day in born if day is not None]
    youngest = max(known) if known and len(known) == len(born) else None
    return Someone(resident.born, facts, len(born), youngest)


def counts(person: Person, *, area: Area | None = None) -> dict[str, int]:
    """How many people have each tag, where the person may look (and in the area)."""
    spans = spans_of(person, Can.SEE_REGISTER)
    if area is not None:
        spans = meeting(spans, area.span)
    return counts_within(spans)


def counts_within(spans: Iterable[tuple[int, int]]) -> dict[str, int]:
    """How many people have each tag in these spans of place numbers.

    Every tag is named, so that each is a stretch of the index by tag and place.
    """
    held = Q(pk__in=[])
    for first, last in spans:
        held |= Q(place__gte=first, place__lte=last)
    named = Tag.objects.filter(held, code__in=sorted(kinds()))
    rows = named.values_list("code").annotate(n=Count("pk"))
    return dict(rows.order_by("code"))

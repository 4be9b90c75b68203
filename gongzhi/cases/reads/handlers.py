"""To whom a case can be given, how much each has in hand, and who is the obvious one."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count
from django.utils.translation import gettext as _

from gongzhi.access.models import Person, Post, Unit
from gongzhi.access.roles import Role
from gongzhi.cases.models import Case
from gongzhi.cases.reads.figures import median_handling
from gongzhi.cases.reads.lists import DOING
from gongzhi.catalogue.models import Item
from gongzhi.catalogue.words import Tier
from gongzhi.places.models import Area
from gongzhi.places.words import Level

LOOK_BACK = timedelta(days=180)


@dataclass(frozen=True)
class Choice:
    """Somebody who can be given a case; `value` is "p:<person>" or "u:<unit>" as forms carry it."""

    value: str
    name: str
    what: str  # the post, or where the unit is
    load: int  # open cases in hand
    kind: str = ""  # of a unit
    depth: int = 0  # of the area; the deeper, the nearer


@dataclass(frozen=True)
class Group:
    """Choices of one sort, e.g. the units of the sub-district."""

    label: str
    choices: list[Choice]


def groups_for(case: Case) -> list[Group]:
    """Everybody the case can be given to, nearest first; five queries whatever their number."""
    chain = case.area.chain
    people, units = _people(chain), _units(case)
    groups = [Group(_("网格员与社区工作者"), people)] if people else []
    names = {
        Level.GRID: _("网格的单位"),
        Level.COMMUNITY: _("社区的单位"),
        Level.TOWNSHIP: _("街道的单位"),
        Level.DISTRICT: _("区级单位"),
    }
    for level, label in names.items():
        if at_level := [choice for lvl, choice in units if lvl == level]:
            groups.append(Group(label, at_level))
    return groups


def obvious(groups: list[Group], item: Item | None) -> Choice | None:
    """Whom the catalogue points to: the grid worker of the grid for a matter of the grid's tier,
    else the nearest unit of the leading kind; None when nobody fits and a person must choose.
    """
    choices = [choice for group in groups for choice in group.choices]
    people = [c for c in choices if c.value.startswith("p:")]
    if item is None:
        return None
    if item.tier == Tier.GRID or item.lead == "grid":
        return max(people, key=lambda c: (c.depth, -c.load), default=None)
    units = [c for c in choices if c.kind == item.lead]
    return max(units, key=lambda c: (c.depth, -c.load), default=None)


def chosen(value: str) -> Person | Unit | None:
    """ "p:12" is a person, "u:5" a unit; None when there is nobody of that kind any more."""
    kind, _colon, pk = value.partition(":")
    if not (pk.isascii() and pk.isdecimal() and len(pk) < 12):
        return None
    if kind == "p":
        return Person.objects.filter(pk=pk, is_active=True).first()
    return Unit.objects.select_related("area").filter(pk=pk).first() if kind == "u" else None


def usual_time(item: Item | None, *, at: datetime) -> timedelta | None:
    """The median time from dispatch to handling of this item in half a year; None without any."""
    if item is None:
        return None
    same = Case.objects.filter(item__code=item.code, handled_at__gte=at - LOOK_BACK)
    return median_handling(same, most=300)


def _people(chain: list[Area]) -> list[Choice]:
    posts = Post.objects.filter(
        area__in=[area.pk for area in chain],
        role__in=(Role.GRID_WORKER, Role.COMMUNITY_WORKER),
        person__is_active=True,
    ).select_related("person", "area")
    posts = posts.defer("person__phone", "person__password", "area__polygon")
    load = _load("handler", [post.person_id for post in posts])
    found = [
        Choice(
            value=f"p:{post.person_id}",
            name=post.person.name,
            what=f"{post.area.name} {Role(post.role).label}",
            load=load[post.person_id],
            depth=len(post.area.path),
        )
        for post in posts
    ]
    return sorted({c.value: c for c in found}.values(), key=lambda c: (-c.depth, c.load, c.value))


def _units(case: Case) -> list[tuple[str, Choice]]:
    """Units of the areas that hold the case; of everything below while it is not placed."""
    chain = [area.pk for area in case.area.chain]
    units = Unit.objects.filter(area__in=chain).select_related("area").defer("area__polygon")
    if case.area.level not in (Level.GRID, Level.COMMUNITY):
        below = Unit.objects.filter(area__path__startswith=case.area.path)
        units = units | below.select_related("area").defer("area__polygon")
    load = _load("unit", [unit.pk for unit in units])
    found = [
        (
            unit.area.level,
            Choice(
                value=f"u:{unit.pk}",
                name=unit.name,
                what=unit.area.name,
                load=load[unit.pk],
                kind=unit.kind,
                depth=len(unit.area.path),
            ),
        )
        for unit in units
    ]
    return sorted(found, key=lambda pair: (-pair[1].depth, pair[1].name))


def _load(field: str, ids: list[int]) -> Counter[int]:
    """Open cases in hand of each; counted by the database."""
    rows = Case.objects.filter(**{f"{field}__in": ids, "status__in": DOING}).values_list(field)
    return Counter(dict(rows.annotate(n=Count("pk"))))

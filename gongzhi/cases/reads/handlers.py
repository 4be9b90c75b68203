"""To whom a case can be given, how much each has in hand, and who is the obvious one."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from gongzhi.access.models import Person, Post, Unit
from gongzhi.access.roles import Role
from gongzhi.cases.models import Case
from gongzhi.cases.reads.figures import median_handling
from gongzhi.cases.reads.lists import DOING
from gongzhi.catalogue.models import Item
from gongzhi.catalogue.words import Tier
from gongzhi.kernel.numbers import whole
from gongzhi.places.models import Area
from gongzhi.places.words import Level

REMEMBERED = 600  # seconds a usual time may be old
LOOK_BACK = timedelta(days=180)
BY_PLACE = (Role.GRID_WORKER, Role.COMMUNITY_WORKER)  # given a case for the place they hold


@dataclass(frozen=True)
class Choice:
    """Somebody who can be given a case; `value` is "p:<person>" or "u:<unit>" as forms carry it."""

    value: str
    name: str
    what: str  # the post, or where the unit is
    load: int  # open cases in hand
    late: int = 0  # those of them that are past their time
    kind: str = ""  # of a unit
    depth: int = 0  # of the area; the deeper, the nearer
    members: tuple["Member", ...] = ()  # of a unit, the busiest first

    @property
    def each(self) -> float | None:
        """Open cases per person of a unit, to one digit; None for a person or an empty unit."""
        return round(self.load / len(self.members), 1) if self.members else None

    @property
    def label(self) -> str:
        """Name and post, or unit and area, as a select offers it."""
        return f"{self.name} · {self.what}"

    @property
    def who(self) -> str:
        """The post or area, and of a unit what each of its people has in hand."""
        people = [f"{m.name} {m.load}{_late_of(m)}" for m in self.members]
        return self.what + ("：" if people else "") + "、".join(people)

    @property
    def in_hand(self) -> str:
        """The three figures in words; put together here, as a page shows fifty of them twice."""
        said = _("在办 %(n)s") % {"n": self.load}
        if self.late:
            said += _("，逾期 %(n)s") % {"n": self.late}
        return said if self.each is None else said + _("，人均 %(n)s") % {"n": self.each}


@dataclass(frozen=True)
class Member:
    """Somebody of a unit and what they have in hand themselves."""

    name: str
    load: int
    late: int


def _late_of(member: Member) -> str:
    return _("（逾期 %(n)s）") % {"n": member.late} if member.late else ""


@dataclass(frozen=True)
class Group:
    """Choices of one sort, e.g. the units of the sub-district."""

    label: str
    choices: list[Choice]


def units_about(case: Case) -> list[Unit]:
    """Units of the areas that hold the case, nearest first."""
    chain = [area.pk for area in case.area.chain]
    units = Unit.objects.filter(area__in=chain).select_related("area").defer("area__polygon")
    return sorted(units, key=lambda unit: (-len(unit.area.path), unit.name))


def groups_for(
    case: Case,
    *,
    at: datetime,
    item: Item | None = None,
    units: Sequence[Unit] | None = None,
) -> list[Group]:
    """Everybody the case can be given to, with what they have in hand.

    Nearest first; among the near the kind that leads in the item, then who has least in hand. Four
    queries whatever their number, three when `units`, those `units_about` the case, are at hand.
    """
    near = _near(case, units or units_about(case))
    posts = _posts(case.area.chain, near)
    busy, of_units = _busy({post.person_id for post in posts}, {unit.pk for unit in near}, at)
    people = _people(posts, busy)
    offered = _units(near, of_units, _members(posts, busy), item)
    groups = [Group(_("网格员与社区工作者"), people)] if people else []
    names = {
        Level.GRID: _("网格的单位"),
        Level.COMMUNITY: _("社区的单位"),
        Level.TOWNSHIP: _("街道的单位"),
        Level.DISTRICT: _("区级单位"),
    }
    for level, label in names.items():
        if at_level := [choice for lvl, choice in offered if lvl == level]:
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
    kind, _colon, key = value.partition(":")
    pk = whole(key)
    if pk is None:
        return None
    if kind == "p":
        return Person.objects.filter(pk=pk, is_active=True).first()
    return Unit.objects.select_related("area").filter(pk=pk).first() if kind == "u" else None


def usual_time(item: Item | None, *, at: datetime) -> timedelta | None:
    """The median time from dispatch to handling of this item in half a year; None without any.

    Of the newest that ended; remembered for some minutes, since every dispatch asks for it.
    """
    if item is None:
        return None
    key = f"usual:{item.code}:{at:%y%m%d}"
    known: timedelta | int | None = cache.get(key)
    if known is None:
        # Each edition of the catalogue has a row of its own for it.
        editions = Item.objects.filter(code=item.code).values_list("pk", flat=True)
        same = Case.objects.filter(item__in=list(editions), ended_at__gte=at - LOOK_BACK)
        known = median_handling(same, most=300) or 0
        cache.set(key, known, REMEMBERED)
    return known if isinstance(known, timedelta) else None


def _posts(chain: list[Area], units: Sequence[Unit]) -> list[Post]:
    """Who walks or looks after these areas, and who belongs to these units."""
    near = Q(area__in=[area.pk for area in chain], role__in=BY_PLACE)
    of_units = Q(unit__in=[unit.pk for unit in units], role=Role.UNIT_STAFF)
    posts = Post.objects.filter(near | of_units, person__is_active=True)
    posts = posts.select_related("person", "area").order_by("pk")
    return list(posts.defer("person__phone", "person__password", "area__polygon"))


def _people(posts: Sequence[Post], busy: "dict[int, _Busy]") -> list[Choice]:
    found = [
        Choice(
            value=f"p:{post.person_id}",
            name=post.person.name,
            what=f"{post.area.name} {Role(post.role).label}",
            load=busy[post.person_id].load,
            late=busy[post.person_id].late,
            depth=len(post.area.path),
        )
        for post in posts
        if post.role in BY_PLACE
    ]
    return sorted({c.value: c for c in found}.values(), key=lambda c: (-c.depth, c.load, c.value))


def _near(case: Case, about: Sequence[Unit]) -> list[Unit]:
    """Units of the areas that hold the case; of everything below while it is not placed."""
    units = {unit.pk: unit for unit in about}
    if case.area.level not in (Level.GRID, Level.COMMUNITY):
        below = Unit.objects.filter(area__path__startswith=case.area.path)
        units |= {u.pk: u for u in below.select_related("area").defer("area__polygon")}
    return list(units.values())


def _units(
    units: Sequence[Unit],
    busy: "dict[int, _Busy]",
    members: dict[int, list[Member]],
    item: Item | None,
) -> list[tuple[str, Choice]]:
    found = [
        (
            unit.area.level,
            Choice(
                value=f"u:{unit.pk}",
                name=unit.name,
                what=unit.area.name,
                load=busy[unit.pk].load,
                late=busy[unit.pk].late,
                kind=unit.kind,
                depth=len(unit.area.path),
                members=tuple(members[unit.pk]),
            ),
        )
        for unit in units
    ]
    lead = item.lead if item else ""
    return sorted(
        found, key=lambda pair: (-pair[1].depth, pair[1].kind != lead, pair[1].load, pair[1].name)
    )


def _members(posts: Sequence[Post], busy: "dict[int, _Busy]") -> dict[int, list[Member]]:
    """Unit → its people; what somebody has in hand counts whoever gave it to them."""
    people = {
        (post.unit_id or 0, post.person_id): post.person.name
        for post in posts
        if post.role == Role.UNIT_STAFF
    }
    found: dict[int, list[Member]] = defaultdict(list)
    for (unit, person), name in people.items():
        found[unit].append(Member(name, busy[person].load, busy[person].late))
    for some in found.values():
        some.sort(key=lambda member: (-member.load, member.name))
    return found


@dataclass
class _Busy:
    load: int = 0
    late: int = 0

    def add(self, load: int, late: int) -> None:
        self.load += load
        self.late += late


def _busy(
    people: Collection[int], units: Collection[int], at: datetime
) -> tuple[dict[int, _Busy], dict[int, _Busy]]:
    """Open cases in hand of each person and of each unit, and those past their time; one query."""
    doing = Case.objects.filter(status__in=DOING).order_by()
    counted = (
        doing.filter(Q(handler__in=people) | Q(unit__in=units))
        .values_list("handler", "unit")
        .annotate(n=Count("pk"), late=Count("pk", filter=Q(due_at__lt=at)))
    )
    of_people: dict[int, _Busy] = defaultdict(_Busy)
    of_units: dict[int, _Busy] = defaultdict(_Busy)
    for person, unit, load, late in counted:
        if person:
            of_people[person].add(load, late)
        if unit:
            of_units[unit].add(load, late)
    return of_people, of_units

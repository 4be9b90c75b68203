"""May this person do this here? Asked by every verb before it changes anything."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.utils.translation import gettext as _

from gongzhi.access.models import Person
from gongzhi.access.roles import ALLOWED, Can, Role
from gongzhi.kernel.refusals import NotAllowed
from gongzhi.places.models import Area


def scope(person: Person, can: Can) -> list[str]:
    """The area paths under which the person may do it; empty when nowhere."""
    return sorted({post.area.path for post in person.held if can in ALLOWED[Role(post.role)]})


def inside(person: Person, can: Can, path: str = "area__path") -> Q:
    """Rows that lie where the person may do it, by the field of their area's path; else none."""
    found = Q(pk__in=[])
    for prefix in scope(person, can):
        found |= Q(**{f"{path}__startswith": prefix})
    return found


def may(person: Person, can: Can, *, within: Area | None) -> bool:
    """Whether the person may do it there; `within=None` asks whether they may anywhere."""
    if not person.is_active:
        return False
    paths = scope(person, can)
    if within is None:
        return bool(paths)
    return any(within.path.startswith(path) for path in paths)


def able(person: Person, *, within: Area | None) -> frozenset[Can]:
    """Everything that `may` grants the person there, or anywhere for `within=None`."""
    posts = person.held if person.is_active else []
    there = [p for p in posts if within is None or within.path.startswith(p.area.path)]
    return frozenset().union(*(ALLOWED[Role(post.role)] for post in there))


def require(person: Person, can: Can, *, within: Area | None) -> None:
    """NotAllowed unless the person may do it there."""
    if not may(person, can, within=within):
        raise NotAllowed(_("您的岗位没有“%(what)s”的权限。") % {"what": can.label})


def person_or_none(user: Person | AnonymousUser | None) -> Person | None:
    """The signed-in person behind request.user, if there is one."""
    return user if isinstance(user, Person) else None

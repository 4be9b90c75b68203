"""Who looks after what, as other packages ask for it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from gongzhi.access.checks import inside
from gongzhi.access.models import Person, Post
from gongzhi.access.roles import Can, Role
from gongzhi.places.models import Area

INDENT = "\u3000"  # a full-width space: what a select shows of a tree


@dataclass(frozen=True)
class AreaChoice:
    """An area in the order of the tree; `label` is indented below its parent."""

    code: str
    name: str
    label: str
    level: str
    path: str


def area_choices(person: Person, can: Can) -> list[AreaChoice]:
    """The areas where the person may do it, as a tree from the top; one query."""
    within = Area.objects.filter(inside(person, can, "path"))
    rows = within.order_by("path").values_list("code", "name", "level", "path")
    top = min((path.count("/") for *_, path in rows), default=0)
    return [
        AreaChoice(code, name, INDENT * (path.count("/") - top) + name, level, path)
        for code, name, level, path in rows
    ]


def with_posts(pks: Collection[int]) -> Mapping[int | None, Person]:
    """These people with the posts they hold; one query, two where somebody holds none."""
    posts = Post.objects.filter(person__in=pks).select_related("person", "area", "unit")
    found: dict[int | None, Person] = {}
    for post in posts.defer("person__phone", "person__password", "area__polygon").order_by("pk"):
        post.person = found.setdefault(post.person_id, post.person)
        post.person.__dict__.setdefault("held", []).append(post)
    if others := set(pks) - found.keys():
        for person in Person.objects.filter(pk__in=others).defer("phone", "password"):
            person.held = []
            found[person.pk] = person
    return found


def grid_workers_of(area: Area) -> list[Person]:
    """The grid workers posted to exactly this area, in the order they came."""
    posted = Person.objects.filter(
        posts__role=Role.GRID_WORKER, posts__area=area, is_active=True
    ).distinct()
    return list(posted.order_by("pk"))

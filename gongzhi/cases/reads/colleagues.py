"""Colleagues of a case: who can be told of it by name."""

from django.db.models import Q

from gongzhi.access.models import Person, Post
from gongzhi.access.roles import STAFF
from gongzhi.cases.models import Case


def colleagues_of(case: Case) -> list[Person]:
    """Staff of the areas above the case and of the units that work on it, by name; one query."""
    units = [case.unit_id, *(assist.unit_id for assist in case.assists.all())]
    near = Q(area__in=[area.pk for area in case.area.chain], unit__isnull=True) | Q(unit__in=units)
    posts = Post.objects.filter(near, role__in=STAFF, person__is_active=True)
    if case.complained_of_id:
        posts = posts.exclude(person__posts__unit=case.complained_of_id)
    people = Person.objects.filter(pk__in=posts.values("person"))
    return list(people.defer("phone", "password").order_by("name", "pk"))


def can_see(person: Person, case: Case) -> bool:
    """Whether the case is in the person's view."""
    return Case.objects.visible_to(person).filter(pk=case.pk).exists()

"""Reports that are there more than once, as no phone that sends again may bring about."""

from django.db.models import Count

from gongzhi.cases.models import Case


def reported_twice() -> int:
    """How many keys of one reporter lead to more than one case; the table forbids it, look anyway:
    a table restored by hand may have lost its constraint.
    """
    alike = Case.objects.values("reporter_ref", "key").annotate(n=Count("pk")).filter(n__gt=1)
    return alike.count()

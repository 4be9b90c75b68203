"""A stairwell with two homes, and rows of two people who live there."""

import pytest

from gongzhi.places.models import Building, Collection, Dwelling, Estate, Stairwell
from gongzhi.places.words import Purpose, Source
from gongzhi.residents import actions
from gongzhi.residents.models import Resident
from gongzhi.residents.rows import Collected, NewFact, NewPerson

WANG = NewPerson(
    name="王秀英",
    id_number="11010519491231002X",
    phones=("13812346021", "0551-62345678"),
    address="望湖花园3栋2单元501室",
    household="H001",
    role="head",
    facts=(NewFact("party_member"),),
)
LI = NewPerson(name="李四", phones=("13912340000",), address="望湖花园3栋2单元502室")


@pytest.fixture
def home(grid_1, community, NOON):
    """望湖花园3栋2单元501 and 502, in grid_1; gives 502."""
    estate = Estate.objects.create(
        area=community, name="望湖花园", kind="old", lng=117.306, lat=31.792
    )
    building = Building.objects.create(estate=estate, name="3栋", floors=6, lng=117.306, lat=31.792)
    stairwell = Stairwell.objects.create(building=building, name="2单元")
    collection = Collection.objects.create(source="housing", purpose="count", collected_at=NOON)
    for door in ("501", "502"):
        dwelling = Dwelling.objects.create(
            code=f"C{door}",
            stairwell=stairwell,
            name=door,
            address=f"望湖花园3栋2单元{door}室",
            grid=grid_1,
            collection=collection,
        )
    return dwelling


@pytest.fixture
def collected(NOON):
    """A table handed over at NOON."""
    return Collected(Source.TABLE, Purpose.COUNT, NOON, ref="人员.xlsx")


@pytest.fixture
def take(home, sun, collected, NOON):
    """`take(WANG)`: 孙丽 takes the rows of people in."""

    def taken(*rows, by=sun, at=NOON, **kwargs):
        return actions.take_in_people(by=by, rows=rows, collected=collected, at=at, **kwargs)

    return taken


@pytest.fixture
def people(take):
    """王秀英 in 501 and 李四 in 502."""
    take(WANG, LI)
    return Resident.objects.get(name="王秀英"), Resident.objects.get(name="李四")


def codes_of(resident):
    """The tags somebody has."""
    return set(resident.tags.values_list("code", flat=True))

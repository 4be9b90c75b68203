"""The catalogue for other programs: what can be reported, and how long it may take."""

from django.http import HttpRequest
from ninja import Field, Router, Schema

from gongzhi.calendars.words import LimitUnit
from gongzhi.catalogue.models import Edition, Item, ItemClass
from gongzhi.catalogue.words import Grade

router = Router(tags=["catalogue"])


class StageOut(Schema):
    """One step of handling and the time allowed for it."""

    name: str
    limit: int
    unit: LimitUnit = Field(description="h clock hours, wh working hours, wd working days, d days")


class EmergencyOut(Schema):
    """Where to call at once instead of writing."""

    call: str
    notice: str


class ItemOut(Schema):
    """One matter of the catalogue."""

    code: str
    name: str
    grade: Grade
    stages: list[StageOut]
    emergency: EmergencyOut | None


class ClassOut(Schema):
    """A class of matters."""

    code: str
    name: str
    items: list[ItemOut]


class CatalogueOut(Schema):
    """The edition in force; 0 and no classes before one was loaded."""

    edition: int
    classes: list[ClassOut]


@router.get(
    "/catalogue", response=CatalogueOut, summary="What can be reported", url_name="catalogue"
)
def catalogue(request: HttpRequest) -> CatalogueOut:
    """All classes and items of the edition in force."""
    edition = Edition.objects.filter(active=True).first()
    if edition is None:
        return CatalogueOut(edition=0, classes=[])
    items: dict[int, list[ItemOut]] = {}
    for item in Item.objects.filter(edition=edition):
        items.setdefault(item.item_class_id, []).append(ItemOut.from_orm(item))
    return CatalogueOut(
        edition=edition.number,
        classes=[
            ClassOut(code=c.code, name=c.name, items=items.get(c.pk, []))
            for c in ItemClass.objects.filter(edition=edition)
        ],
    )

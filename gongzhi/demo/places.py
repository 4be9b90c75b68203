"""Stores the drawn town: areas and buildings as rows, the base map as a file."""

import json
import os
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import transaction

from gongzhi.demo.town import Town
from gongzhi.places.locate import forget
from gongzhi.places.models import Area, Building, Estate, Stairwell
from gongzhi.places.rules import path_under

Progress = Callable[[int], None]  # told how many rows were written since it was told last
BATCH = 1000


def settle(town: Town, progress: Progress | None = None) -> None:
    """Write the town into an empty database and its map to settings.BASEMAP; all or nothing.

    `progress` is called with numbers that add up to `town.rows`.
    """
    tell = progress or (lambda _rows: None)
    with transaction.atomic():
        areas = _areas(town, tell)
        _estates(town, areas, tell)
    write_basemap(town)
    forget()


def _areas(town: Town, tell: Progress) -> dict[str, Area]:
    """All areas by code; saved one by one, since a child needs its parent's key."""
    areas: dict[str, Area] = {}
    for plan in town.areas:
        parent = areas[plan.parent] if plan.parent else None
        areas[plan.code] = Area.objects.create(
            code=plan.code,
            name=plan.name,
            level=plan.level,
            parent=parent,
            path=path_under(parent.path if parent else "", plan.code),
            polygon=plan.polygon,
            lng=plan.lng,
            lat=plan.lat,
        )
    tell(len(areas))
    return areas


def _estates(town: Town, areas: dict[str, Area], tell: Progress) -> None:
    estates = Estate.objects.bulk_create(
        Estate(area=areas[p.community], name=p.name, kind=p.kind, lng=p.lng, lat=p.lat)
        for p in town.estates
    )
    tell(len(estates))
    planned = [
        (estate, plan)
        for estate, estate_plan in zip(estates, town.estates, strict=True)
        for plan in estate_plan.buildings
    ]
    buildings = Building.objects.bulk_create(
        (
            Building(estate=estate, name=p.name, floors=p.floors, lng=p.lng, lat=p.lat)
            for estate, p in planned
        ),
        batch_size=BATCH,
    )
    tell(len(buildings))
    stairwells = Stairwell.objects.bulk_create(
        (
            Stairwell(building=building, name=name)
            for building, (_, plan) in zip(buildings, planned, strict=True)
            for name in plan.stairwells
        ),
        batch_size=BATCH,
    )
    tell(len(stairwells))


def write_basemap(town: Town) -> None:
    """Write the map beside its place first, so that no reader sees half a file."""
    target = Path(settings.BASEMAP)
    target.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(town.basemap, ensure_ascii=False, separators=(",", ":"))
    unfinished = target.with_name(f".{target.name}.{os.getpid()}")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(target)

"""Where rows came from and what was changed in them: written by every verb of the register."""

from collections.abc import Iterable
from datetime import datetime

from gongzhi.access.models import Person
from gongzhi.places.models import Collection
from gongzhi.residents.models import Change, Fact, Tag
from gongzhi.residents.rows import Collected, NewFact
from gongzhi.residents.words import Subject

BATCH = 1000


def collection_for(by: Person | None, collected: Collected) -> Collection:
    """The act of collecting, to which its rows point."""
    return Collection.objects.create(
        source=collected.source,
        source_ref=collected.ref[:200],
        purpose=collected.purpose,
        collected_by=by,
        collected_at=collected.at,
    )


def changed(
    subject: Subject,
    fields: Iterable[tuple[int, str, object, object]],
    *,
    by: Person | None,
    at: datetime,
    collection: Collection,
) -> None:
    """Keep (row, field, before, after) of each change; both values are sealed."""
    Change.objects.bulk_create(
        (
            Change(
                subject=subject,
                subject_id=pk,
                field=name.removesuffix("_id"),
                before="" if before is None else str(before),
                after="" if after is None else str(after),
                by=by,
                at=at,
                collection=collection,
            )
            for pk, name, before, after in fields
        ),
        batch_size=BATCH,
    )


def said_of(fact: Fact | NewFact) -> str:
    """A fact as the history keeps it: grade;since;until."""
    return f"{fact.grade or ''};{fact.since or ''};{fact.until or ''}"


def told_of(kind: str, other: int) -> str:
    """A relation as the history keeps it, by reference: kind;key of the other."""
    return f"{kind};{other}"


def noted_of(tag: Tag) -> str:
    """A tag by hand as the history keeps it: until;reason."""
    return f"{tag.until or ''};{tag.note}"

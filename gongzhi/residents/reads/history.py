"""What was changed about a person, home, organisation or component, in words.

The past is masked as the page masks the present; a person's own copy shows it whole.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext as _

from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.kernel.sealed import masked_id, masked_phone
from gongzhi.places.models import Area, Component, Dwelling
from gongzhi.residents.models import Change, Organisation, Resident, within_reach
from gongzhi.residents.reads import tags
from gongzhi.residents.words import ABOUT_A_PERSON, FactKind, RelationKind, Subject

HISTORY = 60
MASKS: dict[str, Callable[[str], str]] = {
    "id_number": masked_id, "note": masked_id, "phone": masked_phone, "number": masked_phone,
}  # fmt: skip
Row = type[Resident | Dwelling | Organisation | Component]


@dataclass(frozen=True)
class Before:
    """One field of a row before and after, as it may be shown."""

    change: Change
    label: str
    before: str
    after: str


def history_of(subject: Subject, pk: int, model: Row) -> list[Before]:
    """The changes of a row, newest first; numbers and remarks stay masked."""
    found = Change.objects.filter(subject=subject, subject_id=pk)
    return _told(_newest(found)[:HISTORY], _Words(model, masked=True))


def history_of_person(resident: Resident, viewer: Person) -> list[Before]:
    """What was changed about a person, their phones, facts, tags and relations, masked.

    Whoever the viewer may not know of is left unnamed.
    """
    seen = Resident.objects.filter(within_reach(viewer, Can.SEE_REGISTER))
    return _told(_newest(_about(resident))[:HISTORY], _Words(Resident, masked=True, others=seen))


def own_history(resident: Resident, *, masked: bool) -> list[Before]:
    """The same for the person themselves: everything, and whole in their own copy."""
    everybody = Resident.objects.all()
    return _told(_newest(_about(resident)), _Words(Resident, masked=masked, others=everybody))


def _about(resident: Resident) -> models.QuerySet[Change]:
    return Change.objects.filter(subject__in=ABOUT_A_PERSON, subject_id=resident.pk)


def _newest(found: models.QuerySet[Change]) -> models.QuerySet[Change]:
    return found.select_related("by", "collection").order_by("-pk")


def _told(found: Iterable[Change], words: "_Words") -> list[Before]:
    changes = list(found)
    words.look_up(changes)
    return [
        Before(c, words.label(c), words.value(c, c.before), words.value(c, c.after))
        for c in changes
    ]


class _Words:
    """How fields and values of changes are said; the rows they mention are read at once."""

    def __init__(
        self, model: Row, *, masked: bool, others: models.QuerySet[Resident] | None = None
    ) -> None:
        self.masked, self.others = masked, others
        named = [f for f in model._meta.get_fields() if isinstance(f, models.Field)]
        self.labels = {f.name: str(f.verbose_name) for f in named}
        self.choices = {f.name: {str(k): str(v) for k, v in f.flatchoices} for f in named}
        self.names: dict[tuple[str, str], str] = {}

    def look_up(self, changes: Sequence[Change]) -> None:
        """Read the names of grids, homes and people that the changes mention."""
        said = {(c.field, v) for c in changes for v in (c.before, c.after) if v}
        grids = [int(v) for field, v in said if field == "grid" and v.isdecimal()]
        homes = [int(v) for field, v in said if field == "home" and v.isdecimal()]
        people = [int(v.partition(";")[2]) for field, v in said if field == "relation"]
        found = Area.objects.filter(place__in=grids).defer("polygon")
        self.names |= {("grid", str(a.place)): a.name for a in found}
        for dwelling in Dwelling.objects.filter(pk__in=homes):
            self.names["home", str(dwelling.pk)] = dwelling.address
        if people and self.others is not None:
            for pk, name in self.others.filter(pk__in=people).values_list("pk", "name"):
                self.names["relation", str(pk)] = name

    def label(self, change: Change) -> str:
        """What the change is about: 民族, 电话, 持残疾人证, 标签 重点走访, 关系."""
        match change.subject:
            case Subject.FACT:
                return str(dict(FactKind.choices).get(change.field, change.field))
            case Subject.TAG:
                return f"{Subject.TAG.label} {tags.name_of(change.field)}"
            case Subject.PHONE | Subject.RELATION:
                return str(Subject(change.subject).label)
        return self.labels.get(change.field, change.field)

    def value(self, change: Change, value: str) -> str:
        """What the field held, in words; empty for nothing."""
        if not value:
            return ""
        match change.subject:
            case Subject.FACT:
                return _fact(value)
            case Subject.TAG:
                until, _semicolon, note = value.partition(";")
                return note + (_("（%(day)s 到期）") % {"day": until} if until else "")
            case Subject.RELATION:
                kind, _semicolon, other = value.partition(";")
                name = self.names.get(("relation", other), _("（其他辖区的人）"))
                return f"{dict(RelationKind.choices).get(kind, kind)} {name}"
        if self.masked and change.field in MASKS:
            return MASKS[change.field](value)
        if (change.field, value) in self.names:
            return self.names[change.field, value]
        return self.choices.get(change.field, {}).get(value, value)


def _fact(value: str) -> str:
    """grade;since;until, as `record.said_of` keeps them, in words."""
    grade, since, until = value.split(";")
    parts = [
        _("%(n)s级") % {"n": grade} if grade else "",
        _("%(since)s 起") % {"since": since} if since else "",
        _("%(until)s 止") % {"until": until} if until else "",
    ]
    return " · ".join(filter(None, parts)) or _("已登记")

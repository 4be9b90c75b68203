"""Everything the desk shows of one case, gathered once for the pane, the page and the answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from django.db.models import Prefetch, prefetch_related_objects
from django.utils.timezone import localtime

from gongzhi.access.models import Person
from gongzhi.calendars import reads as calendars
from gongzhi.cases import rules
from gongzhi.cases.models import Assist, Attachment, Case, Extension
from gongzhi.cases.reads import handlers
from gongzhi.cases.reads.clocks import Record
from gongzhi.cases.reads.contacts import Contact, contact_of
from gongzhi.cases.reads.flows import flow_of
from gongzhi.cases.reads.handling import Handling
from gongzhi.cases.reads.near import Near, near
from gongzhi.cases.reads.tracking import Step, timeline
from gongzhi.cases.reads.verbs import desk_verbs
from gongzhi.cases.words import FileKind, FileMoment
from gongzhi.catalogue import reads as catalogue
from gongzhi.catalogue.models import Item
from gongzhi.flows.answers import Asked, asked
from gongzhi.places.models import Area
from gongzhi.places.words import Level

WORTH_SAYING = 0.01  # a share below which a candidate only takes room


def with_what_hangs_on(case: Case) -> Case:
    """The case with its files, helpers and requests for time, as they are now."""
    prefetch_related_objects(
        [case],
        "files",
        Prefetch("assists", Assist.objects.select_related("unit", "answered_by")),
        Prefetch("extensions", Extension.objects.select_related("asked_by")),
    )
    return case


def likely_item(case: Case) -> Item | None:
    """The item decided on, else the scorer's best when it is certain; none while a person must."""
    said = case.suggestion
    if case.item or not (said.get("certain") and said.get("candidates")):
        return case.item
    return catalogue.item(str(said["candidates"][0]["code"]))


@dataclass
class CaseFile:
    """A case as one person sees it at the desk; each part is read when a template asks for it."""

    case: Case
    person: Person
    at: datetime
    item: Item | None  # see likely_item; or the one just chosen in the form and not yet saved
    typed: Mapping[str, str] = field(default_factory=dict)  # in a form that was not taken

    @cached_property
    def verbs(self) -> frozenset[str]:
        """What the person may do with it now."""
        return desk_verbs(self.person, self.case)

    @cached_property
    def asked(self) -> dict[str, list[Asked]]:
        """What the flow adds to the form of each step; for closing also while it is checked."""
        flow, now = flow_of(self.case), self.case.status
        found = {verb: asked(flow, verb, now, self.typed) for verb in self.verbs & rules.FORMS}
        checked = flow.move("approve", now)
        if checked is not None:
            found["close"] = asked(flow, "close", checked.after, self.typed)
        return found

    @cached_property
    def handling(self) -> Handling:
        """What is beside the flow: desks, help, clocks, pressing."""
        return Handling(self.case, self.at, self.record)

    @cached_property
    def record(self) -> Record:
        """What the record says of it, read once for the clocks and for the steps."""
        return Record(self.case)

    @cached_property
    def masked(self) -> Contact:
        """The reporter's name and number as the report has them; the template masks them."""
        return contact_of(self.case)

    @cached_property
    def provisional(self) -> bool:
        """Whether the promised time lies in a year whose holidays are not published yet."""
        return calendars.in_force().is_provisional(localtime(self.case.due_at).date())

    @cached_property
    def steps(self) -> list[Step]:
        """What happened so far, as staff may read it."""
        return timeline(self.case, for_staff=True, own=self.record.whole)

    @cached_property
    def _files(self) -> list[Attachment]:
        return list(self.case.files.all())

    @cached_property
    def photos(self) -> list[Attachment]:
        """Photos of the report, then those from before and after handling."""
        order = {FileMoment.REPORT: 0, FileMoment.BEFORE: 1, FileMoment.AFTER: 2}
        order[FileMoment.PAPER] = 3
        photos = [f for f in self._files if f.kind == FileKind.PHOTO]
        return sorted(photos, key=lambda f: (order[FileMoment(f.moment)], f.pk))

    @cached_property
    def voices(self) -> list[Attachment]:
        """Voice notes."""
        return [f for f in self._files if f.kind == FileKind.VOICE]

    @cached_property
    def near(self) -> list[Near]:
        """Cases that may be the same matter."""
        return near(self.case, self.person)

    @cached_property
    def groups(self) -> list[handlers.Group]:
        """To whom it can be given."""
        return handlers.groups_for(self.case, at=self.at, item=self.item, units=self.handling.units)

    @cached_property
    def obvious(self) -> handlers.Choice | None:
        """Whom a ruling named for such a matter here, else whom the catalogue points to."""
        choices = {choice.value: choice for group in self.groups for choice in group.choices}
        for precedent in self.handling.precedents:
            if choice := choices.get(f"u:{precedent.unit_id}"):
                return choice
        return handlers.obvious(self.groups, self.item)

    @cached_property
    def usual(self) -> timedelta | None:
        """How long this item usually takes."""
        return handlers.usual_time(self.item, at=self.at)

    @property
    def candidates(self) -> list[dict[str, object]]:
        """The scorer's best items, with share and reason; without those that hardly count."""
        said = list(self.case.suggestion.get("candidates", []))[:3]
        return [c for n, c in enumerate(said) if n == 0 or c["share"] >= WORTH_SAYING]

    @cached_property
    def community(self) -> Area | None:
        """The community it lies in."""
        return self.case.area.community

    @property
    def unplaced(self) -> bool:
        """Whether nobody has put it into a grid or a community yet."""
        return self.case.area.level not in (Level.GRID, Level.COMMUNITY)

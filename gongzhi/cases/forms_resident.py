"""What residents and grid workers type into a report, read so that no word is lost."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from django.core import signing
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from gongzhi.access.models import Person
from gongzhi.cases import files, rules
from gongzhi.cases.actions import NewReport
from gongzhi.cases.files import StoredFile
from gongzhi.cases.reads.components import Thing, painted_code, things_beside
from gongzhi.cases.reporters import Reporter
from gongzhi.cases.words import FileKind, Source
from gongzhi.catalogue import reads as catalogue
from gongzhi.catalogue.models import Item
from gongzhi.kernel.numbers import whole
from gongzhi.kernel.refusals import NotUnderstood
from gongzhi.kernel.sealed import masked_phone
from gongzhi.places import reads as places
from gongzhi.places.coordinates import Position, to_wgs84
from gongzhi.places.models import Building, Component, Estate

KEPT = "report-files"  # salt of files that wait between two answers
KEPT_FOR = 12 * 3600  # less than `sweep_files` waits
PHONE = re.compile(r"\+?\d{7,15}")
BUILDING = re.compile(r"(\d{1,3})\s*(?:栋|幢|号楼|#)")


@dataclass(frozen=True)
class Draft:
    """A report as it was typed, every field a text, so that it can be shown again as it was."""

    key: UUID
    text: str = ""
    address: str = ""
    estate: str = ""
    lng: str = ""
    lat: str = ""
    datum: str = "wgs84"
    kind: str = ""  # class of the catalogue
    phone: str = ""
    item: str = ""  # fixed by a printed code
    via: str = ""  # the printed code it was
    component: str = ""  # code of the city component chosen from the list
    pinned: bool = False  # the printed code hangs on that component
    painted: str = ""  # what is painted on it, as typed
    sure: bool = False  # near duplicates were seen
    safe: bool = False  # told to call for help first, and goes on

    @classmethod
    def blank(cls, person: Person | None, asked: QueryDict) -> "Draft":
        """An empty form; a place, class or item in the address (from a QR code) is taken over."""
        taken = ("lng", "lat", "kind", "estate", "item", "via", "component")
        given = {name: asked.get(name, "")[:40] for name in taken}
        return cls(
            key=uuid4(),
            phone=masked_phone(person.phone) if person and person.phone else "",
            lng=given["lng"],
            lat=given["lat"],
            kind=given["kind"],
            estate=given["estate"],
            address=rules.clean(asked.get("address", ""))[: rules.ADDRESS_MOST],
            item=given["item"],
            via=given["via"],
            component=given["component"],
            pinned=bool(given["via"] and given["component"]),
        )

    @classmethod
    def read(cls, typed: QueryDict) -> "Draft":
        """What was sent; a key that is none is replaced by a new one."""
        try:
            key = UUID(typed.get("key", ""))
        except ValueError:
            key = uuid4()
        fields = ("text", "address", "estate", "lng", "lat", "kind", "phone", "item", "via",
                  "component", "painted")  # fmt: skip
        said = {name: rules.clean(typed.get(name, "")) for name in fields}
        return cls(
            key=key,
            text=said["text"],
            address=said["address"],
            estate=said["estate"],
            lng=said["lng"],
            lat=said["lat"],
            datum=typed.get("datum") or "wgs84",
            kind=said["kind"],
            phone=said["phone"],
            item=said["item"][:40],
            via=said["via"][:40],
            component=said["component"][:16],
            painted=said["painted"][:40],
            pinned=typed.get("pinned") == "1",
            sure=typed.get("sure") == "1",
            safe=typed.get("safe") == "1",
        )

    def hidden(self) -> list[tuple[str, str]]:
        """Its fields as a form carries them on; a tick is 1 or nothing."""
        return [
            (name, "1" if value is True else str(value or ""))
            for name, value in vars(self).items()
            if name != "sure"
        ]

    def position(self) -> Position | None:
        """Where it is in WGS-84: as located, else the building or estate chosen, else None."""
        if self.lng or self.lat:
            try:
                return to_wgs84(float(self.lng), float(self.lat), self.datum)
            except ValueError as error:
                raise NotUnderstood(
                    _("位置没有看懂，请重新定位，或选小区、写地点。"), field="place"
                ) from error
        return self._estate_position()

    def _estate_position(self) -> Position | None:
        estate = _estate(self.estate)
        if estate is None:
            return None
        if named := BUILDING.search(self.address):
            names = [f"{int(named[1])}栋", f"{int(named[1])}幢", f"{int(named[1])}号楼"]
            building = Building.objects.filter(estate=estate, name__in=names).first()
            if building:
                return building.lng, building.lat
        return estate.lng, estate.lat

    def full_address(self, position: Position | None) -> str:
        """The place in words, with the estate; when nothing was typed, what stands there."""
        estate = _estate(self.estate)
        if estate and estate.name not in self.address:
            return f"{estate.name}{self.address}"
        if self.address or position is None or not all(map(math.isfinite, position)):
            return self.address
        building = places.building_at(*position)
        return _("%(building)s附近") % {"building": building} if building else ""

    def fixed_item(self) -> Item | None:
        """The item that the printed code is for, if the catalogue still has it."""
        return catalogue.item(self.item) if self.item else None

    def fixed_component(self) -> Component | None:
        """The component that the printed code hangs on, if it is still registered."""
        if not (self.pinned and self.component):
            return None
        return places.component_in_use(self.component)

    def item_code(self) -> str:
        """The item of the code, else the scorer's candidate in the chosen class; empty: unsure."""
        if fixed := self.fixed_item():
            return fixed.code
        if not self.kind:
            return ""
        candidates = catalogue.suggest(self.text).candidates
        return str(next((c.code for c in candidates if c.class_code == self.kind), ""))

    def component_code(self, position: Position | None) -> str:
        """The component chosen, else the one whose painted code was typed; empty: none of them."""
        return self.component or painted_code(self.painted, position)

    def beside(self) -> list[Thing]:
        """The components around the place, nearest first; the one chosen is always among them."""
        try:
            position = self.position()
        except NotUnderstood:
            return []
        chosen = self.component
        if self.painted and not chosen:
            painted = places.components_painted(self.painted, position)
            chosen = painted[0].code if len(painted) == 1 else ""
        return things_beside(position, chosen)

    def contact_phone(self, person: Person | None) -> str:
        """The number without blanks; the masked number of an account stands for the account's."""
        if person and person.phone and self.phone == masked_phone(person.phone):
            return str(person.phone)
        number = re.sub(r"[\s\-()（）－]", "", self.phone)
        if number and not PHONE.fullmatch(number):
            raise NotUnderstood(
                _("电话号码不对，请写 7 到 15 位数字，或者留空不写。"), field="phone"
            )
        return number

    def as_new(self, reporter: Reporter, stored: Sequence[StoredFile], source: Source) -> NewReport:
        """The report to be taken in. NotUnderstood names the field that is wrong."""
        position = self.position()
        component = self.component_code(position)
        address = self.full_address(position)
        if component and not (self.lng or self.lat):
            position = None  # it stands where it stands, not in the middle of the estate
        return NewReport(
            key=self.key,
            reporter_ref=reporter.ref,
            text=self.text,
            person=reporter.person,
            lng=position[0] if position else None,
            lat=position[1] if position else None,
            address=address,
            item_code=self.item_code(),
            source=source,
            contact_phone=self.contact_phone(reporter.person),
            files=tuple(stored),
            via=self.via,
            component=component,
            confirmed=self.safe or source != Source.POCKET,
        )


def take_files(request: HttpRequest, kept: Sequence[StoredFile]) -> list[StoredFile]:
    """Files of this request, behind those kept from the one before; checked, stored and counted."""
    photos = request.FILES.getlist("photos")
    known = [f for f in kept if f.kind == FileKind.PHOTO]
    files.photo_count_ok([*known, *photos])
    stored = [*kept, *files.take_photos(photos)]
    if voice := request.FILES.get("voice"):
        stored = [f for f in stored if f.kind != FileKind.VOICE]
        stored.append(files.take_voice(voice))
    return stored


def seal_files(stored: Sequence[StoredFile], ref: str) -> str:
    """Stored files as a hidden field of the next form, good for this reporter and one day."""
    return signing.dumps([f.as_fields() for f in stored], salt=KEPT + ref) if stored else ""


def unseal_files(sealed: str, ref: str) -> list[StoredFile]:
    """The files behind a hidden field; none when it was tampered with, is another's or too old."""
    try:
        rows = signing.loads(sealed, salt=KEPT + ref, max_age=KEPT_FOR) if sealed else []
    except signing.BadSignature:
        return []
    return [StoredFile(**row) for row in rows]


def _estate(text: str) -> Estate | None:
    pk = whole(text)
    return None if pk is None else Estate.objects.filter(pk=pk).first()

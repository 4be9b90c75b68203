"""Calls as the phone system tells of them, and what the desk makes of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from gongzhi.access.checks import require
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.cases import rules as case_rules
from gongzhi.cases.actions import NewReport, supplement
from gongzhi.cases.models import Case
from gongzhi.cases.reads.components import painted_code
from gongzhi.cases.words import Source
from gongzhi.doors.models import Partner
from gongzhi.doors.phone.actions.callbacks import end_with, note_missed
from gongzhi.doors.phone.actions.whose import require_call
from gongzhi.doors.phone.agreed import terms
from gongzhi.doors.phone.models import Call, Seat
from gongzhi.doors.phone.words import Moment, Result
from gongzhi.doors.reports import Arrival, enter, key_of
from gongzhi.doors.whereabouts import Gazetteer, Whereabouts
from gongzhi.doors.words import Door
from gongzhi.journal.record import record
from gongzhi.kernel.actions import action
from gongzhi.kernel.refusals import NotPossible, NotUnderstood
from gongzhi.kernel.sealed import blind_index
from gongzhi.places import reads as places
from gongzhi.places.models import Area

SEAT_MOST = 20
WITHOUT_CASE = frozenset(Result) - {
    Result.CASE,
    Result.SUPPLEMENT,
    Result.SERVICE,
    Result.CALLBACK,
}


@dataclass(frozen=True)
class Told:
    """One thing the phone system tells: of which call, what, when by its clock."""

    external_id: str
    moment: Moment
    at: datetime
    caller: str = ""
    line: str = ""
    seat: str = ""


@action
def note_many(
    *, by: Person | None, told: Sequence[Told], partner: Partner, at: datetime
) -> list[Call]:
    """Keep what was told, in whatever order it arrives; the same again changes nothing."""
    for _attempt in range(3):
        try:
            with transaction.atomic():
                calls = _note(told, partner)
                note_missed(calls.values(), at)
        except IntegrityError:  # the same call is told of elsewhere this very moment
            continue
        return [calls[one.external_id] for one in told]
    raise IntegrityError("the same calls kept arriving elsewhere")


def _note(told: Sequence[Told], partner: Partner) -> dict[str, Call]:
    numbers = {one.external_id for one in told}
    calls = {
        call.external_id: call
        for call in Call.objects.filter(partner=partner, external_id__in=numbers).select_related(
            "area"
        )
    }
    known = list(calls.values())
    seats = dict(Seat.objects.values_list("number", "person"))
    areas: dict[str, Area] = {}
    new = []
    for one in told:
        call = calls.get(one.external_id)
        if call is None:
            line = terms().line(one.line)
            area = areas.get(line.area) or _area_of(line.area)
            areas[line.area] = area
            call = Call(
                partner=partner, external_id=one.external_id, line=one.line, area=area,
                rang_at=one.at,
            )  # fmt: skip
            calls[one.external_id] = call
            new.append(call)
        _learn(call, one, seats)
    Call.objects.bulk_create(new)
    Call.objects.bulk_update(
        known,
        ["rang_at", "answered_at", "ended_at", "seat", "agent", "caller", "caller_index"],
    )
    return calls


def _learn(call: Call, one: Told, seats: dict[str, int]) -> None:
    """The earliest word on each moment counts; a seat is known once somebody picks up."""
    if one.caller and not call.caller:
        call.caller, call.caller_index = one.caller, blind_index(one.caller)
    if one.seat:
        call.seat = one.seat
        if call.agent_id is None and not call.result:
            call.agent_id = seats.get(one.seat)
    if one.moment == Moment.RINGING:
        call.rang_at = min(call.rang_at, one.at)
    elif one.moment == Moment.ANSWERED:
        call.answered_at = min(call.answered_at or one.at, one.at)
    else:
        call.ended_at = min(call.ended_at or one.at, one.at)


def _area_of(code: str) -> Area:
    return Area.objects.filter(code=code).first() or places.district()


@action
def sit_down(*, by: Person, number: str, at: datetime) -> Seat:
    """Take a seat: calls that ring there pop up at this person; whoever sat there has left."""
    require(by, Can.DISPATCH_CASES, within=None)
    number = number.strip()
    if not number.isascii() or not number.isalnum() or len(number) > SEAT_MOST:
        raise NotUnderstood(_("分机号应是数字或字母，最多20位。"), field="seat")
    Seat.objects.filter(person=by).exclude(number=number).delete()
    seat, _new = Seat.objects.update_or_create(number=number, defaults={"person": by, "since": at})
    return seat


@action
def take_down(*, by: Person, call: Call, new: NewReport, at: datetime) -> Case:
    """Make a case of the call; twice gives the same case. The caller is its reporter."""
    require_call(by, call)
    _claim(call, Result.CASE, by, at)
    entered = enter(
        by=by,
        arrival=Arrival(
            door=Door.PHONE,
            issuer=call.partner.code,
            external_id=call.external_id,
            partner=call.partner,
            new=new,
            sent_at=call.rang_at,
        ),
        at=at,
    )
    Call.objects.filter(pk=call.pk).update(case=entered.case)
    call.refresh_from_db()
    return entered.case


@action
def add_to_case(*, by: Person, call: Call, case: Case, text: str, at: datetime) -> Case:
    """Add what the caller says to a case of theirs. NotPossible for somebody else's."""
    require_call(by, call)
    if case.reporter_ref not in refs_of(call):
        raise NotPossible(_("这不是来电人自己的案件，请新登记一件。"))
    _claim(call, Result.SUPPLEMENT, by, at)
    supplement(by=by, case=case, reporter_ref=case.reporter_ref, text=text, at=at)
    Call.objects.filter(pk=call.pk).update(case=case)
    call.refresh_from_db()
    return case


@action
def conclude(*, by: Person, call: Call, result: str, note: str, at: datetime) -> Call:
    """Say what came of a call that makes no case; once."""
    require_call(by, call)
    if result not in WITHOUT_CASE:
        raise NotUnderstood(_("请选择通话结果。"), field="result")
    _claim(call, Result(result), by, at)
    Call.objects.filter(pk=call.pk).update(note=case_rules.clean(note)[:400])
    call.refresh_from_db()
    record("phone.concluded", about=call, by=by, at=at, area_path=call.area.path, result=result)
    return call


def _claim(call: Call, result: Result, by: Person, at: datetime) -> None:
    """The first conclusion counts, whoever presses at the same moment; pressed twice it stays."""
    mine = Call.objects.filter(pk=call.pk)
    if mine.filter(result="").update(result=result, agent=by):
        end_with(call, by, at)
        return
    if not mine.filter(result=result, agent=by).exists():
        raise NotPossible(_("这通电话已经登记过结果，请刷新后再看。"))


def refs_of(call: Call) -> list[str]:
    """Everyone that a call from this number speaks for: earlier calls, the hotline, an account."""
    index = call.caller_index
    if not index:
        return []
    people = Person.objects.filter(phone_index=index).values_list("pk", flat=True)
    return [
        f"c:{index}",
        f"x:{Door.HOTLINE}:{index}",
        f"x:{Door.WEBHOOK}:{index}",
        *(f"p:{pk}" for pk in people),
    ]


def report_of(
    call: Call, *, text: str, address: str, lng: float | None, lat: float | None, item: str,
    name: str, phone: str, nature: str = "", painted: str = "",
) -> NewReport:  # fmt: skip
    """The report that a call makes; the address finds its place when nobody pointed at the map.

    `painted` is the number on a city component, whole or its last digits; whoever names one without
    pointing at the map means where it stands. NotUnderstood when there is no such component.
    """
    found = Gazetteer().find(address) if lng is None else Whereabouts(lng, lat)
    component = painted_code(painted, found.position)
    stands = Whereabouts(area=found.area) if component and lng is None else found
    return NewReport(
        key=key_of(Door.PHONE, call.partner.code, call.external_id),
        reporter_ref=f"c:{call.caller_index or blind_index(f'call:{call.external_id}')}",
        text=text,
        lng=stands.lng,
        lat=stands.lat,
        area=stands.area or call.area,
        address=address,
        item_code=item,
        component=component,
        source=Source.PHONE,
        nature=nature,
        contact_name=name,
        contact_phone=phone,
    )

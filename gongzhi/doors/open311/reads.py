"""What the interface tells: services from the catalogue, requests from cases, nothing personal.

Reads need no key, so a reporter's own words, name and phone never appear here: a request is
described by its item, and answered by what staff wrote for the public.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

import yaml
from django.conf import settings
from django.db.models import Max, Q, QuerySet

from gongzhi.cases import rules as case_rules
from gongzhi.cases.dangers import call_first
from gongzhi.cases.models import Case
from gongzhi.cases.reads.known import public_name
from gongzhi.catalogue.models import Item
from gongzhi.doors.open311.rules import moment
from gongzhi.doors.open311.words import State
from gongzhi.doors.replies import REPLIES, replies_to, reply_to
from gongzhi.doors.sentences import written_due
from gongzhi.journal.models import Event

UPDATES = {  # events that a client is told, and what they say
    "cases.reported": "已提交",
    "cases.dispatched": "已派单",
    "cases.merged": "已与同一事项合并办理",
    "cases.accepted": "开始处置",
    "cases.returned": "重新安排",
    "cases.handled": "处置完毕",
    "cases.reworked": "核查未通过，重新处置",
    "cases.checked": "核查通过",
    "cases.closed": "已办结",
    "cases.declined": "不予受理",
}
ENDS = {"cases.closed", "cases.declined"}


@lru_cache(maxsize=1)
def own_words() -> dict[str, Any]:
    """config/doors/open311.yaml: changeset, contact, key service, and attributes by class."""
    path = settings.CONFIG_DIR / "doors" / "open311.yaml"
    words: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return words


def discovery(base: str) -> dict[str, Any]:
    """Where the interface lives. `base` is its address, with a slash at the end."""
    words = own_words()
    changeset = moment(words["changeset"])
    endpoint = {
        "specification": "http://wiki.open311.org/GeoReport_v2",
        "url": base.rstrip("/"),
        "changeset": changeset,
    }
    formats = ["text/xml", "application/json"]
    return {
        "changeset": changeset,
        "contact": words["contact"],
        "key_service": words["key_service"],
        "endpoints": [
            {**endpoint, "type": kind, "formats": formats} for kind in ("production", "test")
        ],
    }


def items() -> QuerySet[Item]:
    """The items of the catalogue in force, in the order of their codes."""
    return Item.objects.filter(edition__active=True).select_related("item_class").order_by("code")


def attributes_of(item: Item) -> list[dict[str, Any]]:
    """The attributes a client is asked for this item, as the file has them."""
    return [a for a in own_words()["attributes"] if item.item_class.code in a["classes"]]


def component_attributes() -> list[str]:
    """The codes of attributes that ask which city component it is."""
    return [a["code"] for a in own_words()["attributes"] if a.get("names") == "component"]


def service(item: Item) -> dict[str, Any]:
    """One entry of the list of services."""
    return {
        "service_code": item.code,
        "service_name": item.name,
        "description": item.closing,
        "metadata": bool(attributes_of(item)),
        "type": "realtime",
        "keywords": ",".join(item.synonyms),
        "group": item.item_class.name,
    }


def definition(item: Item) -> dict[str, Any]:
    """What a client must ask when reporting this item."""
    return {
        "service_code": item.code,
        "attributes": [
            {
                "variable": True,
                "code": a["code"],
                "datatype": a["datatype"],
                "required": a["required"],
                "datatype_description": a["datatype_description"],
                "order": a["order"],
                "description": a["description"],
                "values": [{"key": key, "name": name} for key, name in a["values"].items()],
            }
            for a in attributes_of(item)
        ],
    }


def cases_by_id(ids: Iterable[str]) -> QuerySet[Case]:
    """The cases behind these service_request_ids; unknown ones are left out."""
    pks = {pk for pk in map(case_rules.pk_of, ids) if pk is not None and pk < 2**63}
    return Case.objects.filter(pk__in=pks)


def cases_in(
    begins: datetime, ends: datetime, *, codes: Sequence[str], states: Sequence[str]
) -> QuerySet[Case]:
    """Cases reported in the span, narrowed by item and state where these are given."""
    cases = Case.objects.filter(reported_at__gte=begins, reported_at__lte=ends)
    if codes:
        cases = cases.filter(item__code__in=codes)
    wanted = Q()
    if State.OPEN in states:
        wanted |= Q(status__in=case_rules.OPEN)
    if State.CLOSED in states:
        wanted |= Q(status__in=case_rules.ENDED)
    return cases.filter(wanted)


def requests(cases: QuerySet[Case], *, page: int, size: int) -> list[dict[str, Any]]:
    """One page of requests, newest first; a constant number of queries."""
    rows = list(
        cases.select_related("area", "item", "unit", "handler", "component").order_by(
            "-reported_at", "-pk"
        )[(page - 1) * size : page * size]
    )
    pks = [case.pk for case in rows]
    changed = dict(
        Event.objects.filter(kind="case", subject_id__in=pks)
        .values_list("subject_id")
        .annotate(last=Max("at"))
    )
    replies = replies_to(rows)
    return [_request(c, changed.get(c.pk, c.reported_at), replies.get(c.pk)) for c in rows]


def _request(case: Case, changed: datetime, reply: str | None) -> dict[str, Any]:
    name = public_name(case)
    return {
        "service_request_id": case.number,
        "status": State.OPEN if case.is_open else State.CLOSED,
        "status_notes": reply,
        "service_name": name,
        "service_code": case.item.code if case.item else "",
        "description": name,
        "agency_responsible": case.unit.name if case.unit else case.area.name,
        "service_notice": None,
        "requested_datetime": moment(case.reported_at),
        "updated_datetime": moment(changed),
        "expected_datetime": moment(case.due_at),
        "address": case.area.full_name,
        "address_id": case.component.code if case.component else case.area.code,
        "zipcode": None,
        "lat": case.lat,
        "long": case.lng,
        "media_url": None,
    }


def updates(
    begins: datetime, ends: datetime, *, ids: Sequence[str] = (), most: int
) -> list[dict[str, Any]]:
    """What happened in the span to requests, or to those of these ids, newest first."""
    events = Event.objects.filter(kind="case", name__in=UPDATES, at__gte=begins, at__lte=ends)
    if ids:
        pks = cases_by_id(ids).values_list("pk", flat=True)
        events = events.filter(subject_id__in=list(pks))
    happened = list(events.order_by("-at", "-pk").select_related("remark")[:most])
    cases = Case.objects.in_bulk({event.subject_id for event in happened})
    return [_update(event, cases[event.subject_id]) for event in happened]


def _update(event: Event, case: Case) -> dict[str, Any]:
    remark = getattr(event, "remark", None)
    reply = remark.text if remark and remark.kind in REPLIES else ""
    if not reply and case.parent_id and event.name in ENDS:
        reply = reply_to(case)
    words = UPDATES[event.name]
    return {
        "update_id": str(event.pk),
        "service_request_id": case.number,
        "status": State.CLOSED if event.name in ENDS else State.OPEN,
        "description": f"{words}：{reply}" if reply else words,
        "updated_datetime": moment(event.at),
        "media_url": None,
    }


def promise(case: Case) -> str:
    """What the client shows after reporting: whom to call at once, and by when it is done."""
    return f"{call_first(case)}已收到，预计 {written_due(case)} 前办结。"

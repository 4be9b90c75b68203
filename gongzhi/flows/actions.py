"""Letting a new version of a flow in."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from gongzhi.access.checks import require
from gongzhi.access.models import Person
from gongzhi.access.roles import ALLOWED, Can
from gongzhi.flows import reads
from gongzhi.flows.files import Lines, in_words
from gongzhi.flows.models import FlowVersion
from gongzhi.flows.rules import (
    Fault,
    Flow,
    Offer,
    Unsound,
    faults_of_people,
    faults_of_product,
    flow_from,
)
from gongzhi.flows.words import Need
from gongzhi.journal.record import record
from gongzhi.kernel.actions import action
from gongzhi.kernel.refusals import NotUnderstood

# What the product can do with each kind of matter; a flow chooses among these.
OFFERS: dict[str, Offer] = {}


def offers(kind: str, offer: Offer) -> None:
    """Let flows of the kind use these verbs and states; called by the package that has them."""
    OFFERS[kind] = offer


def grades_of(kind: str) -> Mapping[str, object]:
    """By which grades clocks of such matters are limited, code → word."""
    return OFFERS[kind].grades if kind in OFFERS else {}


@action
def load(
    *, by: Person | None, content: Mapping[str, Any], at: datetime, lines: Lines | None = None
) -> FlowVersion:
    """Put a flow in force for new cases; the same content again changes nothing.

    NotUnderstood with every fault, one a line, when the flow is not sound; then the version in
    force stays. `lines` says on which line of its file everything stands.
    """
    if by is not None:
        require(by, Can.MANAGE_CONTENT, within=None)
    flow = checked(content, lines)
    digest = hashlib.sha256(
        json.dumps(content, sort_keys=True, ensure_ascii=False).encode()
    ).hexdigest()
    versions = FlowVersion.objects.filter(code=flow.code)
    known = versions.filter(digest=digest).first()
    if known is not None and known.active:
        return known
    versions.filter(active=True).update(active=False)
    if known is not None:  # back to a version that was in force before
        known.active = True
        known.save(update_fields=["active"])
    else:
        last = versions.aggregate(last=Max("number"))["last"] or 0
        known = FlowVersion.objects.create(
            code=flow.code,
            number=last + 1,
            digest=digest,
            content=content,
            active=True,
            loaded_at=at,
        )
    record("flows.loaded", about=known, by=by, at=at, flow=flow.code, number=known.number)
    transaction.on_commit(reads.forget)
    return known


def checked(content: Mapping[str, Any], lines: Lines | None = None) -> Flow:
    """The flow that the content says, sound and possible here; NotUnderstood with every fault."""
    try:
        flow = flow_from(content)
    except Unsound as error:
        raise _broken(error.faults, lines) from error
    offer = OFFERS.get(flow.kind)
    if offer is None:
        kinds = "、".join(OFFERS)
        raise _broken([Fault(f"没有“{flow.kind}”这类事项，可用的有：{kinds}", "kind")], lines)
    roles = {role.value: {can.value for can in cans} for role, cans in ALLOWED.items()}
    faults = faults_of_people(flow, verbs=offer.leads, needs=Need.values, roles=roles)
    if faults := [*faults, *faults_of_product(flow, offer)]:
        raise _broken(faults, lines)
    return flow


def _broken(faults: Sequence[Fault], lines: Lines | None) -> NotUnderstood:
    said = "\n".join(in_words(fault, lines or {}) for fault in faults)
    return NotUnderstood(
        _("流程有误，未做任何更改：\n%(faults)s") % {"faults": said}, field="content"
    )

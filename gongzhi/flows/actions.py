"""Letting a new version of a flow in."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from gongzhi.access.models import Person
from gongzhi.access.roles import ALLOWED
from gongzhi.flows import reads
from gongzhi.flows.models import FlowVersion
from gongzhi.flows.rules import faults_of_people, flow_from
from gongzhi.flows.words import Need
from gongzhi.journal.record import record
from gongzhi.kernel.actions import action
from gongzhi.kernel.refusals import NotUnderstood

# What the product can do with a case; a flow chooses among these and says from where to where.
VERBS: set[str] = set()


def offers(*verbs: str) -> None:
    """Let flows use these verbs; called by the package that knows how to do them."""
    VERBS.update(verbs)


@action
def load(*, by: Person | None, content: Mapping[str, Any], at: datetime) -> FlowVersion:
    """Put a flow in force for new cases; the same content again changes nothing.

    NotUnderstood with every fault, one a line, when the flow is not sound; then the version in
    force stays.
    """
    try:
        flow = flow_from(content)
    except ValueError as error:
        raise NotUnderstood(
            _("流程有误，未做任何更改：\n%(faults)s") % {"faults": error}
        ) from error
    roles = {role.value: {can.value for can in cans} for role, cans in ALLOWED.items()}
    if faults := faults_of_people(flow, verbs=VERBS, needs=Need.values, roles=roles):
        raise NotUnderstood(
            _("流程有误，未做任何更改：\n%(faults)s") % {"faults": "\n".join(faults)}
        )
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

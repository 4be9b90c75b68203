"""Reports handed in by programs: counted, then written together with whatever came meanwhile."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Annotated, Any
from uuid import UUID

import msgspec
from django.utils.timezone import get_default_timezone, now
from django.utils.translation import get_language, override
from msgspec import Meta

from gongzhi.cases import actions
from gongzhi.cases.actions import NewReport
from gongzhi.cases.files import StoredFile
from gongzhi.cases.models import Case
from gongzhi.cases.reporters import Reporter
from gongzhi.cases.words import Source, Status
from gongzhi.kernel.gather import Gather
from gongzhi.places.words import Datum


class Sent(msgspec.Struct, kw_only=True):
    """What a report brings; api.ReportIn says the same to those who read the description."""

    key: UUID
    text: Annotated[str, Meta(max_length=100_000)] = ""
    lng: float | None = None
    lat: float | None = None
    datum: Datum = Datum.WGS84
    address: Annotated[str, Meta(max_length=2_000)] = ""
    item: Annotated[str, Meta(max_length=20)] = ""
    component: Annotated[str, Meta(max_length=20)] = ""
    contact_name: Annotated[str, Meta(max_length=200)] = ""
    contact_phone: Annotated[str, Meta(max_length=200)] = ""
    confirmed: bool = True
    files: Sequence[str] = ()


class Receipt(msgspec.Struct):
    """What the reporter is told; the secret and a new device's token only the first time."""

    number: str
    secret: str | None
    status: str
    status_label: str
    due_at: datetime
    device_token: str | None
    emergency: dict[str, str] | None


def _take(reports: Sequence[NewReport]) -> list[tuple[Case, bool]]:
    """Each report's case, and whether it is new; those that came together are written together."""
    at = now()
    cases = actions.report_many(by=None, reports=reports, at=at)
    return [(case, case.reported_at == at) for case in cases]


_together: Gather[NewReport, tuple[Case, bool]] = Gather(_take)


@lru_cache(maxsize=100)
def _label(status: str, language: str | None) -> str:
    """Looked up once in each language: every receipt says the same few words."""
    with override(language):
        return str(Status(status).label)


def counts() -> tuple[int, int, int]:
    """Reports written by this process, in how many transactions, and how many of these failed."""
    return _together.written, _together.batches, _together.failed


def take(
    sent: Any, reporter: Reporter, *, stored: Sequence[StoredFile] = ()
) -> tuple[Receipt, bool]:
    """The receipt of a report (a Sent or its like), and whether it was new; or its refusal."""
    case, is_new = _together.submit(
        NewReport(
            key=sent.key,
            reporter_ref=reporter.ref,
            text=sent.text,
            person=reporter.person,
            lng=sent.lng,
            lat=sent.lat,
            datum=sent.datum,
            address=sent.address,
            item_code=sent.item,
            component=sent.component.strip(),
            source=Source.API,
            contact_name=sent.contact_name,
            contact_phone=sent.contact_phone,
            confirmed=sent.confirmed,
            files=stored,
        )
    )
    receipt = Receipt(
        number=case.number,
        secret=case.secret if is_new else None,
        status=case.status,
        status_label=_label(case.status, get_language()),
        due_at=case.due_at.astimezone(get_default_timezone()),
        device_token=reporter.token or None,
        emergency=case.suggestion.get("emergency"),
    )
    return receipt, is_new

"""Cases for other programs and for apps on the phone: report, track, ask what is known nearby.

Who is asking. An app keeps a device token and sends it as `X-Device-Token`: no cookie counts then,
so no page of another site can act for it. Without that header the cookies of a browser count (its
session, else its device); every unsafe call must then carry a CSRF token as the pages do. Without
either, the answer to a first report brings a new token for the app to keep.

Photos are handed in first, one by one; the answer is a sealed reference good for one day and only
for the same reporter. A report then names its references, and is taken in whole or not at all.
"""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.http import Http404, HttpRequest
from django.utils.timezone import now
from django.utils.translation import gettext as _
from ninja import Field, File, Header, Query, Router, Schema, Status, UploadedFile
from ninja.utils import check_csrf
from pydantic import ConfigDict, JsonValue

from gongzhi.cases import files, gate, intake, rules
from gongzhi.cases.forms_resident import seal_files, unseal_files
from gongzhi.cases.reads import known, tracking
from gongzhi.cases.reporters import Reporter, address_of, reporter_of, reporter_with
from gongzhi.kernel.answers import Refused, refusals
from gongzhi.kernel.limits import within_limit
from gongzhi.kernel.refusals import NotAllowed, NotUnderstood
from gongzhi.places.coordinates import to_wgs84
from gongzhi.places.words import Datum

router = Router(tags=["cases"])
TEN_MINUTES = 600

DeviceToken = Annotated[
    str,
    Header(
        "",
        alias="X-Device-Token",
        description="made at random by the app, kept by it; names the reporter",
        pattern=r"^([A-Za-z0-9_-]{32,64})?$",
    ),
]


EXAMPLE: dict[str, JsonValue] = {
    "key": "0b8f0c4e-5b0a-4c58-9d0e-6f4f3f6a1b11",
    "text": "望湖花园3栋北门的路灯不亮，晚上看不见路",
    "lng": 117.306,
    "lat": 31.792,
    "datum": "wgs84",
}


class ReportIn(Schema):
    """What a report brings."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    key: UUID = Field(description="made on the phone; sending the same again gives the same case")
    text: str = Field("", max_length=100_000, description="what is wrong; may be empty with photos")
    lng: float | None = Field(None, description="degrees, in `datum`")
    lat: float | None = None
    datum: Datum = Datum.WGS84
    address: str = Field("", max_length=2_000)
    item: str = Field("", max_length=20, description="the reporter's own choice from /catalogue")
    component: str = Field(
        "",
        max_length=20,
        description="16 digits of the city component it is about (GB/T 30428), as painted on it; "
        "without a position the report lies where that stands",
    )
    contact_name: str = Field("", max_length=200)
    contact_phone: str = Field("", max_length=200)
    confirmed: bool = Field(
        default=True,
        description="false: a person fills in a form; danger is then answered 422 with the number "
        "to call, until they send true",
    )
    files: list[str] = Field(default_factory=list, max_length=50, description="from /photos")


class Taken(Schema):
    """The receipt of a report."""

    number: str
    secret: str | None = Field(description="opens the case with the number; only the first time")
    status: str
    status_label: str
    due_at: datetime
    device_token: str | None = Field(None, description="to be kept, when none was sent")
    emergency: dict[str, str] | None = Field(None, description="call this number at once")


class FileOut(Schema):
    """A stored file, for `files` of the next report."""

    file: str
    device_token: str | None = None


class StepOut(Schema):
    """One step of a case, as its reporter may read it."""

    at: datetime | None
    title: str
    who: str
    text: str


class Tracked(Schema):
    """How far a case has come."""

    number: str
    status: str
    status_label: str
    sentence: str
    reported_at: datetime
    due_at: datetime
    ended_at: datetime | None
    stars: int | None
    steps: list[StepOut]


class NearOut(Schema):
    """An open case close by that may be the same thing; nothing anybody wrote."""

    what: str
    place: str
    metres: int
    status: str
    reported_at: datetime
    joined: int


@router.post(
    "/reports",
    response={200: Taken, 201: Taken, **refusals(400, 403, 413)},
    summary="Report something",
    url_name="report",
)
def report(request: HttpRequest, sent: ReportIn, device_token: DeviceToken) -> Status[Taken]:
    """201 with number and secret; 200 without the secret when this key was taken in before."""
    reporter = _reporter(request, device_token)
    gate.count_report(reporter, address=address_of(request), at=now())
    stored = [file for sealed in sent.files for file in _unsealed(sealed, reporter)]
    files.photo_count_ok(stored)
    receipt, is_new = intake.take(sent, reporter, stored=stored)
    return Status(201 if is_new else 200, Taken.from_orm(receipt))


@router.post(
    "/photos",
    response={201: FileOut, **refusals(400, 403, 413)},
    summary="Hand in a photo",
    url_name="photo",
)
def photo(
    request: HttpRequest, device_token: DeviceToken, photo: File[UploadedFile]
) -> Status[FileOut]:
    """Check, clean and store one photo; name the answer's `file` in the report within a day."""
    reporter, at = _reporter(request, device_token), now()
    within_limit("photo-from", address_of(request), most=300, seconds=TEN_MINUTES, at=at)
    within_limit("photo-by", reporter.ref, most=60, seconds=TEN_MINUTES, at=at)
    stored = files.take_photo(photo)
    sealed = seal_files([stored], reporter.ref)
    return Status(201, FileOut(file=sealed, device_token=reporter.token or None))


class Where(Schema):
    """A position and words to compare with."""

    lng: float
    lat: float
    datum: Datum = Datum.WGS84
    text: str = Field(max_length=5_000)


@router.get(
    "/reports/nearby",
    response={200: list[NearOut], **refusals()},
    summary="What is known nearby",
    url_name="nearby",
)
def nearby(request: HttpRequest, where: Query[Where]) -> list[NearOut]:
    """Open cases of the last 30 days within 150 m that sound alike; nobody's own words."""
    at = now()
    within_limit("near-from", address_of(request), most=240, seconds=TEN_MINUTES, at=at)
    try:
        lng, lat = to_wgs84(where.lng, where.lat, where.datum)
    except ValueError as error:
        raise NotUnderstood(str(error), field="place") from error
    return [
        NearOut.from_orm(found)
        for found in known.nearby(lng, lat, where.text[: rules.TEXT_MOST], at)
    ]


@router.get(
    "/reports/{number}",
    response={200: Tracked, 404: Refused, **refusals()},
    summary="Track a report",
    url_name="track",
)
def track(
    request: HttpRequest,
    number: Annotated[str, Field(max_length=40)],
    device_token: DeviceToken,
    secret: Annotated[str, Query("", max_length=40)],
) -> Tracked:
    """For the reporter's own device, or with the secret; 404 for a wrong number or secret alike."""
    case = gate.case_of(number)
    if case is None or not device_token or case.reporter_ref != reporter_with(device_token).ref:
        try:
            case = gate.opened(number, secret, address=address_of(request), at=now())
        except NotUnderstood as refusal:
            raise Http404(refusal.sentence) from refusal
    return Tracked(
        number=case.number,
        status=case.status,
        status_label=case.get_status_display(),
        sentence=tracking.state_sentence(case),
        reported_at=case.reported_at,
        due_at=case.due_at,
        ended_at=case.ended_at,
        stars=case.stars,
        steps=[StepOut.from_orm(step) for step in tracking.timeline(case)],
    )


def _reporter(request: HttpRequest, device_token: str) -> Reporter:
    """A token that was sent, else a browser that proves to be no trap; see above."""
    if device_token:
        return reporter_with(device_token)
    reporter = reporter_of(request)
    if reporter.token:  # neither session nor known device: nobody whose name could be misused
        return reporter
    if check_csrf(request) is not None:
        raise NotAllowed(_("页面停留太久，为了安全没有提交。请刷新页面后再试一次。"))
    return reporter


def _unsealed(sealed: str, reporter: Reporter) -> list[files.StoredFile]:
    stored = unseal_files(sealed, reporter.ref)
    if not stored:
        raise NotUnderstood(_("照片已经过期，请重新上传。"), field="files")
    return stored

"""The calls of GeoReport v2: parse, ask or report, answer in the format of the suffix."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.timezone import now
from django.views.decorators.csrf import csrf_exempt

from gongzhi.cases import actions
from gongzhi.cases.actions import NewReport
from gongzhi.cases.files import take_photos
from gongzhi.cases.words import Source
from gongzhi.catalogue import reads as catalogue
from gongzhi.catalogue.models import Item
from gongzhi.doors import turned_away
from gongzhi.doors.models import Partner, digest_of
from gongzhi.doors.open311 import reads
from gongzhi.doors.open311.actions import take_request
from gongzhi.doors.open311.forms import (
    component_of,
    contact_of,
    place_of,
    posted,
    resend_key,
    words_of,
)
from gongzhi.doors.open311.rules import PAGE_MOST, Fault, as_json, as_xml, listed, whole, window
from gongzhi.doors.open311.words import State
from gongzhi.doors.plain import plain
from gongzhi.doors.reports import Arrival, key_of
from gongzhi.doors.words import Door
from gongzhi.kernel.limits import within_limit
from gongzhi.kernel.refusals import NotAllowed, NotUnderstood, Refusal

Call = Callable[..., tuple[str, Any]]
TYPES = {"xml": "text/xml", "json": "application/json"}


def georeport(*methods: str, bare: bool = False) -> Callable[[Call], Callable[..., HttpResponse]]:
    """Write what the call gives as XML or JSON, and its refusals as `errors`.

    A call gives (name of the XML root, data). `bare` leaves the charset out of the content type,
    as clients expect of the discovery document.
    """

    def mark(call: Call) -> Callable[..., HttpResponse]:
        @csrf_exempt  # authenticated by api_key in the body, never by a cookie
        @wraps(call)
        def answer(request: HttpRequest, *args: Any, suffix: str, **kwargs: Any) -> HttpResponse:
            if request.method == "OPTIONS":
                return _allowing(HttpResponse(), methods)
            if request.method not in {*methods, "HEAD"}:
                refused = _errors(suffix, 405, "这个地址不支持该请求方法。")
                return _allowing(refused, methods)
            try:
                root, data = call(request, *args, **kwargs)
            except Fault as fault:
                kind = NotAllowed if fault.status == 403 else NotUnderstood
                return _refused(request, suffix, fault.status, kind(fault.sentence))
            except Refusal as refusal:
                # Anything a report can be refused for is 400 here, but "too many" stays what it is,
                # so that a client knows to try again.
                status = refusal.status if refusal.status == 429 else 400
                return _refused(request, suffix, status, refusal)
            return _written(suffix, 200, root, data, bare=bare)

        return answer

    return mark


def _written(suffix: str, status: int, root: str, data: Any, *, bare: bool = False) -> HttpResponse:
    body = as_xml(root, data) if suffix == "xml" else as_json(data)
    media = TYPES[suffix] if bare else f"{TYPES[suffix]}; charset=utf-8"
    response = HttpResponse(body, status=status, content_type=media)
    response["Access-Control-Allow-Origin"] = "*"  # public data, no cookies involved
    return response


def _allowing(response: HttpResponse, methods: tuple[str, ...]) -> HttpResponse:
    """Says which methods the address takes, also to a browser that asks before it sends."""
    response["Allow"] = response["Access-Control-Allow-Methods"] = ", ".join(
        [*methods, "HEAD", "OPTIONS"]
    )
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Allow-Headers"] = "Content-Type, Idempotency-Key"
    return response


def _refused(request: HttpRequest, suffix: str, status: int, refusal: Refusal) -> HttpResponse:
    """Why, in the interface's own form; what was posted in vain is noted on the channel board."""
    if request.method == "POST":
        turned_away.note(Door.OPEN311, refusal, at=now())
    response = _errors(suffix, status, refusal.sentence)
    if status == 429:
        response["Retry-After"] = "60"
    return response


def _errors(suffix: str, status: int, sentence: str) -> HttpResponse:
    return _written(suffix, status, "errors", [{"code": str(status), "description": sentence}])


@csrf_exempt  # there is nothing here that anybody could be tricked into
def no_such_call(request: HttpRequest) -> HttpResponse:
    """404 in the interface's own form, for every other address below it."""
    suffix = "json" if request.path.endswith(".json") else "xml"
    return _errors(suffix, 404, "没有这个资源，请对照 discovery 检查地址。")


@georeport("GET", bare=True)
def discovery(request: HttpRequest) -> tuple[str, Any]:
    """Where the interface lives and what it speaks."""
    return "discovery", reads.discovery(request.build_absolute_uri("/open311/v2/"))


@georeport("GET")
def services(request: HttpRequest) -> tuple[str, Any]:
    """All items of the catalogue in force."""
    return "services", [reads.service(item) for item in reads.items()]


@georeport("GET")
def service(request: HttpRequest, code: str) -> tuple[str, Any]:
    """What a client must ask when reporting this item."""
    return "service_definition", reads.definition(_item(code, missing=404))


@georeport("GET", "POST")
def requests(request: HttpRequest) -> tuple[str, Any]:
    """Find requests, or make one."""
    return "service_requests", _report(request) if request.method == "POST" else _find(request)


@georeport("GET")
def one_request(request: HttpRequest, number: str) -> tuple[str, Any]:
    """One request, still in a list. 404 when there is none."""
    found = reads.requests(reads.cases_by_id([number]), page=1, size=1)
    if not found:
        raise Fault(404, "没有这个编号的事件。")
    return "service_requests", found


@georeport("GET")
def token(request: HttpRequest, token: str) -> tuple[str, Any]:
    """The request behind a token. Requests get their id at once, which serves as its own token."""
    case = reads.cases_by_id([token]).first()
    if case is None:
        raise Fault(404, "没有这个凭据。")
    return "service_requests", [{"service_request_id": case.number, "token": token}]


@georeport("GET", "POST")
def request_updates(request: HttpRequest) -> tuple[str, Any]:
    """What happened to requests in a span, or something to add to one."""
    if request.method == "POST":
        return "service_request_updates", _supplement(request)
    ask = request.GET
    begins, ends = window(ask.get("start_date", ""), ask.get("end_date", ""), now())
    ids = _list(ask, "service_request_id")
    return "service_request_updates", reads.updates(begins, ends, ids=ids, most=PAGE_MOST)


def _list(ask: QueryDict, name: str) -> list[str]:
    """A comma list, however often the parameter is given."""
    return listed(",".join(ask.getlist(name)))


def _find(request: HttpRequest) -> list[dict[str, Any]]:
    ask = request.GET
    page = whole(ask.get("page", ""), "page", default=1, most=100_000)
    size = whole(ask.get("page_size", ""), "page_size", default=PAGE_MOST, most=PAGE_MOST)
    if ids := _list(ask, "service_request_id"):
        return reads.requests(reads.cases_by_id(ids), page=page, size=size)
    begins, ends = window(ask.get("start_date", ""), ask.get("end_date", ""), now())
    states = _list(ask, "status")
    if wrong := set(states) - set(State.values):
        raise Fault(400, f"status 只能是 open 或 closed，不能是 {'、'.join(sorted(wrong))[:60]}。")
    cases = reads.cases_in(begins, ends, codes=_list(ask, "service_code"), states=states)
    return reads.requests(cases, page=page, size=size)


def _report(request: HttpRequest) -> list[dict[str, Any]]:
    said = posted(request)
    partner = _partner(said.get("api_key", ""))
    item = _item(said.get("service_code", ""), missing=400)
    component = component_of(said)
    place, words, number = place_of(said, component), words_of(said, item), resend_key(request)
    name, phone = contact_of(said)
    arrival = Arrival(
        door=Door.OPEN311,
        issuer=partner.code,
        external_id=number,
        partner=partner,
        new=NewReport(
            key=key_of(Door.OPEN311, partner.code, number),
            reporter_ref=_ref(partner, said.get("account_id") or said.get("device_id") or ""),
            text=words[0],
            lng=place.where.lng,
            lat=place.where.lat,
            area=place.where.area,
            address=place.address,
            item_code=item.code,
            component=component,
            source=Source.API,
            contact_name=name,
            contact_phone=phone,
            files=take_photos(request.FILES.getlist("media")),
        ),
    )
    case = take_request(by=None, arrival=arrival, rest=words[1:], at=now())
    return [
        {
            "service_request_id": case.number,
            "service_notice": reads.promise(case),
            "account_id": said.get("account_id") or None,
        }
    ]


def _supplement(request: HttpRequest) -> list[dict[str, Any]]:
    said = posted(request)
    partner = _partner(said.get("api_key", ""))
    case = reads.cases_by_id([said.get("service_request_id", "")]).first()
    if case is None:
        raise Fault(404, "没有这个编号的事件。")
    if not case.reporter_ref.startswith(_ref(partner, "")):
        raise Fault(403, "只能补充由您的系统提交的事件。")
    text = plain(said.get("description", ""))
    actions.supplement(by=None, case=case, reporter_ref=case.reporter_ref, text=text, at=now())
    return [{"update_id": str(case.remarks.latest("pk").event_id)}]


def _partner(key: str) -> Partner:
    partner = Partner.objects.filter(
        key_digest=digest_of(key), active=True, door=Door.OPEN311
    ).first()
    if not key or partner is None:
        raise Fault(403, "api_key 缺失或无效，请向平台管理员申请。")
    within_limit("open311", str(partner.pk), most=partner.per_minute, seconds=60, at=now())
    return partner


def _ref(partner: Partner, account: str) -> str:
    """Who reports: the partner, and its own user where it names one; never a name or an address."""
    return f"o:{partner.pk}:{digest_of(account)[:40] if account else ''}"


def _item(code: str, *, missing: int) -> Item:
    if not code.strip():
        raise Fault(400, "请填写 service_code。")
    item = catalogue.item(code.strip())
    if item is None:
        raise Fault(missing, "没有这个 service_code，请从 services 列表中选择。")
    return item

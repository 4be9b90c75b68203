"""Taking down a report for somebody who called or came, with suggestions while typing."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from gongzhi.access.requests import PersonRequest, staff_with
from gongzhi.access.roles import Can
from gongzhi.cases import actions, rules
from gongzhi.cases.dangers import Danger
from gongzhi.cases.forms_staff import RegisterForm
from gongzhi.cases.models import Case
from gongzhi.cases.reads.components import painted_code, things_beside
from gongzhi.cases.reads.near import near_to
from gongzhi.catalogue import reads as catalogue
from gongzhi.kernel.refusals import NotUnderstood
from gongzhi.kernel.sealed import blind_index
from gongzhi.places import reads as places
from gongzhi.places.coordinates import Position


@never_cache
@staff_with(Can.DISPATCH_CASES)
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: PersonRequest) -> HttpResponse:
    """The form; what is wrong with it is said beside the field, and nothing written is lost."""
    form = RegisterForm(request.POST or None, initial={"key": uuid4()})
    danger: Danger | None = None
    if request.method == "POST" and form.is_valid():
        try:
            case = _taken_down(request, form, at=now())
        except Danger as found:
            danger = found
            actions.stopped_by_danger(
                by=request.user, danger=found, source=form.cleaned_data["source"], at=now()
            )
            form.add_error(None, found.sentence)
        except NotUnderstood as refusal:
            field = {"place": "address"}.get(refusal.field, refusal.field)
            form.add_error(field if field in form.fields else None, refusal.sentence)
        else:
            return render(request, "cases/staff/registered.html", {"case": case}, status=201)
    status = 422 if form.errors else 200
    context = {
        "form": form,
        "classes": catalogue.classes(),
        "district": places.district(),
        "danger": danger,
    }
    return render(request, "cases/staff/register.html", context, status=status)


@never_cache
@staff_with(Can.DISPATCH_CASES)
@require_POST
def suggest(request: PersonRequest) -> HttpResponse:
    """What the words so far seem to be; what stands and what is known already at the position."""
    text = rules.clean(request.POST.get("text", ""))[: rules.TEXT_MOST]
    where = _position(request)
    things = things_beside(where)
    if len(text) < rules.TEXT_LEAST:
        return render(request, "cases/staff/_suggest.html", {"suggestion": None, "things": things})
    context = {
        "suggestion": catalogue.suggest(text),
        "near": near_to(request.user, text, *where, at=now()) if where else [],
        "things": things,
    }
    return render(request, "cases/staff/_suggest.html", context)


def _taken_down(request: PersonRequest, form: RegisterForm, *, at: datetime) -> Case:
    """The case of what was taken down; the caller is its reporter, the clerk who recorded it.

    A caller is known again by the blind index of the number; without one each call is its own.
    """
    data = form.cleaned_data
    who = blind_index(data["contact_phone"]) or data["key"].hex
    new = actions.NewReport(
        key=data["key"],
        reporter_ref=f"c:{who}",
        text=data["text"],
        lng=data["lng"],
        lat=data["lat"],
        address=data["address"],
        item_code=data["item"],
        component=painted_code(data["component"], pointed_at(data)),
        source=data["source"],
        nature=data["nature"],
        contact_name=data["contact_name"],
        contact_phone=data["contact_phone"],
        confirmed=data["safe"],
    )
    return actions.report(by=request.user, new=new, at=at)


def pointed_at(data: dict[str, Any]) -> Position | None:
    """The position of a desk's form, when somebody pointed at the map."""
    lng, lat = data["lng"], data["lat"]
    return None if lng is None or lat is None else (lng, lat)


def _position(request: PersonRequest) -> tuple[float, float] | None:
    try:
        lng, lat = float(request.POST.get("lng", "")), float(request.POST.get("lat", ""))
    except ValueError:
        return None
    return (lng, lat) if abs(lng) <= 180 and abs(lat) <= 90 else None

"""Enrolment at the desk: the home, the elder, both consents, the first contacts."""

from datetime import datetime

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gongzhi.access.models import Person
from gongzhi.access.requests import PersonRequest
from gongzhi.care import actions
from gongzhi.care.forms_staff import CONTACTS, EnrolForm
from gongzhi.care.models import Elder
from gongzhi.care.pages_staff import guards
from gongzhi.care.words import Tie
from gongzhi.kernel.refusals import Refusal
from gongzhi.sensing.actions import register_home
from gongzhi.sensing.models import Home


@guards
@require_http_methods(["GET", "HEAD", "POST"])
def enrol(request: PersonRequest) -> HttpResponse:
    """All or nothing: a home known already is taken, a new one is registered with the elder."""
    form = EnrolForm(request.POST or None, person=request.user)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                elder = _enrolled(request.user, form, now())
            except Refusal as refusal:
                status = refusal.status
                form.add_error(refusal.field if refusal.field in form.fields else None,
                               refusal.sentence)  # fmt: skip
            else:
                messages.success(request, _("已登记守护。接着登记设备，几秒后开始学习作息。"))
                return redirect("elders:elder", pk=elder.pk)
        else:
            status = 422
    contacts = [
        (form[f"contact_name_{n}"], form[f"contact_phone_{n}"], form[f"contact_tie_{n}"])
        for n in range(CONTACTS)
    ]
    context = {"form": form, "contacts": contacts, "ties": Tie.choices}
    return render(request, "care/staff/enrol.html", context, status=status)


@transaction.atomic
def _enrolled(by: Person, form: EnrolForm, at: datetime) -> Elder:
    typed = form.cleaned_data
    home = Home.objects.visible_to(by).filter(code=typed["code"]).first()
    if home is None:
        home = register_home(
            by=by,
            code=typed["code"],
            area=typed["area"],
            address=typed["address"],
            building=typed["building"],
            at=at,
        )
    elder = actions.enrol(
        by=by,
        home=home,
        name=typed["name"],
        phone=typed["phone"],
        consented_by=typed["consented_by"],
        consent_ref=typed["consent_ref"],
        shares_with_family=typed["shares_with_family"],
        trial_until=form.trial_until(at),
        at=at,
    )
    for name, phone, tie in form.contacts():
        actions.add_contact(by=by, elder=elder, name=name, phone=phone, tie=tie, at=at)
    return elder

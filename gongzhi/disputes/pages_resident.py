"""Residents ask for mediation: one short form; the request is a case they can follow."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from gongzhi.cases import actions as cases
from gongzhi.cases import gate
from gongzhi.cases.dangers import Danger
from gongzhi.cases.forms_resident import Draft
from gongzhi.cases.models import Case
from gongzhi.cases.pages_resident import estates
from gongzhi.cases.reporters import Reporter, address_of, reporter_of
from gongzhi.cases.words import Source
from gongzhi.catalogue import reads as catalogue
from gongzhi.catalogue.models import Item
from gongzhi.disputes import actions, rules
from gongzhi.disputes.words import Kind, Side
from gongzhi.kernel.refusals import NotUnderstood, Refusal

CLASS = "04"  # of the catalogue: 矛盾纠纷


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """The form; sent, it becomes a case of its class and a dispute on the desk."""
    reporter = reporter_of(request)
    draft = Draft.read(request.POST) if request.method == "POST" else None
    if draft is None:
        response = _form(request, Draft.blank(reporter.person, request.GET))
    else:
        response = _take(request, reporter, draft)
    reporter.remember(response)
    return response


def _take(request: HttpRequest, reporter: Reporter, draft: Draft) -> HttpResponse:
    at = now()
    if before := Case.objects.filter(reporter_ref=reporter.ref, key=draft.key).first():
        return redirect("pocket:done", number=before.number)
    try:
        if request.POST.get("willing") != "1":
            raise NotUnderstood(_("调解要双方自愿，请先勾选同意。"), field="willing")
        gate.count_report(reporter, address=address_of(request), at=at)
        new = draft.as_new(reporter, (), Source.POCKET)
        item = _item(draft)
        with transaction.atomic():  # the case and the dispute stand or fall together
            case = cases.report(by=reporter.person, new=_of_item(new, item), at=at)
            actions.open_dispute(
                by=None,
                at=at,
                story=case.text,
                title=case.title,
                area=case.area,
                address=case.address,
                kind=Kind(rules.kind_of(item.name if item else draft.text)),
                parties=_parties(request, new.contact_phone),
                case=case,
            )
    except Danger as danger:  # a quarrel that turned dangerous is not for a mediator
        cases.stopped_by_danger(by=reporter.person, danger=danger, source=Source.POCKET, at=at)
        return _form(request, draft, danger)
    except Refusal as refusal:
        return _form(request, draft, refusal)
    return redirect("pocket:done", number=case.number)


def _parties(request: HttpRequest, phone: str) -> list[actions.NewParty]:
    parties = []
    if name := request.POST.get("my_name", "").strip():
        parties.append(actions.NewParty(Side.APPLICANT, name, phone))
    if other := request.POST.get("other_name", "").strip():
        parties.append(actions.NewParty(Side.RESPONDENT, other))
    return parties


def _item(draft: Draft) -> Item | None:
    """The item chosen, else the likeliest of the class."""
    if draft.item:
        return catalogue.item(draft.item)
    found = catalogue.suggest(draft.text).candidates
    code = next((c.code for c in found if c.class_code == CLASS), "")
    return catalogue.item(code) if code else None


def _of_item(new: cases.NewReport, item: Item | None) -> cases.NewReport:
    return cases.NewReport(**{**vars(new), "item_code": item.code if item else ""})


def _form(request: HttpRequest, draft: Draft, refusal: Refusal | None = None) -> HttpResponse:
    items = Item.objects.filter(edition__active=True, item_class__code=CLASS)
    context = {
        "draft": draft,
        "items": items,
        "estates": estates(),
        "my_name": request.POST.get("my_name", "")[:40],
        "other_name": request.POST.get("other_name", "")[:40],
        "willing": request.POST.get("willing") == "1",
        "emergency": catalogue.suggest(draft.text).emergency if draft.text else None,
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return render(request, "disputes/resident/ask.html", context, status=status)

"""The desk's pages of lists that leave the house: ask, wait, fetch, print, and the ledger of it."""

from itertools import islice
from urllib.parse import urlencode

from django.contrib import messages as notices
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.access.checks import may
from gongzhi.access.models import Person
from gongzhi.access.requests import PersonRequest, signed_in, staff_with
from gongzhi.access.roles import Can
from gongzhi.kernel.refusals import NotUnderstood, Refusal, TooLarge
from gongzhi.sheets import actions, forms, jobs, vault
from gongzhi.sheets.actions.take import PRINT_MOST, listing_of
from gongzhi.sheets.kinds import INTAKES, LISTINGS, Listing, intakes_of
from gongzhi.sheets.models import Incoming, Layout, Outgoing
from gongzhi.sheets.ready import ready_layouts
from gongzhi.sheets.rules import fitted
from gongzhi.sheets.words import Progress, Shape
from gongzhi.sheets.writing import looked_at, printed

AT_ONCE = 10_000  # rows; more are written by the worker while the page shows how far it is
TYPES = {
    Shape.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Shape.CSV: "text/csv; charset=utf-8",
    Shape.PDF: "application/pdf",
}
PREVIEWED = 4
# What a printed page has room for, in ems of 12 px; landscape or not.
EMS_ACROSS = {True: 86.0, False: 58.0}
PADDING = 1.4  # of a cell, in ems


@never_cache
@signed_in
@require_safe
def tables(request: PersonRequest) -> HttpResponse:
    """What I brought in and took out, and what I may bring in."""
    mine = intakes_of(request.user)
    context = {
        "intakes": mine,
        "incoming": [
            (one, INTAKES.get(one.kind))
            for one in Incoming.objects.of(request.user).order_by("-pk")[:20]
        ],
        "outgoing": [
            (one, LISTINGS.get(one.kind))
            for one in Outgoing.objects.of(request.user).order_by("-pk")[:20]
        ],
        "may_audit": may(request.user, Can.READ_RECORD, within=None),
        "now": now(),
    }
    return render(request, "sheets/tables.html", context)


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: PersonRequest, kind: str) -> HttpResponse:
    """The list as filtered in the address: as what, in which layout, and why."""
    if kind not in LISTINGS:
        raise Http404
    listing = listing_of(request.user, kind)
    if request.method != "POST":
        return _ask_form(request, listing, None, None)
    draft = forms.typed(listing, request.POST)
    try:
        if "keep" in request.POST:
            return _keep(request, listing, draft)
        outgoing = actions.ask_for(
            by=request.user,
            new=actions.NewList(
                listing,
                forms.filters_in(request.GET),
                forms.shape_of(draft.shape),
                draft.sheet(listing),
                draft.reason,
            ),
            at=now(),
        )
    except (NotUnderstood, TooLarge) as refusal:
        return _ask_form(request, listing, draft, refusal)
    if outgoing.rows <= AT_ONCE and jobs.claim(outgoing, at=now()):
        jobs.run(outgoing, at=now())
    return redirect("tables:outgoing", outgoing.pk)


def _keep(request: PersonRequest, listing: Listing, draft: forms.Draft) -> HttpResponse:
    layout = actions.keep_layout(
        by=request.user,
        listing=listing,
        name=draft.layout_name,
        sheet=draft.sheet(listing),
        at=now(),
    )
    notices.success(request, _("版式“%(name)s”已保存，下次可直接选用。") % {"name": layout.name})
    query = urlencode({**forms.filters_in(request.GET), "layout": layout.pk})
    return redirect(f"{reverse('tables:ask', args=[listing.name])}?{query}")


def _ask_form(
    request: PersonRequest, listing: Listing, draft: forms.Draft | None, refusal: Refusal | None
) -> HttpResponse:
    query, at = forms.filters_in(request.GET), now()
    layouts = Layout.objects.filter(person=request.user, kind=listing.name).order_by("name")
    asked = request.GET.get("layout", "")
    layout = next((one for one in layouts if str(one.pk) == asked), None)
    ready = ready_layouts(listing)
    named = request.GET.get("ready", "")
    chosen = layout or next((one for one in ready if one.name == named), None)
    draft = draft or forms.drafted(listing, chosen, listing.words(query))
    rows = listing.count(request.user, query, at)
    keys = [key for key, _title in draft.chosen if listing.column(key)]
    context = {
        "listing": listing,
        "draft": draft,
        "layout": layout,
        "layouts": layouts,
        "ready": ready,
        "chosen": chosen,
        "rows": rows,
        "words": listing.words(query),
        "query": urlencode(query),
        "shapes": Shape.choices,
        "at_once": rows <= AT_ONCE,
        "print_most": PRINT_MOST,
        "heads": [title or str(listing.column(key)) for key, title in draft.chosen],
        "preview": [
            [printed(value) for value in row]
            for row in islice(listing.rows(request.user, query, keys, at), PREVIEWED)
        ],
        "refusal": refusal,
        "back": listing.page(query),
    }
    status = refusal.status if refusal else 200
    return render(request, "sheets/ask.html", context, status=status)


@never_cache
@signed_in
@require_safe
def outgoing(request: PersonRequest, pk: int) -> HttpResponse:
    """How far the writing is, and then the file; asked again every second by htmx."""
    one = _mine(request.user, pk)
    context = {
        "one": one,
        "listing": LISTINGS.get(one.kind),
        "expired": now() >= one.expires_at,
        "again": reverse("tables:outgoing", args=[pk]),
    }
    name = "sheets/_outgoing.html" if "HX-Request" in request.headers else "sheets/outgoing.html"
    return render(request, name, context)


@never_cache
@signed_in
@require_safe
def fetch(request: PersonRequest, pk: int) -> HttpResponseBase:
    """The file, for the person who asked for it only; each time is on record."""
    one = _mine(request.user, pk)
    if not one.file and one.progress == Progress.DONE and one.shape != Shape.PRINT:
        raise Http404(_("文件已过保存期并删除，请重新导出。"))
    actions.take(by=request.user, outgoing=one, at=now())
    if one.shape == Shape.PRINT:
        return _print(request, one)
    response = StreamingHttpResponse(vault.pieces(one.file), content_type=TYPES[Shape(one.shape)])
    response["Content-Length"] = one.size
    response["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=one.file_name
    )
    return response


def _print(request: PersonRequest, one: Outgoing) -> HttpResponse:
    sheet = jobs.sheet_of(one)
    wanted, rows = looked_at(sheet, islice(jobs.rows_of(one, at=now()), PRINT_MOST))
    page = EMS_ACROSS[sheet.landscape]
    widths = fitted([ems + PADDING for ems in wanted], page, sheet.breaks)
    context = {
        "one": one,
        "sheet": sheet,
        "lines": [[printed(value) for value in row] for row in rows],
        "widths": [f"{100 * width / page:.2f}%" for width in widths],
    }
    return render(request, "sheets/print.html", context)


@signed_in
@require_POST
def remove_layout(request: PersonRequest, pk: int) -> HttpResponse:
    """Remove a layout of one's own."""
    layout = get_object_or_404(Layout, pk=pk, person=request.user)
    kind = layout.kind
    actions.remove_layout(by=request.user, layout=layout, at=now())
    notices.success(request, _("版式已删除。"))
    return redirect("tables:ask", kind)


@never_cache
@staff_with(Can.READ_RECORD)
@require_safe
def ledger(request: PersonRequest) -> HttpResponse:
    """Every list that left the house: who, what, why, how many, how often fetched."""
    found = Outgoing.objects.select_related("person").order_by("-pk")
    page = Paginator(found, 50).get_page(request.GET.get("page"))
    lines = [(one, LISTINGS.get(one.kind), jobs.sheet_of(one)) for one in page.object_list]
    return render(request, "sheets/ledger.html", {"page": page, "lines": lines})


def _mine(person: Person, pk: int) -> Outgoing:
    found: Outgoing = get_object_or_404(Outgoing.objects.of(person), pk=pk)
    return found

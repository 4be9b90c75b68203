"""The family's page: status and when there was last life, in bands; no openings, no address.

A named contact comes by a private link together with the tail of their telephone number, or with
an account whose number is theirs. Every look is kept. Works without any script.
"""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from gongzhi.access.models import Person
from gongzhi.access.requests import PersonRequest, signed_in
from gongzhi.care import actions
from gongzhi.care.models import Contact, FamilyLink
from gongzhi.care.reads import family
from gongzhi.kernel.refusals import NotUnderstood, Refusal
from gongzhi.kernel.tries import count_try, take_back

OPENED = "family_links"  # session key: links whose telephone tail was given
OPENED_MOST = 10
TRIES, WINDOW = 5, 900


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """The private link: asks for the telephone's tail once, then shows how the elder is."""
    link = family.link_of(token, at=now())
    if link is None:
        raise Http404
    if link.pk in request.session.get(OPENED, []):
        return _show(request, link.contact, link=link)
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            _open(request, link)
            return redirect("family:link", token=token)
        except Refusal as refused:
            refusal = refused
    status = refusal.status if refusal else 200
    return render(request, "care/family/tail.html", {"refusal": refusal}, status=status)


def _open(request: HttpRequest, link: FamilyLink) -> None:
    """Remember that the tail was right; guessing is stopped."""
    at, tail = now(), request.POST.get("tail", "").strip()
    count_try("family-tail", str(link.pk), most=TRIES, seconds=WINDOW, at=at)
    if not tail or not link.contact.phone.endswith(tail) or len(tail) != 4:
        raise NotUnderstood(_("手机尾号不对，请填写您登记的手机号后四位。"), field="tail")
    take_back("family-tail", str(link.pk), seconds=WINDOW, at=at)
    others = [pk for pk in request.session.get(OPENED, []) if pk != link.pk]
    request.session[OPENED] = [*others, link.pk][-OPENED_MOST:]


@never_cache
@signed_in
@require_safe
def mine(request: PersonRequest) -> HttpResponse:
    """The elders for whom the signed-in person is a contact; one is shown at once."""
    contacts = family.contacts_of(request.user)
    if len(contacts) == 1:
        return _show(request, contacts[0], by=request.user)
    return render(request, "care/family/mine.html", {"contacts": contacts, "tab": "me"})


@never_cache
@signed_in
@require_safe
def by_account(request: PersonRequest, pk: int) -> HttpResponse:
    """One of several elders."""
    mine = {contact.pk for contact in family.contacts_of(request.user)}
    contact = get_object_or_404(Contact.objects.filter(pk__in=mine), pk=pk)
    return _show(request, contact, by=request.user)


def _show(
    request: HttpRequest,
    contact: Contact,
    *,
    link: FamilyLink | None = None,
    by: Person | None = None,
) -> HttpResponse:
    at = now()
    actions.note_family_view(by=by, contact=contact, link=link, at=at)
    context = {"seen": family.status_of(contact.elder, at=at), "contact": contact, "tab": "me"}
    return render(request, "care/family/status.html", context)

"""Whom to call about an elder, in which order, and who may look at how they are."""

import secrets
from datetime import datetime, timedelta

from django.db.models import Max
from django.utils.translation import gettext as _

from gongzhi.access.checks import require
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.care.models import Contact, Elder, FamilyLink
from gongzhi.care.rules.links import fingerprint
from gongzhi.care.words import Tie
from gongzhi.journal.record import record
from gongzhi.kernel.actions import action
from gongzhi.kernel.refusals import NotPossible, NotUnderstood

CONTACTS_MOST = 6
LINK_LASTS = timedelta(days=365)


@action
def add_contact(
    *, by: Person, elder: Elder, name: str, phone: str, tie: Tie, at: datetime
) -> Contact:
    """One more person to call, after those already there."""
    require(by, Can.GUARD_ELDERS, within=elder.home.area)
    phone = phone.strip().replace(" ", "").replace("-", "")
    if not name.strip() or not 7 <= len(phone) <= 20 or not phone.lstrip("+").isdecimal():
        raise NotUnderstood(_("请填写联系人姓名和完整的电话号码。"), field="phone")
    if elder.contacts.count() >= CONTACTS_MOST:
        raise NotPossible(_("最多登记%(most)d位联系人，请先删除一位。") % {"most": CONTACTS_MOST})
    last = elder.contacts.aggregate(last=Max("order"))["last"]
    order = 0 if last is None else last + 1
    contact = Contact.objects.create(
        elder=elder, order=order, name=name.strip()[:40], phone=phone, tie=tie
    )
    _record("care.contact_added", elder, by=by, at=at, contact=contact.pk)
    return contact


@action
def remove_contact(*, by: Person, contact: Contact, at: datetime) -> None:
    """They are called no more, and their private links open nothing from now on."""
    elder = contact.elder
    require(by, Can.GUARD_ELDERS, within=elder.home.area)
    pk = contact.pk
    contact.delete()
    _record("care.contact_removed", elder, by=by, at=at, contact=pk)


@action
def call_first(*, by: Person, contact: Contact, at: datetime) -> Contact:
    """Move a contact to the head of the list; the others keep their order."""
    elder = contact.elder
    require(by, Can.GUARD_ELDERS, within=elder.home.area)
    lowest = min(elder.contacts.values_list("order", flat=True), default=0)
    if contact.order == lowest:
        raise NotPossible(_("这位联系人已经排在第一位。"))
    # Places are unique: everybody moves beyond the last place, then back, the chosen one first.
    others = list(elder.contacts.exclude(pk=contact.pk).order_by("order"))
    ordered = [contact, *others]
    beyond = max(c.order for c in ordered) + 1
    for shift in (beyond, 0):
        for place, one in enumerate(ordered):
            Contact.objects.filter(pk=one.pk).update(order=shift + place)
    contact.refresh_from_db()
    _record("care.contact_first", elder, by=by, at=at, contact=contact.pk)
    return contact


@action
def make_link(*, by: Person, contact: Contact, at: datetime) -> tuple[FamilyLink, str]:
    """A private address for one contact, told once; earlier ones of theirs open nothing any more.

    Only where the elder agreed, apart from the guard itself, that the family may look.
    """
    elder = contact.elder
    require(by, Can.GUARD_ELDERS, within=elder.home.area)
    if elder.withdrawn_at is not None or not elder.shares_with_family:
        raise NotPossible(_("老人没有同意家属查看状态，不能生成链接。"))
    FamilyLink.objects.filter(contact=contact, revoked_at=None).update(revoked_at=at)
    secret = secrets.token_urlsafe(32)
    link = FamilyLink.objects.create(
        contact=contact,
        secret_hash=fingerprint(secret),
        made_at=at,
        made_by=by,
        expires_at=at + LINK_LASTS,
    )
    _record("care.link_made", elder, by=by, at=at, contact=contact.pk)
    return link, secret


@action
def revoke_link(*, by: Person, link: FamilyLink, at: datetime) -> FamilyLink:
    """The private address opens nothing any more, also where it is open just now."""
    elder = link.contact.elder
    require(by, Can.GUARD_ELDERS, within=elder.home.area)
    if not FamilyLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=at):
        raise NotPossible(_("这个链接已经停用。"))
    link.refresh_from_db()
    _record("care.link_revoked", elder, by=by, at=at, contact=link.contact_id)
    return link


def _record(name: str, elder: Elder, *, by: Person, at: datetime, **facts: object) -> None:
    record(name, about=elder, by=by, at=at, area_path=elder.home.area.path, **facts)

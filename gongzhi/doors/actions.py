"""Letting partners in and out."""

from datetime import datetime

from gongzhi.access.checks import require
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.doors.models import Partner, digest_of
from gongzhi.journal.record import record
from gongzhi.kernel.actions import action


@action
def admit(*, by: Person | None, name: str, key: str, at: datetime) -> Partner:
    """Let the program called `name` write with `key`; a known name gets the new key instead.

    `by` is None on the command line, where whoever can run commands may do everything.
    """
    if by is not None:
        require(by, Can.MANAGE_ACCOUNTS, within=None)
    partner, _new = Partner.objects.update_or_create(
        name=name,
        defaults={"key_digest": digest_of(key), "active": True},
        create_defaults={"key_digest": digest_of(key), "active": True, "created_at": at},
    )
    record("doors.partner_admitted", about=partner, by=by, at=at)
    return partner


@action
def shut_out(*, by: Person | None, partner: Partner, at: datetime) -> Partner:
    """Refuse the partner's key from now on; what it reported stays."""
    if by is not None:
        require(by, Can.MANAGE_ACCOUNTS, within=None)
    if Partner.objects.filter(pk=partner.pk, active=True).update(active=False):
        record("doors.partner_shut_out", about=partner, by=by, at=at)
    partner.refresh_from_db()
    return partner

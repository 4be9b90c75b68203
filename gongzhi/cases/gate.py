"""What people may do before anybody knows them: report so often, open a case by its secret."""

import hmac
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from gongzhi.cases import rules
from gongzhi.cases.models import Case
from gongzhi.cases.reporters import Reporter
from gongzhi.kernel.limits import within_limit
from gongzhi.kernel.refusals import NotUnderstood
from gongzhi.kernel.tries import count_try, take_back

TEN_MINUTES = 600
TRIES, TRIES_WITHIN = 5, 15 * 60


def count_report(reporter: Reporter, *, address: str, at: datetime) -> None:
    """TooMany when a device reports like a machine, or a network address like a crowd."""
    most = settings.REPORTS_PER_ADDRESS
    within_limit("report-from", address, most=most, seconds=TEN_MINUTES, at=at)
    if not reporter.token:  # a device seen for the first time has nothing to be counted by
        most = settings.REPORTS_PER_REPORTER
        within_limit("report-by", reporter.ref, most=most, seconds=TEN_MINUTES, at=at)


def case_of(number: str) -> Case | None:
    """The case with exactly this number, in the form it was told to people."""
    pk = rules.pk_of(number)
    case = Case.objects.for_lists().filter(pk=pk).first() if pk else None
    return case if case and case.number == number else None


def opened(number: str, secret: str, *, address: str, at: datetime) -> Case:
    """The case that number and secret open together; NotUnderstood (422) for a wrong pair.

    Wrong pairs count, for the number and for the address they come from: TooMany after five.
    """
    number = rules.clean(number)[:30].upper()
    limits = [("secret-of", number), ("secret-from", address)]
    for what, source in limits:
        count_try(what, source, most=TRIES, seconds=TRIES_WITHIN, at=at)
    case, given = case_of(number), rules.clean(secret).replace(" ", "")
    if case is None or not hmac.compare_digest(case.secret.encode(), given.encode()):
        raise NotUnderstood(
            _("编号和查询码对不上，请核对后再试。连续输错五次，要等十五分钟。"), field="secret"
        )
    for what, source in limits:
        take_back(what, source, seconds=TRIES_WITHIN, at=at)
    return case

"""Figures for whoever watches the machines, in the text form that Prometheus reads.

Nothing is counted per request that is not counted anyway: how reports come in is told by the gate
where they gather, what is owed by the database, at the moment somebody asks. Asked from this very
machine, or with the secret GONGZHI_METRICS_TOKEN; for everyone else there is nothing here.
"""

import hmac
from collections.abc import Iterator

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Count, Min, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import GC_COLLECTOR, PLATFORM_COLLECTOR, PROCESS_COLLECTOR, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector, CollectorRegistry

from gongzhi.cases import intake
from gongzhi.cases.models import Case
from gongzhi.journal.models import Errand
from gongzhi.journal.record import STUCK_AFTER

LOOPBACK = {"127.0.0.1", "::1"}


class Product(Collector):
    """What the product itself has to tell; its parts are read when somebody asks."""

    def collect(self) -> Iterator[Metric]:
        """Intake of this process, then the database, whose silence is a figure too."""
        yield from _intake()
        try:
            yield from [*_errands(), *_cases()]
        except DatabaseError:
            yield GaugeMetricFamily("gongzhi_database_up", "whether the database answers", value=0)
        else:
            yield GaugeMetricFamily("gongzhi_database_up", "whether the database answers", value=1)


REGISTRY = CollectorRegistry()
for collector in (Product(), PROCESS_COLLECTOR, PLATFORM_COLLECTOR, GC_COLLECTOR):
    REGISTRY.register(collector)


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures, for those who may ask; else 404, as if the address did not exist."""
    if not _may_ask(request):
        raise Http404
    return HttpResponse(generate_latest(REGISTRY), content_type=CONTENT_TYPE_LATEST)


def _may_ask(request: HttpRequest) -> bool:
    """With the secret from anywhere; without, only from this machine and past no front server."""
    given = request.META.get("HTTP_AUTHORIZATION", "").removeprefix("Bearer ")
    if settings.METRICS_TOKEN and hmac.compare_digest(
        given.encode(), settings.METRICS_TOKEN.encode()
    ):
        return True
    forwarded = settings.AXES_IPWARE_PROXY_COUNT or "HTTP_X_FORWARDED_FOR" in request.META
    return not forwarded and request.META.get("REMOTE_ADDR") in LOOPBACK


def _intake() -> Iterator[Metric]:
    written, batches, failed = intake.counts()
    yield CounterMetricFamily("gongzhi_reports", "reports written by this process", value=written)
    yield CounterMetricFamily("gongzhi_report_batches", "transactions for them", value=batches)
    yield CounterMetricFamily("gongzhi_report_failures", "batches that failed", value=failed)


def _errands() -> Iterator[Metric]:
    at = now()
    due = Q(not_before__lte=at, tries__lt=STUCK_AFTER)
    found = Errand.objects.filter(done_at=None).aggregate(
        waiting=Count("pk", filter=due),
        stuck=Count("pk", filter=Q(tries__gte=STUCK_AFTER)),
        oldest=Min("not_before", filter=due),
    )
    age = (at - found["oldest"]).total_seconds() if found["oldest"] else 0.0
    yield GaugeMetricFamily("gongzhi_errands_waiting", "errands due now", value=found["waiting"])
    yield GaugeMetricFamily("gongzhi_errands_stuck", "errands for a person", value=found["stuck"])
    yield GaugeMetricFamily("gongzhi_errand_age_seconds", "how long the oldest waits", value=age)


def _cases() -> Iterator[Metric]:
    by_status = GaugeMetricFamily("gongzhi_cases_open", "open cases by status", labels=["status"])
    for status, count in Case.objects.open().values_list("status").annotate(n=Count("pk")):
        by_status.add_metric([status], count)
    yield by_status
    overdue = Case.objects.open().filter(due_at__lt=now()).count()
    yield GaugeMetricFamily("gongzhi_cases_overdue", "open cases past their time", value=overdue)

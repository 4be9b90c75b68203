"""Is it alive, and is it ready? For front servers, monitors and the start of the demo."""

from datetime import timedelta

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gongzhi.calendars.models import PublishedYear, WorkSpan
from gongzhi.catalogue.models import Edition
from gongzhi.journal.models import Errand
from gongzhi.journal.record import stuck
from gongzhi.places.models import Area
from gongzhi.places.words import Level

LATE = timedelta(minutes=2)  # an errand that waits longer says that no worker is running


@never_cache
@require_safe
def alive(request: HttpRequest) -> JsonResponse:
    """200 while the process answers; asks nothing of the database."""
    return JsonResponse({"alive": True})


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """200 when people can be served, else 503; either way which part is missing and what to run."""
    try:
        missing = _missing()
        owed = _owed() if not missing else {}
    except DatabaseError:
        missing, owed = {"database": "the database does not answer"}, {}
    answer = {"ready": not missing, "missing": missing, **owed}
    return JsonResponse(answer, status=503 if missing else 200)


def _missing() -> dict[str, str]:
    if not _migrated():
        return {"migrations": "gongzhi migrate"}
    missing = {}
    if not Area.objects.filter(level=Level.DISTRICT).exists():
        missing["areas"] = "no district: gongzhi load_areas"
    if not Edition.objects.filter(active=True).exists():
        missing["catalogue"] = "gongzhi load_catalogue"
    if not WorkSpan.objects.exists() or not PublishedYear.objects.exists():
        missing["calendar"] = "gongzhi load_calendar"
    return missing


_known: set[str] = set()


def _migrated() -> bool:
    """Whether every migration is applied; a yes is remembered for the life of the process."""
    if "migrated" not in _known:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return False
        _known.add("migrated")
    return True


def _owed() -> dict[str, object]:
    """How much waits to be done, and whether somebody is doing it."""
    waiting = Errand.objects.filter(done_at=None, not_before__lte=now())
    oldest = waiting.order_by("not_before").values_list("not_before", flat=True).first()
    return {
        "errands": {
            "waiting": waiting.count(),
            "late": bool(oldest and now() - oldest > LATE),
            "stuck": stuck().count(),
        }
    }

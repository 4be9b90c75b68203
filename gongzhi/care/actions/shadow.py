"""Asking what the guard would have done with the own record, and keeping the answer."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from gongzhi.access.checks import require, scope
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.care.models import ShadowRun
from gongzhi.journal.record import record
from gongzhi.kernel.actions import action
from gongzhi.kernel.refusals import NotPossible, NotUnderstood, Overtaken

DAYS_LEAST, DAYS_MOST = 21, 90
INJECT_MOST = 2000


@action
def ask_shadow_run(*, by: Person, days: int, inject: int, seed: int, at: datetime) -> ShadowRun:
    """Replay the last `days` days of the homes this person guards, with `inject` collapses put in.

    The worker does it; one at a time for each area.
    """
    require(by, Can.GUARD_ELDERS, within=None)
    if not DAYS_LEAST <= days <= DAYS_MOST:
        raise NotUnderstood(
            _("天数在%(least)d到%(most)d之间。") % {"least": DAYS_LEAST, "most": DAYS_MOST},
            field="days",
        )
    if not 0 <= inject <= INJECT_MOST or not 0 <= seed < 2**31:
        raise NotUnderstood(
            _("注入次数在0到%(most)d之间。") % {"most": INJECT_MOST}, field="inject"
        )
    path = scope(by, Can.GUARD_ELDERS)[0]
    if ShadowRun.objects.filter(area_path=path, finished_at=None).exists():
        raise NotPossible(_("上一次试算还没有结束，请稍候。"))
    run = ShadowRun.objects.create(
        asked_by=by, asked_at=at, area_path=path, days=days, inject=inject, seed=seed
    )
    record("care.shadow_asked", about=run, by=by, at=at, area_path=path, days=days, inject=inject)
    return run


@action
def begin_shadow_run(*, by: Person | None, run: ShadowRun, at: datetime) -> ShadowRun:
    """Claim it, once however many workers look."""
    if not ShadowRun.objects.filter(pk=run.pk, started_at=None).update(started_at=at):
        raise Overtaken(_("这次试算已经开始。"))
    run.refresh_from_db()
    return run


@action
def end_shadow_run(
    *,
    by: Person | None,
    run: ShadowRun,
    report: Mapping[str, object],
    failed: str = "",
    at: datetime,
) -> ShadowRun:
    """Keep the figures, or why there are none."""
    ShadowRun.objects.filter(pk=run.pk, finished_at=None).update(
        report=dict(report), failed=failed[:1000], finished_at=at
    )
    run.refresh_from_db()
    return run

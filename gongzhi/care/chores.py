"""What the worker looks after for elders: settings that end, old readings, shadow runs."""

import os
import subprocess
import sys
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from gongzhi.care.actions.enrolment import set_sensitivity
from gongzhi.care.actions.listening import settle
from gongzhi.care.actions.shadow import begin_shadow_run, end_shadow_run
from gongzhi.care.models import Alert, Elder, ShadowRun
from gongzhi.care.words import CloseCode, Ground, Sensitivity
from gongzhi.journal.chores import chore
from gongzhi.kernel.refusals import Overtaken

NIGHT_NOTICE_LASTS = timedelta(hours=24)
SHADOW_LASTS = timedelta(hours=2)


@chore("care.end_settings", every=timedelta(minutes=1))
def end_one_setting(at: datetime) -> bool:
    """A sensitivity whose time is over falls back to low. False when there is none."""
    over = Elder.objects.guarded().filter(sensitivity_until__lte=at)
    elder = over.select_related("home__area").first()
    if elder is None:
        return False
    reason = _("期限已到，恢复为低")
    set_sensitivity(by=None, elder=elder, sensitivity=Sensitivity.LOW, reason=reason, at=at)
    return True


@chore("care.end_night_notices", every=timedelta(minutes=10))
def end_one_night_notice(at: datetime) -> bool:
    """A door opened in the night is no news any more after a day. False when there is none."""
    old = Alert.objects.open().filter(
        ground=Ground.NIGHT_DOOR, is_notice=True, raised_at__lte=at - NIGHT_NOTICE_LASTS
    )
    alert = old.select_related("elder__home__area").first()
    if alert is None:
        return False
    try:
        settle(by=None, alert=alert, code=CloseCode.FALSE_NORMAL, at=at)
    except Overtaken:
        return True
    return True


@chore("care.shadow_runs", every=timedelta(seconds=2))
def start_one_shadow_run(at: datetime) -> bool:
    """Start a shadow run in a process of its own, so that no errand waits behind it."""
    lost = ShadowRun.objects.filter(finished_at=None, started_at__lte=at - SHADOW_LASTS).first()
    if lost is not None:
        end_shadow_run(by=None, run=lost, report={}, failed=_("试算没有完成，请再试一次。"), at=at)
        return True
    run = ShadowRun.objects.filter(started_at=None).order_by("asked_at").first()
    if run is None:
        return False
    try:
        begin_shadow_run(by=None, run=run, at=at)
    except Overtaken:
        return True
    command = [sys.executable, str(settings.ROOT / "manage.py"), "run_shadow", str(run.pk)]
    subprocess.Popen(  # noqa: S603 - our own command
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "GONGZHI_DATA": str(settings.DATA_DIR)},
        start_new_session=True,
    )
    return True

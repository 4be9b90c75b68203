"""`gongzhi run_shadow RUN`: one shadow run, started by the worker."""

import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import now

from gongzhi.care.actions.shadow import end_shadow_run
from gongzhi.care.models import ShadowRun
from gongzhi.care.shadow import replayed


class Command(BaseCommand):
    """Runs beside everything else, at the lowest priority."""

    help = "Replay the deployment's own record for one shadow run and keep the figures."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which run."""
        parser.add_argument("run", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        """The figures, or the reason why there are none, are kept with the run."""
        run = ShadowRun.objects.filter(pk=options["run"], finished_at=None).first()
        if run is None:
            raise CommandError("没有这次试算，或者它已经结束。")
        os.nice(10)
        try:
            report = replayed(run, at=run.asked_at)
        except CommandError as error:
            end_shadow_run(by=None, run=run, report={}, failed=str(error), at=now())
            return
        end_shadow_run(by=None, run=run, report=report, at=now())

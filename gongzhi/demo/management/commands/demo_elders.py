"""`gongzhi demo_elders`: the devices in the demo's homes, saying what they say, until stopped."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import close_old_connections
from django.utils.timezone import now

from gongzhi.demo.building import note
from gongzhi.demo.feeding import Town
from gongzhi.kernel.running import begin


class Command(BaseCommand):
    """Stands in for the gateways: its readings go through the same verb as a broker's."""

    help = "Let the devices of the demo's elders speak, through the same door as a real gateway's."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How often."""
        parser.add_argument("--pause", type=float, default=3.0)

    def handle(self, *args: Any, **options: Any) -> None:
        """Until SIGTERM or SIGINT."""
        stop = begin(self)
        if not note().get("built_at"):
            raise CommandError("这里没有演示数据，先运行 gongzhi demo。")
        town, since = Town(), now() - timedelta(hours=1)
        while not stop.is_set():
            at = now()
            town.say(since=since, until=at)
            town.beat(at=at)
            since = at
            close_old_connections()
            stop.wait(options["pause"])

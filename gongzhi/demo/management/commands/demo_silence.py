"""`gongzhi demo_silence HOME`: let one elder of the demo fall silent and watch the ladder run."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import localtime, now

from gongzhi.demo.building import note
from gongzhi.demo.feeding import silence, wake
from gongzhi.sensing.models import Home


class Command(BaseCommand):
    """Only in the demo, whose people are made up."""

    help = "Let an elder of the demo have been silent for too long; --wake lets them stir again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which home, as on the board: H0001."""
        parser.add_argument("home")
        parser.add_argument("--wake", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Says since when the elder is silent now."""
        if not note().get("built_at"):
            raise CommandError("这里没有演示数据，先运行 gongzhi demo。")
        home = Home.objects.filter(code=options["home"], elder__withdrawn_at=None).first()
        if home is None:
            raise CommandError(f"没有户号 {options['home']}，请看守护名单。")
        if options["wake"]:
            wake(home)
            self.stdout.write(f"{home.code} 恢复正常作息。")
            return
        last = silence(home, at=now())
        self.stdout.write(
            f"{home.code} 自 {localtime(last):%m-%d %H:%M} 起没有动静，几秒后告警，电话响起。"
        )

"""`gongzhi listen`: take in what devices say through the MQTT broker, until told to stop."""

import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from gongzhi.kernel.running import begin
from gongzhi.sensing.intake import Intake


class Command(BaseCommand):
    """Broker and password come from the environment: GONGZHI_MQTT_HOST, _PORT, _USER, _PASSWORD."""

    help = "Listen to the MQTT broker and keep every message before acknowledging it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The address of the broker; a session name when several installations share one."""
        env = os.environ
        parser.add_argument("--host", default=env.get("GONGZHI_MQTT_HOST", "127.0.0.1"))
        parser.add_argument("--port", type=int, default=int(env.get("GONGZHI_MQTT_PORT", "1883")))
        parser.add_argument("--client-id", default="gongzhi-intake")
        parser.add_argument("--ca", default=env.get("GONGZHI_MQTT_CA", ""), help="CA file for TLS")

    def handle(self, *args: Any, **options: Any) -> None:
        """Finish the batch in hand before stopping on SIGTERM or SIGINT."""
        stop = begin(self)
        intake = Intake(
            options["host"],
            options["port"],
            options["client_id"],
            username=os.environ.get("GONGZHI_MQTT_USER", ""),
            password=os.environ.get("GONGZHI_MQTT_PASSWORD", ""),
            ca_file=options["ca"],
            ready=self._ready,
        )
        intake.run(stop.is_set)
        self.stdout.write(str(intake.counts))

    def _ready(self) -> None:
        """Told at each connection, once the broker has subscribed us."""
        self.stdout.write("listening")
        self.stdout.flush()

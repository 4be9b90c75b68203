"""`gongzhi write_broker_access DIR`: who may connect to Mosquitto and say what."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from gongzhi.sensing.actions.register import broker_hash
from gongzhi.sensing.models import Gateway

INTAKE = "gongzhi"  # the name under which `gongzhi listen` connects


class Command(BaseCommand):
    """Run it after registering, renewing or shutting out a gateway, then reload Mosquitto."""

    help = "Write Mosquitto's password_file and acl_file: one name, one secret, own topics only."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to; the intake's own password comes from GONGZHI_MQTT_PASSWORD."""
        parser.add_argument("directory", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Both files are put in place whole, so a reload never reads half a file."""
        password = os.environ.get("GONGZHI_MQTT_PASSWORD", "")
        if not password:
            raise CommandError("请设置 GONGZHI_MQTT_PASSWORD：平台自己连接 MQTT 用的密码。")
        if not options["directory"].is_dir():
            raise CommandError(f"没有目录 {options['directory']}。")
        gateways = Gateway.objects.filter(active=True).exclude(broker_hash="").order_by("code")
        lines = [f"{INTAKE}:{broker_hash(password)}"]
        lines += [f"{gateway.code}:{gateway.broker_hash}" for gateway in gateways]
        _put(options["directory"] / "passwords", "\n".join(lines) + "\n")
        _put(options["directory"] / "acl", ACL)
        self.stdout.write(f"{len(lines) - 1} 个网关；请让 Mosquitto 重新载入（SIGHUP）。")


# %u is the name somebody connected under: a gateway speaks for its own devices and reads nothing.
ACL = f"user {INTAKE}\ntopic read gongzhi/v1/#\n\npattern write gongzhi/v1/%u/#\n"


def _put(path: Path, text: str) -> None:
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(text, encoding="utf-8")
    fresh.chmod(0o600)
    fresh.replace(path)

"""Programs that play the other sides beside the demo: the city's hotline, WeChat, telephones …"""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import yaml
from django.conf import settings

from gongzhi.demo.ports import free_port
from gongzhi.demo.running import Part
from gongzhi.doors.actions import admit
from gongzhi.doors.models import Entry, Partner
from gongzhi.doors.words import Door, Told
from gongzhi.places.models import Building

# Everybody may know these: they open nothing but the demo on this machine.
KEYS: Mapping[str, str] = {
    "hotline": "demo-key-of-the-hotline",
    "city_management": "demo-key-of-city-management",
    "exchange": "demo-key-of-the-exchange",
    "citizen_app": "demo-key-of-the-app",
    "gongzhi": "demo-key-of-short-messages",
}
MAILBOX = {"code": "district", "name": "望湖区区长信箱", "address": "quzhang@wanghu.example.cn"}
OPENS = "demo-mailbox"  # the mailbox of the demo
WECHAT = {"APP_ID": "wx-demo", "SECRET": "wechat-secret", "TOKEN": "wechat-token"}
NAMES = {
    "hotline": ("市12345热线", Door.HOTLINE),
    "city_management": ("数字城管", Door.WEBHOOK),
    "exchange": ("话务系统", Door.PHONE),
    "citizen_app": ("市民应用", Door.OPEN311),
}


@dataclass(frozen=True)
class Other:
    """One other side: what it plays, where a person can look at it, and the process."""

    code: str
    plays: str
    url: str
    part: Part


def admit_partners(at: datetime) -> dict[str, Partner]:
    """Admit everybody under their demo keys, without an address: that is known when they run."""
    partners = {
        code: admit(by=None, name=name, key=KEYS[code], door=door, code=code, at=at)
        for code, (name, door) in NAMES.items()
    }
    Partner.objects.filter(code="city_management").update(
        wants=[Told.ACCEPTED.value, Told.CLOSED.value, Told.DECLINED.value]
    )
    return partners


def others(port: int, logs: Path) -> list[Other]:
    """The programs, on free ports above `port`, all speaking to the district on `port`."""
    home, place = f"http://127.0.0.1:{port}", ["--place", _some_place()]
    plays: Sequence[tuple[str, str, str, list[str]]] = (
        (
            "hotline", "市 12345 热线 hotline", "hotline.simulator",
            ["--key", KEYS["hotline"], *place, "--book", str(_order_book())],
        ),
        (
            "city_management", "数字城管平台 another platform", "webhook.simulator",
            ["--key", KEYS["city_management"], "--partner", "city_management", *place],
        ),
        ("wechat", "微信，关注者的手机 WeChat", "wechat.simulator", []),
        ("exchange", "话务系统 phone system", "phone.simulator", ["--key", KEYS["exchange"]]),
        ("sms", "短信网关 short messages", "sms_simulator", ["--key", KEYS["gongzhi"]]),
    )  # fmt: skip
    found, free = [], port + 10
    for code, name, module, args in plays:
        free = free_port(free + 1)
        target = [] if code == "sms" else ["--target", home]
        command = [sys.executable, "-m", f"gongzhi.doors.{module}", "--port", str(free)]
        part = Part(code, [*command, *args, *target], logs / f"{code}.log")
        found.append(Other(code, name, f"http://127.0.0.1:{free}", part))
    return [*found, _post_office(free, logs, place)]


def _some_place() -> str:
    """An address that the demo knows, so that what is sent from there reaches its community."""
    building = Building.objects.select_related("estate").order_by("estate__area__code", "pk")[0]
    return f"{building.estate.name}{building.name}"


def _post_office(taken: int, logs: Path, place: Sequence[str]) -> Other:
    """The mail server of the demo. Where it listens is written down for those who fetch from it."""
    pages = free_port(taken + 1)
    imap = free_port(pages + 1)
    smtp = free_port(imap + 1)
    ports = ["--port", str(pages), "--imap", str(imap), "--smtp", str(smtp)]
    who = ["--address", MAILBOX["address"], "--password", OPENS]
    words = yaml.safe_load((settings.CONFIG_DIR / "doors" / "mail.yaml").read_text("utf-8"))
    words |= {"every_seconds": 5}
    words["mailboxes"] = {
        MAILBOX["code"]: {
            "name": MAILBOX["name"],
            "address": MAILBOX["address"],
            "imap": {"host": "127.0.0.1", "port": imap, "tls": False},
            "smtp": {"host": "127.0.0.1", "port": smtp, "tls": False},
        }
    }
    mail_config().write_text(yaml.safe_dump(words, allow_unicode=True), encoding="utf-8")
    command = [sys.executable, "-m", "gongzhi.doors.mail.simulator", *ports, *who, *place]
    part = Part("mail", command, logs / "mail.log")
    return Other("mail", "电子信箱 mailbox", f"http://127.0.0.1:{pages}", part)


def _order_book() -> Path:
    """The city's book of orders; at first it knows those that the demo was built with."""
    path = Path(settings.DATA_DIR) / "city.json"
    if not path.exists():
        sent = Entry.objects.filter(door=Door.HOTLINE).values_list("external_id", flat=True)
        path.write_text(json.dumps({"past": list(sent)}), encoding="utf-8")
    return path


def mail_config() -> Path:
    """Where the demo keeps how its mailbox is reached."""
    return Path(settings.DATA_DIR) / "mail.yaml"


def environment(running: Sequence[Other]) -> dict[str, str]:
    """What our own processes must know of them."""
    urls = {one.code: one.url for one in running}
    return {
        **{f"GONGZHI_WECHAT_{name}": value for name, value in WECHAT.items()},
        "GONGZHI_WECHAT_API": urls["wechat"] + "/",
        "GONGZHI_WECHAT_OPEN": urls["wechat"] + "/connect/",
        "GONGZHI_SMS_URL": urls["sms"],
        "GONGZHI_SMS_KEY": KEYS["gongzhi"],
        "GONGZHI_MAIL_CONFIG": str(mail_config()),
        f"GONGZHI_MAIL_PASSWORD_{MAILBOX['code'].upper()}": OPENS,
    }


def point_partners(running: Sequence[Other]) -> None:
    """Tell the demo where each partner listens today."""
    for one in running:
        Partner.objects.filter(code=one.code).update(url=one.url)

"""WeChat as a program of its own, a gateway for short messages, and the account they belong to."""

import pytest

from gongzhi.doors.conftest import KEY
from gongzhi.doors.tests.outside import outside

AES = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
TEMPLATE = "tpl-progress"


@pytest.fixture
def account(settings):
    """`account(url)`: the settings of the account whose other side is at that address."""

    def configure(url="http://127.0.0.1:9", **changes):
        settings.WECHAT = {
            "app_id": "wx-demo",
            "secret": "wechat-secret",
            "token": "wechat-token",
            "aes_key": "",
            "api": url + "/",
            "open": url + "/connect/",
            **changes,
        }

    return configure


@pytest.fixture
def wechat(world, live_server, account):
    """WeChat, in plain mode, whose followers write to us."""
    with outside("gongzhi.doors.wechat.simulator", "--target", live_server.url) as program:
        account(program.url)
        yield program


@pytest.fixture
def sealed_wechat(world, live_server, account):
    """WeChat in its safe mode."""
    args = ("--target", live_server.url, "--aes-key", AES)
    with outside("gongzhi.doors.wechat.simulator", *args) as program:
        account(program.url, aes_key=AES)
        yield program


@pytest.fixture
def gateway(settings):
    """A gateway for short messages."""
    with outside("gongzhi.doors.sms_simulator", "--key", KEY) as program:
        settings.SMS_URL, settings.SMS_KEY = program.url, KEY
        yield program


@pytest.fixture
def template(monkeypatch):
    """A template of subscribed notices is configured."""
    from dataclasses import replace

    from gongzhi.doors.wechat import agreed, sending

    one = replace(agreed.terms(), template=TEMPLATE)
    monkeypatch.setattr(sending, "terms", lambda: one)
    return TEMPLATE

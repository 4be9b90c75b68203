"""What must be true before the product may serve people; every process asks as it starts."""

import os
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.db import DatabaseError

from gongzhi.access.models import Person
from gongzhi.kernel.running import START
from gongzhi.kernel.spans import hindrance

KEY_LEAST = 32


@register(START, deploy=True)
def keys_are_our_own(**_: Any) -> list[Error]:
    """No key of the demo, and none that is short or used twice, outside the demo."""
    return [] if settings.DEMO else list(_weak_keys())


def _weak_keys() -> Iterator[Error]:
    keys = [("GONGZHI_SECRET_KEY", settings.SECRET_KEY), ("GONGZHI_INDEX_KEY", settings.INDEX_KEY)]
    keys += [("GONGZHI_SEAL_KEYS", key) for key in settings.SEAL_KEYS]
    hint = "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
    for name, key in keys:
        if settings.DEMO_SECRET in key:
            yield Error(
                f"{name} 未设置或仍是演示密钥，正式环境不能启动。", hint=hint, id="gongzhi.E001"
            )
        elif len(key) < KEY_LEAST:
            yield Error(
                f"{name} 太短：至少 {KEY_LEAST} 个字符，现在 {len(key)} 个。",
                hint=hint,
                id="gongzhi.E002",
            )
    own = {key for _name, key in keys if settings.DEMO_SECRET not in key}
    if len(own) < len([1 for _name, key in keys if settings.DEMO_SECRET not in key]):
        yield Error("几个密钥相同；每个密钥要各不相同。", hint=hint, id="gongzhi.E003")


@register(START, deploy=True)
def hosts_are_named(**_: Any) -> list[Error]:
    """Addresses are listed one by one; a wildcard would let anyone choose our name."""
    if not settings.DEMO and any(host.strip() in {"*", ""} for host in settings.ALLOWED_HOSTS):
        return [
            Error(
                "GONGZHI_HOSTS 不能为空，也不能用 *；请写明本平台的域名。",
                hint="GONGZHI_HOSTS=gongzhi.example.gov.cn",
                id="gongzhi.E004",
            )
        ]
    return []


LOOPBACK = {"localhost", "127.0.0.1", "[::1]"}


@register(START, deploy=True)
def only_this_machine_without_https(**_: Any) -> list[Error]:
    """Cookies and names travel unprotected over http; only this machine may do without https."""
    away = sorted({host.strip() for host in settings.ALLOWED_HOSTS} - LOOPBACK)
    if settings.DEMO or settings.SECURE_COOKIES or not away:
        return []
    return [
        Error(
            f"GONGZHI_PLAIN_HTTP 只能用于本机，而 GONGZHI_HOSTS 中有 {'、'.join(away)}。",
            hint="去掉 GONGZHI_PLAIN_HTTP，由前置服务器（nginx、Caddy）提供 https。",
            id="gongzhi.E006",
        )
    ]


@register(START, deploy=True)
def monitors_have_a_long_secret(**_: Any) -> list[Error]:
    """A secret that opens the figures from elsewhere is as long as any other."""
    if settings.METRICS_TOKEN and len(settings.METRICS_TOKEN) < KEY_LEAST:
        return [
            Error(
                f"GONGZHI_METRICS_TOKEN 太短：至少 {KEY_LEAST} 个字符。",
                hint="python3 -c 'import secrets; print(secrets.token_urlsafe(48))'",
                id="gongzhi.E007",
            )
        ]
    return []


@register(START, deploy=True)
def front_servers_are_counted(**_: Any) -> list[CheckMessage]:
    """Behind a front server every request seems to come from that one, unless it is counted."""
    if settings.DEMO or not settings.SECURE_COOKIES or settings.AXES_IPWARE_PROXY_COUNT:
        return []
    return [
        Warning(
            "GONGZHI_PROXIES 为 0：前置服务器后面的所有人会被当作同一个地址限流和锁定。",
            hint="写明平台前面有几台前置服务器，一般是 GONGZHI_PROXIES=1。",
            id="gongzhi.W008",
        )
    ]


@register(START, deploy=True)
def data_are_not_for_everybody(**_: Any) -> list[CheckMessage]:
    """Other accounts of the machine neither read nor change database and photos."""
    where = settings.DATA_DIR
    if settings.DEMO or not where.exists() or not where.stat().st_mode & 0o007:
        return []
    return [
        Warning(
            f"本机其他账号可以进入数据目录 {where}。", hint=f"chmod 750 {where}", id="gongzhi.W009"
        )
    ]


@register(START, deploy=True)
def static_files_are_collected(**_: Any) -> list[CheckMessage]:
    """Pages name static files by their fingerprint, which collecting gives them."""
    if settings.DEMO or (settings.STATIC_ROOT / "staticfiles.json").exists():
        return []
    return [
        Warning(
            "静态文件还没有收集，页面无法显示。",
            hint="gongzhi collectstatic --no-input",
            id="gongzhi.W010",
        )
    ]


@register(START, deploy=True)
def spans_can_be_sent(**_: Any) -> list[CheckMessage]:
    """Whoever asks for spans is told when none will come; people are served all the same."""
    reason = hindrance(os.environ)
    if not reason:
        return []
    hint = "设置 OTEL_TRACES_EXPORTER=otlp 和 OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf。"
    if reason == "opentelemetry":
        reason, hint = "没有安装 opentelemetry", "tools/environment.sh telemetry"
    return [Warning(f"调用链数据不会发送：{reason}。", hint=hint, id="gongzhi.W011")]


@register(START, deploy=True)
def no_demo_password(**_: Any) -> list[Error]:
    """No account keeps the password that is printed on the screen of every demo."""
    if settings.DEMO:
        return []
    try:
        kept = list(
            Person.objects.filter(password__contains=f"${settings.DEMO_SALT}$")
            .order_by("username")
            .values_list("username", flat=True)[:5]
        )
    except DatabaseError:  # not there or not migrated yet: /readyz says so
        return []
    if not kept:
        return []
    return [
        Error(
            f"账号 {'、'.join(kept)} 还在使用演示密码，正式环境不能启动。",
            hint="演示数据不能当作正式数据：请用新的数据库，或为这些账号重设密码。",
            id="gongzhi.E005",
        )
    ]

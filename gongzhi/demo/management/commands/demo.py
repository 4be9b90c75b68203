"""`gongzhi demo`: build the demo district if it is not there, run everything, say what to try."""

import fcntl
import os
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TextIO

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from django.db.migrations.exceptions import InconsistentMigrationHistory
from django.utils.timezone import localtime, now
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gongzhi.demo import building, outside
from gongzhi.demo.cases import COUNT
from gongzhi.demo.feeding import catch_up
from gongzhi.demo.people import PASSWORD
from gongzhi.demo.ports import free_port
from gongzhi.demo.running import Fallen, Part, Tree

READY_SECONDS = 600  # a laptop that is busy with other things takes minutes
OLD = timedelta(days=3)
ACCOUNTS = [
    ("jumin01", "居民 resident", "/"),
    ("wangge01", "网格员 grid worker", "/patrol/"),
    ("shequ01", "社区工作者 community worker", "/desk/"),
    ("diaodu01", "街道调度员 sub-district dispatcher", "/desk/"),
    ("quji01", "区级调度员 district dispatcher", "/desk/"),
    ("chengguan01", "承办单位 城市管理局 urban management", "/patrol/"),
    ("lingdao01", "负责人 leader", "/wall/"),
    ("shenji01", "审计员 auditor", "/desk/"),
    ("guanli01", "系统管理员 administrator", "/"),
]


class Command(BaseCommand):
    """The first thing a newcomer runs; needs no service and leaves nothing running."""

    help = "Build the demo district and run everything on this machine. Ctrl-C stops it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to listen, and whether to start over."""
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--fresh", action="store_true", help="throw the old demo away first")
        parser.add_argument("--build-only", action="store_true", help="build, do not run")
        parser.add_argument("--cases", type=int, default=COUNT, help="how many to invent")

    def handle(self, *args: Any, **options: Any) -> None:
        """One demo at a time in one directory; a second is told where the first one is."""
        if not settings.DEMO or connection.vendor != "sqlite":
            raise CommandError(
                "演示只用内置的 SQLite：请去掉 GONGZHI_PG_NAME，并设置 GONGZHI_DEMO=1。"
            )
        console = Console(stderr=False, soft_wrap=True)
        with _alone() as claim:
            self._build(console, fresh=options["fresh"], count=options["cases"])
            if not options["build_only"]:
                self._run(console, options["port"], claim)

    def _build(self, console: Console, *, fresh: bool, count: int) -> None:
        built = building.note().get("built_at")
        if built and not fresh:
            bring_up_to_date()
            building.collect_static()
            catch_up(at=now())
            age = now() - datetime.fromisoformat(built)
            if age > OLD:
                console.print(
                    f"[yellow]演示数据建于 {age.days} 天前，今天没有新事件；"
                    "想要新的请运行 make demo-fresh。 "
                    f"The demo was built {age.days} days ago; make demo-fresh builds a new one.[/]"
                )
            return
        console.print("正在建造演示区 … Building the demo district …")
        started = now()
        try:
            building.build(count=count)
        except FileExistsError as error:
            raise CommandError(f"目录里有不属于演示的文件，没有删除任何东西：{error}") from error
        console.print(f"用时 {(now() - started).total_seconds():.0f} 秒。 Done.")

    def _run(self, console: Console, wanted: int, claim: TextIO) -> None:
        port = free_port(wanted)
        if port != wanted:
            console.print(
                f"[yellow]端口 {wanted} 被占用，改用 {port}。 "
                f"Port {wanted} is taken; using {port}.[/]"
            )
        live = free_port(port + 1)
        beside = outside.others(port, Path(settings.DATA_DIR) / "log")
        outside.point_partners(beside)
        building.leave_note(others={one.code: one.url for one in beside})
        home = f"http://127.0.0.1:{port}"
        claim.seek(0)
        claim.truncate()
        claim.write(f"{os.getpid()} {home}\n")
        claim.flush()
        try:
            env = _environment(live) | outside.environment(beside)
            with Tree([*_parts(port, live), *(one.part for one in beside)], env) as tree:
                if tree.wait_until_ready(
                    f"{home}/readyz", READY_SECONDS, say=_still_waiting(console)
                ):
                    _welcome(console, home)
                    _tell_of_others(console, home, beside)
                    tree.wait()
        except Fallen as fallen:
            raise CommandError(
                f"{fallen.part.name} 意外结束（{fallen.code}），其余进程已停止。最后几行：\n"
                f"{fallen.last_lines()}"
            ) from fallen
        except TimeoutError as late:
            raise CommandError(
                f"等了 {READY_SECONDS // 60} 分钟，网站还没有就绪，已全部停止：{late}\n"
                f"日志在 {settings.DATA_DIR}/log 。 It did not get ready; the logs are there."
            ) from late
        console.print("\n演示已停止。 Stopped.")


def _still_waiting(console: Console) -> Callable[[str], None]:
    """Says what the demo is waiting for, as often as it is asked to."""
    log = Path(settings.DATA_DIR) / "log" / "serve.log"
    return lambda missing: console.print(
        f"[dim]还在等网站就绪（{escape(missing)}），日志 {log} … Still starting …[/]"
    )


@contextmanager
def _alone() -> Iterator[TextIO]:
    """Hold the directory; CommandError with the other's address when somebody else does."""
    path = Path(settings.DATA_DIR) / "demo.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as claim:
        try:
            fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            claim.seek(0)
            pid, _space, home = claim.read().strip().partition(" ")
            where = f"（进程 {pid}）：{home}" if home else "，正在建造"
            raise CommandError(
                f"演示已经在运行{where}。先在那个窗口按 Ctrl-C，再重新运行。"
                " Another demo is running here already."
            ) from None
        claim.truncate(0)
        yield claim


def _parts(port: int, live: int) -> list[Part]:
    gongzhi = [sys.executable, str(settings.ROOT / "manage.py")]
    logs = Path(settings.DATA_DIR) / "log"
    return [
        Part("serve", [*gongzhi, "serve", "--port", str(port)], logs / "serve.log"),
        Part("live", [*gongzhi, "live", "--port", str(live)], logs / "live.log"),
        Part("work", [*gongzhi, "work"], logs / "work.log"),
        Part("elders", [*gongzhi, "demo_elders"], logs / "elders.log"),
        Part("guard", [*gongzhi, "guard"], logs / "guard.log"),
        Part("fetch", [*gongzhi, "fetch_mail"], logs / "fetch.log"),
    ]


def bring_up_to_date() -> None:
    """CommandError when the demo's tables were made by an earlier version and cannot follow."""
    try:
        call_command("migrate", verbosity=0, interactive=False)
    except (DatabaseError, InconsistentMigrationHistory) as error:
        raise CommandError(
            "演示数据是以前的版本建的，请运行 make demo-fresh 重建。 "
            "The demo was built by an earlier version; make demo-fresh builds it anew."
        ) from error


def _environment(live: int) -> dict[str, str]:
    return {
        "GONGZHI_LADDER_MINUTE": "6",  # seconds: nobody wants to wait 25 minutes for a rehearsal
        **os.environ,
        "GONGZHI_DEMO": "1",
        "GONGZHI_DATA": str(settings.DATA_DIR),
        "GONGZHI_LIVE_PORT": str(live),
        "PYTHONUNBUFFERED": "1",
    }


def _tell_of_others(console: Console, home: str, beside: Sequence[outside.Other]) -> None:
    table = Table(
        title="对接方模拟器，打开就能看、能发 the other sides, to look at and to play",
        title_justify="left",
    )
    table.add_column("谁")
    table.add_column("网址")
    for one in beside:
        table.add_row(one.plays, one.url + "/")
    console.print(table)
    console.print(
        "在微信模拟器里说“路灯坏了”，发位置，回复 1；在话务模拟器里打进分机 801，\n"
        "shequ01 在“电话坐席”签入 801 就会弹出；在电子信箱模拟器里寄一封信，几秒后有回信。\n"
        "Write as a WeChat follower or a letter, or call extension 801 while shequ01 sits there.\n"
        f"Open311：curl {home}/open311/v2/requests.json -d api_key={outside.KEYS['citizen_app']}"
        " -d service_code=02001 -d lat=31.792 -d long=117.306 -d description=路灯不亮\n"
    )


def _welcome(console: Console, home: str) -> None:
    table = Table(title=f"账号 accounts · 密码 password: [bold]{PASSWORD}[/]", title_justify="left")
    for heading in ("账号", "身份", "从这里开始"):
        table.add_column(heading)
    for username, who, path in ACCOUNTS:
        table.add_row(username, who, home + path)
    built = localtime(datetime.fromisoformat(str(building.note()["built_at"])))
    console.print(f"\n[bold green]共治演示已就绪[/] {home}  （数据建于 {built:%m月%d日 %H:%M}）")
    console.print("[dim]虚构的望湖区：人名、电话、地址全部是编造的。 A fictional district.[/]\n")
    console.print(table)
    console.print(
        f"""
[bold]试一试[/]
 1. 手机窗口打开 {home}/ ，点“随手拍”，写一句“路灯不亮”，选点，提交。不用登录。
 2. 另一个窗口用 diaodu01 登录 {home}/desk/ ：新事件自动出现，派给网格员。
 3. 第三个窗口打开 {home}/wall/ ：大屏上的点和动态同时跳出来。
 4. 用 wangge01 登录 {home}/patrol/ ：接单、拍照、办结；再由 diaodu01 核查结案。
 5. 回到第一个窗口，“我的”里看进度，打分。
 6. 独居老人守护：diaodu01 打开 {home}/desk/rehearsal/ ，让一位老人“忽然没动静”，
    在“模拟电话”里看电话依次响起；再用 wangge01 在手机的“守护”里接单、到门口、结束。
    （同样的命令：gongzhi demo_silence H0001）
 7. 用 lingdao01 打开 {home}/desk/numbers/ ：统计九十天，按事项、单位看时长和反复出现的事。
 8. 吹哨报到：diaodu01 打开 {home}/desk/whistles/ ，有一场四十分钟后的召集；jieban01 在手机
    {home}/patrol/whistles/ 响应、现场签到，diaodu01 写纪要、派任务、结束。
 9. 矛盾调解：diaodu01 打开 {home}/desk/disputes/ ，给“广场舞”选调解员；shequ01 在手机
    {home}/patrol/disputes/ 回访漏水的协议。居民从首页“矛盾化解”申请。
10. 办理流程：guanli01 打开 {home}/desk/flows/ ，改一步，看改动，启用；在办案件不受影响。

[bold]Try this[/]: report something at {home}/ (no account needed), watch it appear at the
dispatcher's desk (diaodu01) and on the wall (lingdao01), dispatch it, handle it as grid worker
(wangge01), check and close it, rate it. Then let an elder fall silent at {home}/desk/rehearsal/
and follow the calls to the doorstep. Every account has the same password, shown above.

按 Ctrl-C 停止。 Ctrl-C stops everything."""
    )

"""The desk's menu and badges; `{% load workbench %}`."""

from dataclasses import dataclass

from django import template
from django.http import HttpRequest
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _

from gongzhi.access.checks import able
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.care.models import Alert
from gongzhi.cases.models import Appeal, Case, FollowUp
from gongzhi.cases.reads.figures import Figures
from gongzhi.cases.reads.lists import TODO, asleep
from gongzhi.journal.record import stuck
from gongzhi.messages.models import Message
from gongzhi.sheets.kinds import INTAKES, LISTINGS

register = template.Library()


@dataclass(frozen=True)
class Entry:
    """One line of the menu; `badge` names the count shown beside it, 0 shows none."""

    name: str
    label: str
    icon: str
    url: str
    count: int = 0
    current: bool = False
    section: str = ""  # a heading that stands before this line


@register.simple_tag(takes_context=True)
def desk_menu(context: template.Context) -> list[Entry]:
    """The entries this person can work with, and nothing else."""
    request: HttpRequest = context["request"]
    person = request.user
    if not isinstance(person, Person):
        return []
    allowed = able(person, within=None)
    here = request.path
    entries = [
        *_cases(context, person, allowed),
        *_work(person, allowed),
        *_reference(person, allowed),
        *_system(allowed),
    ]
    best = max((e.url for e in entries if here.startswith(e.url)), key=len, default="")
    return [_marked(entry, entry.url == best) for entry in entries]


def _cases(context: template.Context, person: Person, allowed: frozenset[Can]) -> list[Entry]:
    """The inbox, with how many cases wait; its own page has counted them already."""
    if Can.SEE_CASES not in allowed:
        return []
    figures = context.get("figures")
    if isinstance(figures, Figures):
        todo = figures.todo
    else:
        waiting = Case.objects.visible_to(person).filter(status__in=TODO)
        todo = waiting.exclude(asleep(now())).count()
    return [Entry("todo", _("事件收件箱"), "inbox", reverse("staff:inbox"), todo)]


def _work(person: Person, allowed: frozenset[Can]) -> list[Entry]:
    found = []
    if Can.DISPATCH_CASES in allowed:
        url = reverse("staff:register")
        found.append(Entry("register", _("登记事件"), "square-pen", url))
        url = reverse("staff:refusals")
        found.append(Entry("refusals", _("不予受理"), "circle-slash", url))
        hotline = reverse("hotline_desk:orders")
        found.append(Entry("hotline", _("12345 工单"), "phone-call", hotline))
        phone = reverse("phone_desk:desk")
        found.append(Entry("phone", _("电话坐席"), "headset", phone))
        url = reverse("whistles:list")
        disputes = reverse("disputes:list")
        found.append(Entry("disputes", _("矛盾调解"), "scale", disputes))
        found.append(Entry("whistles", _("吹哨报到"), "megaphone", url))
        found.append(Entry("codes", _("码上报"), "qr-code", reverse("qr_desk:codes")))
    if Can.SEE_REGISTER in allowed:
        found.append(Entry("people", _("居民与房屋"), "users", reverse("register:people")))
    if Can.ARRANGE_VISITS in allowed:
        found.append(Entry("visits", _("走访任务"), "footprints", reverse("visits:list")))
    tables = {one.can for one in INTAKES.values()} | {one.can for one in LISTINGS.values()}
    if allowed & tables:
        found.append(Entry("tables", _("表格导入导出"), "table", reverse("tables:all")))
    if Can.GUARD_ELDERS in allowed:
        alarms = Alert.objects.visible_to(person).open().filter(is_notice=False).count()
        found.append(
            Entry("elders", _("独居老人守护"), "house-heart", reverse("elders:board"), alarms)
        )
        found.append(Entry("devices", _("设备登记"), "router", reverse("devices:register")))
    if Can.SEE_CASES in allowed:
        found += _afterwards(person)
    if Can.WATCH_WALL in allowed:
        found.append(Entry("wall", _("大屏一张图"), "monitor", reverse("wall:screen")))
    if allowed & {Can.WATCH_WALL, Can.READ_RECORD}:
        found.append(Entry("numbers", _("统计"), "chart-column", reverse("insight:numbers")))
    unread = Message.objects.filter(to=person, read_at=None).count()
    found.append(Entry("messages", _("消息"), "bell", reverse("desk:messages"), unread))
    return found


def _afterwards(person: Person) -> list[Entry]:
    visits = FollowUp.objects.visible_to(person).owed().filter(begins_at__lte=now())
    appeals = Appeal.objects.visible_to(person).owed()
    both = visits.order_by().values("pk").union(appeals.order_by().values("pk"), all=True)
    return [
        Entry(
            "followups", _("回访与申诉"), "phone-outgoing", reverse("staff:followups"), both.count()
        ),
        Entry("measures", _("三率"), "chart-column", reverse("staff:measures")),
        Entry("shared", _("模板与筛选"), "bookmark", reverse("staff:shared")),
    ]


def _reference(person: Person, allowed: frozenset[Can]) -> list[Entry]:
    return [
        Entry("catalogue", _("事项目录"), "book-open-check", reverse("desk:catalogue"),
              section=_("依据")),
        Entry("calendar", _("工作日历"), "calendar-days", reverse("desk:calendar")),
        Entry("flows", _("办理流程"), "workflow", reverse("desk:flows")),
    ]  # fmt: skip


def _system(allowed: frozenset[Can]) -> list[Entry]:
    found = []
    if Can.READ_RECORD in allowed:
        found.append(Entry("record", _("日志"), "scroll-text", reverse("desk:record")))
        found.append(Entry("ledger", _("导出台账"), "file-down", reverse("tables:ledger")))
    if allowed & {Can.MANAGE_ACCOUNTS, Can.DISPATCH_CASES}:
        found.append(Entry("doors", _("渠道"), "waypoints", reverse("doors:board")))
    if Can.MANAGE_ACCOUNTS in allowed:
        url = reverse("desk:errands")
        found.append(Entry("errands", _("卡住的任务"), "circle-alert", url, stuck().count()))
    if found:
        found[0] = Entry(**{**vars(found[0]), "section": _("系统")})
    return found


def _marked(entry: Entry, current: bool) -> Entry:  # noqa: FBT001 - a value, not a switch
    return Entry(**{**vars(entry), "current": current})

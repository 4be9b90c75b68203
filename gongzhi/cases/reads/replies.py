"""Reply templates with their fields filled from a case."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from gongzhi.access.models import Person
from gongzhi.cases import wording
from gongzhi.cases.models import Case, Reply
from gongzhi.cases.words import ReplyUse

OFFERED = 6  # of one use, so that the form stays a form


@dataclass(frozen=True)
class Offered:
    """One template as the form offers it: its name, and its text for this very case."""

    pk: int
    use: str
    name: str
    text: str


def values_of(case: Case) -> dict[str, str]:
    """What fills each field. References of the case only; nothing of the reporter."""
    community = case.area.community
    holder = case.handler.name if case.handler else case.unit.name if case.unit else ""
    return {
        "编号": case.number,
        "标题": case.title,
        "地点": case.where,
        "社区": community.name if community else case.area.name,
        "事项": case.item.name if case.item else "",
        "时限": f"{localtime(case.due_at):%m月%d日 %H:%M}",
        "承办": holder,
        "结案标准": case.item.closing if case.item else "",
    }


def example_values() -> dict[str, str]:
    """Values such as the editor's preview shows them."""
    return {
        "编号": "GZ261122000123",
        "标题": _("路灯不亮"),
        "地点": _("望湖花园3栋北门"),
        "社区": _("望湖社区"),
        "事项": _("路灯不亮"),
        "时限": "11月24日 18:00",
        "承办": _("路灯管理所"),
        "结案标准": _("灯已修好，晚上亮。"),
    }


def text_for(case: Case, text: str) -> str:
    """The text with its fields filled from the case."""
    return wording.filled(text, values_of(case)) if text else ""


def replies_for(case: Case, person: Person, *, item_code: str = "") -> dict[str, list[Offered]]:
    """Use → templates that fit the case, those of its item first; one query."""
    code = item_code or (case.item.code if case.item else "")
    rows = Reply.objects.visible_to(person).in_use().filter(Q(item_code="") | Q(item_code=code))
    values = values_of(case)
    found: dict[str, list[Offered]] = {use: [] for use in ReplyUse.values}
    for reply in sorted(rows, key=lambda r: (r.item_code == "", r.name, r.pk)):
        if len(found[reply.use]) < OFFERED:
            text = wording.filled(reply.text, values)
            found[reply.use].append(Offered(reply.pk, reply.use, reply.name, text))
    return found

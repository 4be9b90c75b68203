"""The flows at the desk: versions, what each says, the difference between two, letting one in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from django.contrib import messages as notices
from django.db.models import Count, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gongzhi.access.checks import may
from gongzhi.access.requests import PersonRequest, staff_with
from gongzhi.access.roles import ALLOWED, Can, Role
from gongzhi.calendars.words import LimitUnit
from gongzhi.cases.models import Case
from gongzhi.catalogue.models import Item
from gongzhi.faces.pages_desk import ANY_DESK
from gongzhi.flows import actions, files, reads
from gongzhi.flows.models import FlowVersion
from gongzhi.flows.rules import Flow, Limits, Move, Watch, diagram, difference, say_ask
from gongzhi.flows.words import Need, Turn
from gongzhi.kernel.refusals import NotUnderstood
from gongzhi.places.words import Level

LONGEST = 100_000  # characters of a flow's file


@never_cache
@staff_with(*ANY_DESK)
@require_safe
def flows(request: PersonRequest) -> HttpResponse:
    """Every flow with its versions; the one asked for, or the one in force, in full."""
    versions = list(FlowVersion.objects.order_by("code", "-active", "-number"))
    chosen = _asked(request, "version", versions) or (versions[0] if versions else None)
    return _page(request, versions, chosen)


@never_cache
@staff_with(Can.MANAGE_CONTENT)
@require_POST
def look(request: PersonRequest) -> HttpResponse:
    """Check a new version and show what it would change; nothing is let in yet."""
    text = _text(request)
    try:
        flow = actions.checked(*_content(text))
    except NotUnderstood as refusal:
        return _page(request, _versions(), None, text=text, refusal=refusal)
    before = FlowVersion.objects.filter(code=flow.code, active=True).first()
    changes = difference(reads.of_version(before.pk), flow) if before else []
    new: dict[str, Any] = {"text": text, "new": flow, "new_before": before, "new_changes": changes}
    return _page(request, _versions(), before, **new)


@staff_with(Can.MANAGE_CONTENT)
@require_POST
def load(request: PersonRequest) -> HttpResponse:
    """Let the new version in; running cases stay on theirs."""
    text = _text(request)
    try:
        content, lines = _content(text)
        version = actions.load(by=request.user, content=content, at=now(), lines=lines)
    except NotUnderstood as refusal:
        return _page(request, _versions(), None, text=text, refusal=refusal)
    said = _("“%(name)s”第 %(n)s 版已启用；在办的案件仍按原来的版本走完。")
    return _done(request, version, said)


@staff_with(Can.MANAGE_CONTENT)
@require_POST
def activate(request: PersonRequest, pk: int) -> HttpResponse:
    """Put an earlier version back in force for new cases."""
    version = get_object_or_404(FlowVersion, pk=pk)
    version = actions.load(by=request.user, content=version.content, at=now())
    return _done(request, version, _("“%(name)s”第 %(n)s 版重新启用，新案件按它办理。"))


def _done(request: PersonRequest, version: FlowVersion, sentence: str) -> HttpResponse:
    reads.forget()
    name = reads.of_version(version.pk).name
    notices.success(request, sentence % {"name": name, "n": version.number})
    return redirect(f"{reverse('desk:flows')}?version={version.pk}")


def _versions() -> QuerySet[FlowVersion]:
    return FlowVersion.objects.order_by("code", "-active", "-number")


def _page(
    request: PersonRequest,
    versions: "list[FlowVersion] | QuerySet[FlowVersion]",
    chosen: FlowVersion | None,
    *,
    refusal: NotUnderstood | None = None,
    **more: object,
) -> HttpResponse:
    listed = list(versions)
    other = _asked(request, "with", listed)
    flow = reads.of_version(chosen.pk) if chosen else None
    context = {
        "flows": _by_flow(listed),
        "chosen": chosen,
        "flow": flow,
        "rows": _matrix(flow) if flow else [],
        "steps": [_said(move) for move in flow.moves] if flow else [],
        "clocks": _clocks(flow) if flow else [],
        "mermaid": diagram(flow) if flow else "",
        "others": [v for v in listed if chosen and v.code == chosen.code and v.pk != chosen.pk],
        "other": other,
        "changes": difference(reads.of_version(other.pk), flow) if other and flow else None,
        "items": Item.objects.filter(edition__active=True, flow=chosen.code) if chosen else (),
        "source": _as_file(chosen),
        "may_edit": may(request.user, Can.MANAGE_CONTENT, within=None),
        "refusal": refusal,
        **more,
    }
    status = refusal.status if refusal else 200
    return render(request, "faces/desk_flows.html", context, status=status)


@dataclass
class FlowRow:
    """A flow with its versions, each with how many open cases run on it."""

    code: str
    name: str
    versions: list[tuple[FlowVersion, int]]


def _by_flow(versions: list[FlowVersion]) -> list[FlowRow]:
    open_cases = Case.objects.open().exclude(flow=None)
    running = dict(open_cases.values_list("flow").annotate(n=Count("pk")))
    rows: dict[str, FlowRow] = {}
    for version in versions:  # the version in force comes first and gives the flow its name
        row = rows.setdefault(
            version.code, FlowRow(version.code, reads.of_version(version.pk).name, [])
        )
        row.versions.append((version, running.get(version.pk, 0)))
    return list(rows.values())


def _matrix(flow: Flow) -> list[dict[str, object]]:
    """From each state the steps that lead to each other: the diagram as a table."""
    return [
        {
            "state": state,
            "turn": Turn(state.turn).label,
            "onward": [
                {"name": move.name, "to": flow.state(move.after).name, "who": _who(move)}
                for move in flow.moves
                if state.code in move.before
            ],
        }
        for state in flow.states
    ]


def _said(move: Move) -> dict[str, object]:
    return {
        "move": move,
        "who": _who(move),
        "needs": [Need(need).label for need in move.needs],
        "takes": [Need(need).label for need in move.takes],
        "asks": [say_ask(ask) for ask in move.asks],
    }


def _clocks(flow: Flow) -> list[dict[str, object]]:
    grades = actions.grades_of(flow.kind)
    return [_clock(watch, grades) for watch in flow.clocks]


def _clock(watch: Watch, grades: Mapping[str, object]) -> dict[str, object]:
    lines = [_limits(watch.limits, grades)]
    lines += [
        f"{Level(level).label}：{_limits(each, grades)}" for level, each in watch.levels.items()
    ]
    return {"name": watch.name, "lines": lines}


def _limits(limits: Limits, grades: Mapping[str, object]) -> str:
    return "，".join(
        f"{grades.get(grade, grade)} {amount} {LimitUnit(unit).label}"
        for grade, (amount, unit) in limits.items()
    )


def _who(move: Move) -> str:
    return "、".join(str(role.label) for role in Role if Can(move.who) in ALLOWED[role])


def _asked(request: PersonRequest, key: str, versions: list[FlowVersion]) -> FlowVersion | None:
    text = request.GET.get(key, "")
    return next((v for v in versions if str(v.pk) == text), None)


def _text(request: PersonRequest) -> str:
    file = request.FILES.get("file")
    if file is None:
        return request.POST.get("content", "")[:LONGEST]
    try:
        return str(file.read(LONGEST), "utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotUnderstood(_("文件要用 UTF-8 编码保存，请另存后再上传。")) from error


def _content(text: str) -> tuple[dict[str, object], files.Lines]:
    try:
        content, lines = files.read(text)
    except yaml.YAMLError as error:
        where = getattr(error, "problem_mark", None)
        line = where.line + 1 if where else 1
        raise NotUnderstood(
            _("第 %(line)s 行读不懂，请检查缩进和标点，未做任何更改。") % {"line": line},
            field="content",
        ) from error
    if not isinstance(content, dict):
        raise NotUnderstood(_("流程应当写成“名称: 值”的形式，未做任何更改。"), field="content")
    return content, lines


def _as_file(version: FlowVersion | None) -> str:
    if version is None:
        return ""
    return str(yaml.safe_dump(version.content, allow_unicode=True, sort_keys=False, width=100))

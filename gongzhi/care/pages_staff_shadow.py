"""Shadow mode at the desk: ask for a replay of the own record, read its report."""

from dataclasses import dataclass

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongzhi.access.checks import scope
from gongzhi.access.requests import PersonRequest
from gongzhi.access.roles import Can
from gongzhi.care.actions.shadow import ask_shadow_run
from gongzhi.care.models import ShadowRun
from gongzhi.care.pages_staff import guards
from gongzhi.care.replay.figures import GOALS, PUBLISHED_RATE
from gongzhi.care.rules.tail import NOTICE_R
from gongzhi.journal.models import Event
from gongzhi.kernel.numbers import whole
from gongzhi.kernel.refusals import NotUnderstood, Refusal

SHOWN = 10
WIDE, HIGH, LEFT, BOTTOM = 560, 260, 46, 36


@dataclass(frozen=True)
class Row:
    """One figure against its goal; `met` is None where there is no goal."""

    name: str
    alarm: str
    notice: str
    goal: str
    met: bool | None


@dataclass(frozen=True)
class Group:
    """One outfit of homes: its table and the points of its curve."""

    title: str
    rows: list[Row]
    points: list[tuple[float, float, str]]
    line: str
    ticks_x: list[tuple[float, str]]
    ticks_y: list[tuple[float, str]]


@guards
@require_safe
def shadow(request: PersonRequest) -> HttpResponse:
    """The latest report and the form for the next one."""
    return _page(request, None)


@guards
@require_safe
def shadow_run(request: PersonRequest, pk: int) -> HttpResponse:
    """An earlier report."""
    return _page(request, get_object_or_404(_runs(request), pk=pk))


def _runs(request: PersonRequest) -> QuerySet[ShadowRun]:
    return ShadowRun.objects.filter(area_path__in=scope(request.user, Can.GUARD_ELDERS))


def _page(
    request: PersonRequest, run: ShadowRun | None, *, refusal: Refusal | None = None
) -> HttpResponse:
    runs = list(_runs(request).select_related("asked_by")[:SHOWN])
    run = run or next(iter(runs), None)
    held = Event.objects.filter(name="care.held_back").filter(
        area_path__startswith=scope(request.user, Can.GUARD_ELDERS)[0]
    )
    context = {
        "runs": runs,
        "run": run,
        "groups": [group_of(g) for g in run.report.get("groups", [])] if run else [],
        "held_back": held.aggregate(n=Count("pk"))["n"],
        "refusal": refusal,
        "waiting": run is not None and run.finished_at is None,
        "size": (WIDE, HIGH),
        "typed": request.POST,
    }
    status = refusal.status if refusal else 200
    return render(request, "care/staff/shadow.html", context, status=status)


@guards
@require_POST
def ask(request: PersonRequest) -> HttpResponse:
    """Start a new one."""
    try:
        ask_shadow_run(
            by=request.user,
            days=_number(request, "days"),
            inject=_number(request, "inject"),
            seed=_number(request, "seed"),
            at=now(),
        )
    except Refusal as refusal:
        return _page(request, None, refusal=refusal)
    messages.success(request, _("试算已开始，完成后显示在这里。"))
    return redirect("elders:shadow")


def _number(request: PersonRequest, field: str) -> int:
    number = whole(request.POST.get(field, "").strip(), 9)
    if number is None:
        raise NotUnderstood(_("请填写整数。"), field=field)
    return number


def group_of(told: dict[str, object]) -> Group:
    """The report of one outfit as it is shown; `told` is Figures.as_json()."""
    levels = {level["r"]: level for level in told["levels"]}  # type: ignore[attr-defined]
    alarm, notice = levels[told["alarm_r"]], levels[NOTICE_R]
    goal = GOALS[str(told["outfit"])]
    kind = _("门磁类家庭") if told["outfit"] == "contacts" else _("多传感器家庭")
    title = _("%(kind)s：%(homes)d 户，%(months).1f 户月") % {
        "kind": kind,
        "homes": told["homes"],
        "months": told["home_months"],
    }
    rows = [_row(_("误报（次/户月）"), alarm["a_month"], notice["a_month"], goal.false_alarms, "")]
    if told["collapses"]:
        rows.append(_row(_("发现用时 中位"), alarm["median"], notice["median"], goal.median, " h"))
        rows.append(_row(_("发现用时 95%"), alarm["p95"], notice["p95"], goal.p95, " h"))
        mean = told["mean_at_published"]
        if isinstance(mean, float):
            name = _("每天误报 %(rate)g 次时平均") % {"rate": PUBLISHED_RATE}
            rows.append(_row(name, mean, None, goal.mean_at_published, " h"))
        rows.append(Row(_("未发现"), str(alarm["missed"]), str(notice["missed"]), "0", None))
    return Group(title, rows, *_curve(list(levels.values())))


def _row(name: str, alarm: float, notice: float | None, most: float | None, unit: str) -> Row:
    if alarm is None or alarm != alarm:
        return Row(name, "–", "–", "", None)
    said = "" if notice is None or notice != notice else f"{notice:.2f}{unit}"
    goal = "" if most is None else f"≤ {most:g}{unit}"
    return Row(name, f"{alarm:.2f}{unit}", said, goal, None if most is None else alarm <= most)


def _curve(
    levels: list[dict[str, float]],
) -> tuple[list[tuple[float, float, str]], str, list[tuple[float, str]], list[tuple[float, str]]]:
    """Mean hours to the alarm against false alarms a day, as pixels."""
    known = [(v["a_day"], v["mean"]) for v in levels if v["found"] and v["a_day"] <= 0.5]
    if not known:
        return [], "", [], []
    most_x = max(*(x for x, _y in known), 0.1)
    most_y = max(y for _x, y in known) * 1.1

    def place(x: float, y: float) -> tuple[float, float]:
        across = LEFT + x / most_x * (WIDE - LEFT - 14)
        return round(across, 1), round((HIGH - BOTTOM - 6) * (1 - y / most_y) + 12, 1)

    points = [(*place(x, y), f"{x:.3f} / {y:.1f} h") for x, y in sorted(known)]
    line = " ".join(f"{x},{y}" for x, y, _word in points)
    ticks_x = [(place(most_x * n / 4, 0)[0], f"{most_x * n / 4:.2f}") for n in range(5)]
    ticks_y = [(place(0, most_y * n / 4)[1], f"{most_y * n / 4:.0f}h") for n in range(5)]
    return points, line, ticks_x, ticks_y

"""Many cases at once: choose, see what would happen to each, do it, see what happened to each."""

from collections.abc import Sequence

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongzhi.access.models import Person
from gongzhi.access.requests import PersonRequest
from gongzhi.cases.actions.many import MOST, Doing, Outcome, do_to_each
from gongzhi.cases.forms_aside import ActForm
from gongzhi.cases.forms_staff import read
from gongzhi.cases.models import Case, Macro
from gongzhi.cases.pages_staff import case_for, desk
from gongzhi.cases.reads.near import candidates
from gongzhi.cases.reads.repeats import repeats_of
from gongzhi.cases.words import Act
from gongzhi.kernel.numbers import whole
from gongzhi.kernel.refusals import NotUnderstood

MERGE, SPLIT = "merge", "split"
LIKELY = 0.6  # so alike that the box is ticked already
NOT_FOR_MERGING = ("text", "suggestion", "contact_name", "contact_phone")
RELATED = ("area", "desk", "item__item_class", "unit", "handler", "reported_by", "complained_of")


@desk
@require_safe
def same(request: PersonRequest, pk: int) -> HttpResponse:
    """Cases that may be the same matter as this one, to be merged into it many at once."""
    case, at = case_for(request.user, pk), now()
    found = candidates(case, request.user)
    context = {
        "case": case,
        "candidates": found,
        "likely": LIKELY,
        "repeats": repeats_of([case], at=at)[case.pk],
        "radius": case.item.radius if case.item else None,
    }
    return render(request, "cases/staff/same.html", context)


@desk
@require_POST
def many(request: PersonRequest) -> HttpResponse:
    """Preview, or do: the same verbs either way, taken back in a preview."""
    at, person = now(), request.user
    what = request.POST.get("what", "")
    chosen = _chosen(request, person, what)
    doings, form, parent = _doings(request, what, [case for case, _seen in chosen])
    chosen = [(case, seen) for case, seen in chosen if parent is None or case.pk != parent.pk]
    if not chosen:
        raise NotUnderstood(_("除了主案，还要再选至少一件。"), field="case")
    for_real = request.POST.get("step") == "do"
    outcomes = do_to_each(by=person, cases=chosen, doings=doings, at=at, for_real=for_real)
    context = {
        "outcomes": outcomes,
        "done_count": sum(outcome.done for outcome in outcomes),
        "refused_count": sum(not outcome.done for outcome in outcomes),
        "for_real": for_real,
        "what": what,
        "named": _named(what, doings),
        "form": form,
        "parent": parent,
        "merged_now": _merged_now(outcomes, what) if for_real else (),
        "text": request.POST.get("text", ""),
        "asks_text": what in {Act.DISPATCH, Act.FINISH, Act.REMIND, Act.SNOOZE, Act.NOTE, MERGE},
        "asks_days": what == Act.SNOOZE,
    }
    return render(request, "cases/staff/many.html", context)


def _chosen(request: PersonRequest, person: Person, what: str) -> list[tuple[Case, int]]:
    """The ticked cases that the person may see, each with the version that was on screen."""
    seen: dict[int, int] = {}
    for said in request.POST.getlist("case"):
        key, _colon, on_screen = said.partition(":")
        pk, version = whole(key), whole(on_screen, 9)
        if pk is None or version is None:
            raise NotUnderstood(_("页面不完整，请刷新后再试一次。"))
        seen[pk] = version
    if not seen:
        raise NotUnderstood(_("请先勾选要一起处理的案件。"), field="case")
    if len(seen) > MOST:
        raise NotUnderstood(_("一次最多处理 %(most)s 件，请少选一些。") % {"most": MOST})
    found = Case.objects.visible_to(person).filter(pk__in=seen)
    if what in {MERGE, SPLIT}:
        found = found.select_related("area").defer(*NOT_FOR_MERGING)
    else:
        found = found.select_related(*RELATED)
    ordered = {case.pk: case for case in found}
    return [(ordered[pk], version) for pk, version in seen.items() if pk in ordered]


def _doings(
    request: PersonRequest, what: str, cases: Sequence[Case]
) -> tuple[list[Doing], ActForm | None, Case | None]:
    """What to do: one act with its fields, a macro's acts, merging into one of them, splitting."""
    if what.startswith("macro:"):
        mine = Macro.objects.visible_to(request.user)
        macro = get_object_or_404(mine, pk=whole(what.removeprefix("macro:")) or 0)
        return [Doing.read(act) for act in macro.acts], None, None
    if what == SPLIT:
        return [Doing(SPLIT)], None, None
    if what == MERGE:
        parent = _parent(request, cases)
        return [Doing(MERGE, text=request.POST.get("text", ""), parent=parent.pk)], None, parent
    data = request.POST.copy()
    data["act"] = what
    act = read(ActForm, data)
    if not act["act"]:
        raise NotUnderstood(_("请选择要做什么。"), field="what")
    doing = Doing(act["act"], text=act["text"], days=act["days"] or 1)
    return [doing], ActForm(data), None


def _parent(request: PersonRequest, cases: Sequence[Case]) -> Case:
    """The case the others are merged into: the one chosen, else the first that was reported."""
    said = whole(request.POST.get("parent", ""))
    if said is not None:
        ticked = (case for case in cases if case.pk == said)  # usual, and read already
        return next(ticked, None) or case_for(request.user, said)
    if not cases:
        raise NotUnderstood(_("请先勾选要一起处理的案件。"), field="case")
    return min(cases, key=lambda case: (case.parent_id is not None, case.reported_at, case.pk))


def _named(what: str, doings: Sequence[Doing]) -> str:
    others = {MERGE: _("并案"), SPLIT: _("取消并案")}
    return " → ".join(others.get(d.act) or str(Act(d.act).label) for d in doings)


def _merged_now(outcomes: Sequence[Outcome], what: str) -> list[Case]:
    """What was just merged, as it is now: the undo carries its new version."""
    if what != MERGE:
        return []
    return [o.case for o in outcomes if o.done and o.case.parent_id is not None]

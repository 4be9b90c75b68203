"""Among colleagues: internal notes that call people by name, watching, putting off."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from gongzhi.access.checks import require
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.cases import rules, wording
from gongzhi.cases.actions.moves import overtaken, remark, require_words, write
from gongzhi.cases.models import Case, Watch
from gongzhi.cases.reads.colleagues import can_see, colleagues_of
from gongzhi.cases.reads.lists import TODO
from gongzhi.cases.words import RemarkKind
from gongzhi.journal.record import record
from gongzhi.kernel.actions import action
from gongzhi.kernel.refusals import NotAllowed, NotPossible, NotUnderstood


@action
def note(
    *, by: Person, case: Case, text: str, at: datetime, tell: Sequence[Person] = ()
) -> list[Person]:
    """Write something among staff; everybody called by @name or chosen hears of it.

    Gives who is told. NotUnderstood when a called name fits nobody, or somebody may not see it.
    """
    if by.is_resident_only or not can_see(by, case):
        raise NotAllowed(_("只有能看到这个案件的工作人员可以写备注。"))
    require_words(text, _("请写下备注的内容。"), least=1)
    people = {p.pk: p for p in [*_called(text, case), *tell] if p.pk != by.pk}
    for person in people.values():
        if person.is_resident_only or not can_see(person, case):
            raise NotUnderstood(
                _("%(name)s看不到这个案件，不能用备注通知他。") % {"name": person.name},
                field="text",
            )
    event = record(
        "cases.noted", about=case, by=by, at=at, area_path=case.area.path, told=sorted(people)
    )
    remark(event, case, RemarkKind.NOTE, text)
    return list(people.values())


def _called(text: str, case: Case) -> list[Person]:
    if not {"@", "＠"} & set(text):
        return []
    colleagues = colleagues_of(case)
    names, unknown = wording.called(rules.clean(text), {p.name for p in colleagues})
    if unknown:
        raise NotUnderstood(
            _("没有叫“%(name)s”的同事，请检查“@”后面的姓名。") % {"name": unknown[0]}, field="text"
        )
    found = [p for p in colleagues if p.name in names]
    if len(found) > len(names):
        raise NotUnderstood(_("有同名的同事，请在名单里勾选要通知的人。"), field="text")
    return found


@action
def watch(*, by: Person, case: Case, at: datetime) -> Watch:
    """Hear of every step of the case from now on; watching twice is watching once."""
    if by.is_resident_only or not can_see(by, case):
        raise NotAllowed(_("您看不到这个案件，不能关注。"))
    watching, _new = Watch.objects.get_or_create(case=case, person=by, defaults={"at": at})
    return watching


@action
def unwatch(*, by: Person, case: Case, at: datetime) -> None:
    """Hear no more of the case than one's post asks for."""
    Watch.objects.filter(case=case, person=by).delete()


@action
def snooze(
    *,
    by: Person,
    case: Case,
    until: datetime,
    at: datetime,
    reason: str = "",
    seen: int | None = None,
) -> Case:
    """Put the case out of the desk's list until then; no clock stops, and being late wakes it.

    NotPossible beyond the time promised: nothing may be put off past its deadline.
    """
    require(by, Can.DISPATCH_CASES, within=case.desk)
    if seen is not None and seen != case.version:
        raise overtaken()
    if case.status not in TODO:
        raise NotPossible(_("现在不是调度台要办的，不用推后。"))
    if until <= at:
        raise NotUnderstood(_("请选择一个还没有到的时间。"), field="until")
    if case.handled_at is None and until > case.due_at:
        raise NotPossible(_("不能推到承诺时限以后。时限不会因此暂停。"))
    write(case, snoozed_until=until)
    event = record(
        "cases.snoozed",
        about=case,
        by=by,
        at=at,
        area_path=case.area.path,
        until=until.isoformat(),
    )
    remark(event, case, RemarkKind.NOTE, reason)
    return case


@action
def wake(*, by: Person, case: Case, at: datetime) -> Case:
    """Bring a case that was put off back to the list now."""
    require(by, Can.DISPATCH_CASES, within=case.desk)
    if case.snoozed_until is None:
        return case
    write(case, snoozed_until=None)
    record("cases.woken", about=case, by=by, at=at, area_path=case.area.path)
    return case

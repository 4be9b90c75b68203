"""What a person may do with a case right now; pages show only that, verbs check it again."""

from gongzhi.access.checks import may
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.cases import rules
from gongzhi.cases.models import Case

DESK = {
    "dispatch": Can.DISPATCH_CASES,
    "decline": Can.DISPATCH_CASES,
    "approve": Can.CHECK_CASES,
    "rework": Can.CHECK_CASES,
    "close": Can.CHECK_CASES,
}


def desk_verbs(person: Person, case: Case) -> frozenset[str]:
    """The desk's verbs for this person and case; besides the flow classify, place and reveal."""
    able = {can for can in Can if may(person, can, within=case.area)}
    verbs = {verb for verb in rules.verbs_from(case.status) if DESK.get(verb) in able}
    if case.handler_id == person.pk and (case.item is None or case.item.check_by_other):
        verbs -= {"approve", "rework"}
    if case.is_open and Can.DISPATCH_CASES in able:
        verbs |= {"classify", "place"}
    if Can.SEE_REPORTER in able:
        verbs.add("reveal")
    return frozenset(verbs)

"""What a person may do with a case right now; pages show only that, verbs check it again."""

from gongzhi.access.checks import able, may
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.cases.models import Case
from gongzhi.cases.reads.flows import flow_of
from gongzhi.places.words import Level

# What the desk does; handlers take their steps (accept, handle, return) on their rounds.
DESK = frozenset(
    {
        "dispatch",
        "decline",
        "send_up",
        "send_down",
        "ask_ruling",
        "arbitrate",
        "merge",
        "split",
        "approve",
        "rework",
        "close",
    }
)
# These belong to the desk that has the case; the others to whoever answers for the area.
OF_THE_DESK = frozenset({"dispatch", "send_up", "send_down", "ask_ruling", "arbitrate"})


def desk_verbs(person: Person, case: Case) -> frozenset[str]:
    """The desk's verbs for this person and case, those of the flow and those beside it."""
    allowed = able(person, within=case.area)
    has_desk = may(person, Can.DISPATCH_CASES, within=case.desk)
    moves = [move for move in flow_of(case).moves if case.status in move.before]
    verbs = {move.verb for move in moves if move.verb in DESK and move.who in allowed}
    if not has_desk:
        verbs -= OF_THE_DESK
    if case.desk.level == Level.DISTRICT:
        verbs -= {"send_up"}
    if case.desk.level == Level.COMMUNITY:
        verbs -= {"send_down"}
    if case.handler_id == person.pk and (case.item is None or case.item.check_by_other):
        verbs -= {"approve", "rework"}
    if case.is_open:
        verbs |= _beside_the_flow(allowed, case, has_desk=has_desk)
    if Can.SEE_REPORTER in allowed:
        verbs.add("reveal")
        if case.is_open and Can.DISPATCH_CASES in allowed:
            verbs.add("contact")
    return frozenset(verbs)


def _beside_the_flow(allowed: frozenset[Can], case: Case, *, has_desk: bool) -> set[str]:
    verbs = set()
    if Can.DISPATCH_CASES in allowed:
        verbs |= {"classify", "place", "name_complained_of"}
    if has_desk:
        verbs |= {"ask_assist", "resume" if case.paused_at else "pause", "decide_extension"}
    if Can.SUPERVISE in allowed:
        verbs.add("supervise")
    if Can.INSTRUCT in allowed:
        verbs.add("instruct")
    return verbs

"""The rungs of a ladder: calls and short messages go out, keys come back, nobody answers."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from gongzhi.access.models import Person
from gongzhi.care.actions.alerts import end_alert, record_step
from gongzhi.care.models import Alert, Contact, Ring, Step
from gongzhi.care.rules import ladder
from gongzhi.care.voice import line
from gongzhi.care.words import Call, CloseCode, Ground, Outcome, Party
from gongzhi.kernel.actions import action
from gongzhi.kernel.refusals import NotUnderstood, Overtaken
from gongzhi.kernel.sealed import masked_name
from gongzhi.messages.tell import text

STEPS_AT_ONCE = 200
SPOKEN = frozenset({Call.ELDER, Call.CONTACT, Call.ALL_CONTACTS})
PEOPLE = frozenset({*SPOKEN, Call.GRID_WORKER})  # asked at once when the elder asks for help
ANSWERS = frozenset({Outcome.SAFE, Outcome.COMING, Outcome.HELP, Outcome.NO_ANSWER})
# What a key means depends on who presses it.
KEYS = {
    Party.ELDER: {"1": Outcome.SAFE, "2": Outcome.HELP},
    Party.CONTACT: {"1": Outcome.SAFE, "2": Outcome.COMING},
}


def due_steps(*, at: datetime, of: Alert | None = None) -> list[Step]:
    """Rungs of open alerts (or of one) whose time has come, the first due first."""
    waiting = Step.objects.filter(outcome=Outcome.WAITING, due_at__lte=at, alert__closed_at=None)
    if of is not None:
        waiting = waiting.filter(alert=of)
    ordered = waiting.select_related("alert__elder__home__area").order_by("due_at", "pk")
    return list(ordered[:STEPS_AT_ONCE])


@action
def take_step(*, by: Person | None, step: Step, at: datetime) -> Step | None:
    """Take a rung, once however many workers look at it; None when another was faster.

    When the line refuses the call nothing is kept and the rung stays due.
    """
    alert = step.alert
    outcome = Outcome.CALLING if step.call in SPOKEN else Outcome.ASKED
    people = _people(step) if outcome == Outcome.CALLING else []
    if step.call == Call.NEXT_WORKER and alert.accepted_at is not None:
        outcome = Outcome.SKIPPED
    elif outcome == Outcome.CALLING and not people:
        outcome = Outcome.SKIPPED  # no number is known: the next rung is taken in its time
    claimed = Step.objects.filter(pk=step.pk, outcome=Outcome.WAITING).update(
        outcome=outcome, taken_at=at
    )
    if not claimed:
        return None
    for contact, phone in people:
        _ring(step, contact, phone, at)
    record_step(step, "care.step_taken", outcome, by=by, at=at, call=step.call)
    step.refresh_from_db()
    return step


def _people(step: Step) -> list[tuple[Contact | None, str]]:
    """Whom the rung calls, with their numbers; None is the elder."""
    elder = step.alert.elder
    if step.call == Call.ELDER:
        return [(None, elder.phone)] if elder.phone else []
    contacts = list(Contact.objects.filter(elder=elder).order_by("order"))
    if step.call == Call.CONTACT:
        contacts = contacts[step.order : step.order + 1]
    return [(contact, contact.phone) for contact in contacts]


def _ring(step: Step, contact: Contact | None, phone: str, at: datetime) -> None:
    """Call, and send the short message that goes with it."""
    party = Party.CONTACT if contact else Party.ELDER
    ring = Ring.objects.create(
        step=step,
        party=party,
        contact=contact,
        phone=phone,
        words=_spoken(step.alert, party),
        rung_at=at,
    )
    line().call(phone=phone, words=ring.words, ring=ring.pk)
    about = f"alert:{step.alert_id}"
    text(phone, _written(step.alert, party), about=about, once=f"care:ring:{ring.pk}", at=at)


def _spoken(alert: Alert, party: Party) -> str:
    facts = {"ground": Ground(alert.ground).label, "name": masked_name(alert.elder.name)}
    if party == Party.ELDER:
        return _("您好，这里是社区守护。%(ground)s。平安请按1，需要帮助请按2。") % facts
    return (
        _("您好，这里是社区守护。%(name)s家中%(ground)s。您确知平安请按1，您马上去看请按2。")
        % facts
    )


def _written(alert: Alert, party: Party) -> str:
    facts = {
        "ground": Ground(alert.ground).label,
        "name": masked_name(alert.elder.name),
        "time": f"{localtime(alert.raised_at):%H:%M}",
    }
    if party == Party.ELDER:
        return _("【社区守护】%(time)s %(ground)s。请接听来电，平安按1，需要帮助按2。") % facts
    return (
        _("【社区守护】%(time)s %(name)s家中%(ground)s，平台正在核实。请接听来电或直接联系老人。")
        % facts
    )


@action
def press(*, by: Person | None, ring: Ring, key: str, at: datetime) -> Ring:
    """A key was pressed during a call; `by` is set when somebody at the desk did it for them."""
    outcome = KEYS[Party(ring.party)].get(key)
    if outcome is None:
        raise NotUnderstood(_("没有这个按键：请按1或2。"), field="key")
    _end_ring(ring, outcome, at)
    step = Step.objects.select_related("alert__elder__home__area").get(pk=ring.step_id)
    if Step.objects.filter(pk=step.pk, outcome__in=[Outcome.CALLING, Outcome.NO_ANSWER]).update(
        outcome=outcome, answered_at=at
    ):
        _follow(step, outcome, by=by, at=at)
    return ring


@action
def ring_out(*, by: Person | None, ring: Ring, at: datetime) -> Ring:
    """Nobody picked up. The rung is unanswered once nobody it called has answered."""
    _end_ring(ring, Outcome.NO_ANSWER, at)
    others = Ring.objects.filter(step=ring.step_id).exclude(outcome=Outcome.NO_ANSWER)
    if not others.exists():
        step = Step.objects.select_related("alert__elder__home__area").get(pk=ring.step_id)
        if Step.objects.filter(pk=step.pk, outcome=Outcome.CALLING).update(
            outcome=Outcome.NO_ANSWER, answered_at=at
        ):
            record_step(step, "care.step_answered", Outcome.NO_ANSWER, by=by, at=at)
    return ring


def unanswered(*, at: datetime) -> list[Ring]:
    """Calls that have rung for long enough."""
    since = at - timedelta(seconds=settings.RING_SECONDS)
    return list(Ring.objects.filter(outcome=Outcome.CALLING, rung_at__lte=since)[:STEPS_AT_ONCE])


def _end_ring(ring: Ring, outcome: Outcome, at: datetime) -> None:
    open_ring = Ring.objects.filter(pk=ring.pk, outcome=Outcome.CALLING)
    if not open_ring.update(outcome=outcome, answered_at=at):
        raise Overtaken(_("这通电话已经结束。"))
    ring.refresh_from_db()


@action
def answer(*, by: Person | None, step: Step, outcome: Outcome, at: datetime) -> Step:
    """What came of a rung, as somebody at the desk heard it on the telephone."""
    if outcome not in ANSWERS:
        raise NotUnderstood(_("请选择这通电话的结果。"))
    told = Step.objects.filter(pk=step.pk, outcome=Outcome.CALLING).update(
        outcome=outcome, answered_at=at
    )
    if not told:
        raise Overtaken(_("这通电话的结果已经记录过了。"))
    Ring.objects.filter(step=step, outcome=Outcome.CALLING).update(outcome=outcome, answered_at=at)
    step.refresh_from_db()
    _follow(step, outcome, by=by, at=at)
    return step


def _follow(step: Step, outcome: Outcome, *, by: Person | None, at: datetime) -> None:
    """Safe ends what may be ended by a key; a call for help sends everybody at once."""
    alert = step.alert
    record_step(step, "care.step_answered", outcome, by=by, at=at)
    waiting = Step.objects.filter(alert=alert, outcome=Outcome.WAITING)
    if outcome == Outcome.HELP:
        waiting.filter(call__in=PEOPLE).update(due_at=at)
    elif outcome == Outcome.SAFE and alert.ground == Ground.BLIND:
        waiting.update(outcome=Outcome.SKIPPED)  # the devices are lost all the same
    elif (
        outcome == Outcome.SAFE
        and alert.ground not in ladder.PASS_THROUGH
        and alert.accepted_at is None  # whoever accepted to go looks all the same
    ):
        end_alert(alert, by=by, code=CloseCode.FALSE_NORMAL, at=at)

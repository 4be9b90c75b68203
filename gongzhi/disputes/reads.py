"""Disputes for pages: lists by step, who could mediate, the file of one, its clocks."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from gongzhi.access.models import Person
from gongzhi.calendars import reads as calendars
from gongzhi.calendars.clocks import Clock, Limit, State
from gongzhi.cases.models import Case
from gongzhi.catalogue.words import Evidence
from gongzhi.disputes import rules
from gongzhi.disputes.models import Agreement, Dispute, DisputeQuerySet, Mediator, Note
from gongzhi.disputes.rules import Candidate, Proposal
from gongzhi.disputes.words import STEPS, GuideTo, Kind, Risk, Side, Status
from gongzhi.flows import reads as flows
from gongzhi.flows.answers import told
from gongzhi.flows.rules import Flow
from gongzhi.journal.models import Event
from gongzhi.places.models import Area

FLOW = "six_step"


def flow_of(dispute: Dispute) -> Flow:
    """The flow the dispute runs on: the version it began with."""
    return flows.of_matter(dispute.flow_id, code=FLOW)


def disputes_of(person: Person) -> DisputeQuerySet:
    """What the person may see, with what a row shows."""
    rows = Dispute.objects.visible_to(person)
    return rows.select_related("area", "desk", "mediator", "case__area", "case__desk", "found_by")


def counts(person: Person) -> dict[str, int]:
    """How many stand at each step; one query."""
    rows = Dispute.objects.visible_to(person).order_by().values_list("status")
    return dict(rows.annotate(n=Count("pk", distinct=True)))


# ── who could mediate ─────────────────────────────────────────────────────


@dataclass(frozen=True)
class Offer:
    """A mediator proposed, with the reasons in words and what they have in hand."""

    mediator: Mediator
    load: int
    proposal: Proposal
    because: str


def candidate_of(mediator: Mediator, dispute: Dispute, load: int | None = None) -> Candidate:
    """The mediator as the rules see them for this dispute."""
    held = Dispute.objects.filter(mediator=mediator.person)
    busy = held.filter(status=Status.MEDIATING).count() if load is None else load
    return _candidate(mediator, dispute, busy, 0, 0)


def offers(dispute: Dispute) -> list[Offer]:
    """Who should mediate, best first, with reasons; parties and the inactive are left out."""
    chain = [area.pk for area in dispute.area.chain]
    rows = Mediator.objects.filter(is_active=True, person__is_active=True, area__in=chain)
    own = [index for index in dispute.parties.values_list("phone_index", flat=True) if index]
    rows = rows.exclude(person__phone_index__in=own).select_related("person", "area")
    mediators = {mediator.pk: mediator for mediator in rows}
    done = {
        int(row["mediator"]): {key: int(row[key]) for key in ("load", "settled", "ended")}
        for row in Dispute.objects.filter(mediator__in=[m.person_id for m in mediators.values()])
        .order_by()
        .values("mediator")
        .annotate(
            load=Count("pk", filter=Q(status=Status.MEDIATING)),
            settled=Count("pk", filter=Q(settled_at__isnull=False)),
            ended=Count("pk", filter=~Q(status=Status.MEDIATING)),
        )
    }
    none = {"load": 0, "settled": 0, "ended": 0}
    facts = {pk: done.get(m.person_id, none) for pk, m in mediators.items()}
    candidates = [
        _candidate(m, dispute, facts[pk]["load"], facts[pk]["settled"], facts[pk]["ended"])
        for pk, m in mediators.items()
    ]
    found = rules.propose(candidates, kind=dispute.kind, risk=dispute.risk or "low")
    return [
        Offer(mediators[p.pk], facts[p.pk]["load"], p, _because(p, facts[p.pk], dispute))
        for p in found
    ]


def _candidate(
    mediator: Mediator, dispute: Dispute, load: int, settled: int, ended: int
) -> Candidate:
    return Candidate(
        pk=mediator.pk,
        covers=mediator.area.holds(dispute.area),
        depth=mediator.area.path.count("/"),
        highest=mediator.highest,
        kinds=tuple(mediator.kinds),
        load=load,
        most=mediator.most,
        settled=settled,
        ended=ended,
    )


def _because(proposal: Proposal, facts: dict[str, int], dispute: Dispute) -> str:
    said = {
        "near": _("就在本地"),
        "covers": _("负责这个地方"),
        "skilled": _("擅长%(kind)s纠纷") % {"kind": Kind(dispute.kind).label},
        "general": _("各类纠纷都可"),
        "free": _("手上没有纠纷"),
        "load": _("手上 %(n)s 件") % {"n": facts["load"]},
        "record": _("调成 %(a)s / %(b)s 件") % {"a": facts["settled"], "b": facts["ended"]},
    }
    return "，".join(said[reason] for reason in proposal.reasons)


# ── the file of one ───────────────────────────────────────────────────────


@dataclass(frozen=True)
class Line:
    """One step taken: when, what, by whom, and what was written."""

    at: datetime
    title: str
    who: str
    text: str


def history(dispute: Dispute) -> list[Line]:
    """The steps of a dispute in order, with what was written in taking them."""
    events = Event.objects.filter(kind="dispute", subject_id=dispute.pk).order_by("pk")
    events = events.select_related("by")
    notes = {n.event: n for n in Note.objects.filter(dispute=dispute)}
    titles, details = _titles(), _details(dispute, list(events))
    return [
        Line(
            event.at,
            titles.get(event.name, event.name),
            _who(event),
            "\n".join(
                part
                for part in (
                    details.get(event.pk, ""),
                    _written(notes.get(event.pk), event.name, dispute),
                )
                if part
            ),
        )
        for event in events
        if event.name in titles
    ]


def _details(dispute: Dispute, events: Sequence[Event]) -> dict[int, str]:
    """Event → its result: the class and desk, the risk, who mediates, what was said and agreed."""
    codes = {event.facts["desk"] for event in events if "desk" in event.facts}
    desks = dict(Area.objects.filter(code__in=codes).values_list("code", "name")) if codes else {}
    keys = {event.facts["mediator"] for event in events if "mediator" in event.facts}
    mediators = dict(Person.objects.filter(pk__in=keys).values_list("pk", "name")) if keys else {}
    agreed = {one.at: one.text for one in dispute.agreements.all()}
    sat = {one.pk: one for one in dispute.sessions.all()}
    sides = {one.pk: Side(one.side).label for one in dispute.parties.all()}
    found = {}
    for event in events:
        facts = event.facts
        if facts.get("party") in sides:
            found[event.pk] = _of_a_party(event.name, str(sides[facts["party"]]))
        match event.name:
            case "disputes.sorted":
                said = {"kind": Kind(facts["kind"]).label, "desk": desks.get(facts["desk"], "")}
                found[event.pk] = _("%(kind)s纠纷，由%(desk)s化解。") % said
            case "disputes.risk_rated":
                found[event.pk] = _("评定为“%(risk)s”。") % {"risk": Risk(facts["risk"]).label}
            case "disputes.assigned" if facts.get("mediator") in mediators:
                found[event.pk] = _("请%(name)s调解。") % {"name": mediators[facts["mediator"]]}
            case "disputes.session_held" if facts.get("session") in sat:
                one = sat[facts["session"]]
                found[event.pk] = f"{one.place}：{one.text}" if one.place else one.text
            case "disputes.settled":
                found[event.pk] = agreed.get(event.at, "")
            case "disputes.guided":
                found[event.pk] = str(GuideTo(facts["to"]).label)
            case "disputes.reviewed":
                found[event.pk] = _("%(n)s 分") % {"n": facts["score"]}
    return found


def _of_a_party(event: str, side: str) -> str:
    return _("%(side)s愿意接受调解。") % {"side": side} if event == "disputes.agreed" else side


def _written(note: Note | None, event: str, dispute: Dispute) -> str:
    if note is None:
        return ""
    verb = next((v for v, past in rules.PAST.items() if f"disputes.{past}" == event), "")
    answers = json.loads(note.answers) if note.answers else {}
    filled = told(flow_of(dispute).asks_of(verb), answers)
    return "\n".join(part for part in (note.text, filled) if part)


def _who(event: Event) -> str:
    if event.by:
        return f"{event.by.name}（{event.by.post_name}）"
    return _("居民申请") if event.name == "disputes.opened" else _("系统")


def _titles() -> dict[str, str]:
    return {
        "disputes.opened": _("排查受理"),
        "disputes.party_added": _("登记当事人"),
        "disputes.agreed": _("当事人同意调解"),
        "disputes.sorted": _("归类分流"),
        "disputes.risk_rated": _("评定风险"),
        "disputes.assigned": _("选派调解员"),
        "disputes.session_held": _("调解一次"),
        "disputes.settled": _("达成协议"),
        "disputes.follow_up_due": _("该回访了，已提醒"),
        "disputes.nearly_due": _("快到时限，已提醒"),
        "disputes.overdue": _("已超过时限，已催办"),
        "disputes.supervised": _("超时一个工作日，已报上一级督办"),
        "disputes.followed_up": _("回访：已履行"),
        "disputes.resumed": _("回访：未履行，再调解"),
        "disputes.reviewed": _("考评归档"),
        "disputes.guided": _("引导其他途径"),
        "disputes.withdrawn": _("当事人撤回"),
        "disputes.party_revealed": _("查看当事人信息"),
    }


@dataclass(frozen=True)
class Stand:
    """One of the six steps as the bar shows it: passed, here, or ahead."""

    name: str
    look: str


def bar(dispute: Dispute) -> list[Stand]:
    """The six steps in order with where the dispute stands; all passed once it is laid up."""
    at = STEPS.index(Status(dispute.status)) if dispute.status in STEPS else len(STEPS)
    if dispute.status in {Status.GUIDED, Status.WITHDRAWN}:
        at = 3 if dispute.assigned_at else 0
    return [
        Stand(str(step.label), "was" if n < at else "now" if n == at else "")
        for n, step in enumerate(STEPS)
    ]


@dataclass(frozen=True)
class Face:
    """A clock as a line: name, due time, state."""

    name: str
    due_at: datetime
    state: State


def clock_of(dispute: Dispute, at: datetime) -> Face | None:
    """The clock of the step at which the dispute stands, as a page shows it."""
    clock, calendar, local = running(dispute), calendars.in_force(), localtime(at)
    if clock is None:
        return None
    return Face(clock.name, clock.due(calendar, local), clock.state(calendar, local))


def running(dispute: Dispute) -> Clock | None:
    """The clock of the step at which the dispute stands, by its risk; from the record alone."""
    watch = next((c for c in flow_of(dispute).clocks if dispute.status in c.during), None)
    if watch is None:
        return None
    since = dispute.found_at
    for event in Event.objects.filter(kind="dispute", subject_id=dispute.pk).order_by("pk"):
        before = event.facts.get("before")
        if before and before not in watch.during:
            since = event.at
    return Clock(watch.name, localtime(since), Limit(*watch.limit(dispute.risk or "low")))


def figures(person: Person) -> dict[str, int | None]:
    """For the head of the list; `kept` in percent of those followed up, None of none."""
    rows = Dispute.objects.visible_to(person)
    kept = Counter(rows.exclude(kept=None).values_list("kept", flat=True))
    known = kept[True] + kept[False]
    return {
        "open": rows.open().count(),
        "high": rows.open().filter(risk=Risk.HIGH).count(),
        "settled": rows.filter(settled_at__isnull=False).count(),
        "kept": round(100 * kept[True] / known) if known else None,
    }


def shown_for(case: Case) -> list[str]:
    """What the mediation of a case has put on file: the agreement that was signed."""
    signed = Agreement.objects.filter(dispute__case=case)
    return [Evidence.AGREEMENT.value] if signed.exists() else []

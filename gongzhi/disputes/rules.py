"""Who should mediate, how a risk is weighed, and what an agreement must say; no database."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

RISKS = ("low", "medium", "high")
ENDED = frozenset({"archived", "guided", "withdrawn"})
# To which states each verb can lead, the usual first; flows in config/flows choose among these.
LEADS_TO: Mapping[str, tuple[str, ...]] = {
    "sort": ("sorted",),
    "rate_risk": ("rated", "mediating"),
    "assign": ("mediating",),
    "settle": ("settled", "followed"),
    "guide": ("guided",),
    "follow_up": ("followed", "archived"),
    "resume": ("mediating",),
    "review": ("archived",),
    "withdraw": ("withdrawn",),
}
PAST: Mapping[str, str] = {  # the event each leaves in the record
    "sort": "sorted",
    "rate_risk": "risk_rated",
    "assign": "assigned",
    "settle": "settled",
    "guide": "guided",
    "follow_up": "followed_up",
    "resume": "resumed",
    "review": "reviewed",
    "withdraw": "withdrawn",
}
FORMS = frozenset(LEADS_TO)  # on which a flow may ask for more: every step has a form
WORDS_MOST = 2000
AGREEMENT_LEAST, AGREEMENT_MOST = 20, 6000
FOLLOW_UP_SOONEST, FOLLOW_UP_LATEST = timedelta(days=1), timedelta(days=180)
PROPOSED = 5

# Signs of danger that a person ticks; any of the grave ones makes the risk high.
GRAVE = ("violence", "suicide", "weapon", "crowd")
WORRYING = ("repeated", "petition", "money", "vulnerable", "media")
# Classes of disputes by what the items of the catalogue are about.
KIND_BY_WORD = (
    ("婚姻家庭", "family"),
    ("赡养", "family"),
    ("继承", "family"),
    ("租赁", "property"),
    ("物业", "property"),
    ("劳动", "labour"),
    ("欠薪", "labour"),
    ("消费", "consumer"),
    ("借贷", "consumer"),
    ("土地", "land"),
    ("征迁", "land"),
    ("损害", "damage"),
    ("斗殴", "damage"),
    ("邻", "neighbours"),
)


@dataclass(frozen=True)
class Candidate:
    """A mediator as the proposal sees them. `depth` of their area: the deeper, the nearer."""

    pk: int
    covers: bool
    depth: int
    highest: str
    kinds: tuple[str, ...]
    load: int
    most: int
    settled: int = 0
    ended: int = 0


@dataclass(frozen=True)
class Proposal:
    """Somebody who could mediate, how well they fit (higher is better), and why in words."""

    pk: int
    score: float
    reasons: tuple[str, ...]


def propose(candidates: Iterable[Candidate], *, kind: str, risk: str) -> list[Proposal]:
    """Who should mediate, best first: by place, level, class and load, each with its reason.

    Never somebody whose area does not hold the place, who may not take such a risk, or who has as
    much as they can carry.
    """
    fit = [c for c in candidates if _may_take(c, risk)]
    deepest = max((c.depth for c in fit), default=0)
    proposals = [_proposal(c, kind, deepest) for c in fit]
    return sorted(proposals, key=lambda p: (-p.score, p.pk))[:PROPOSED]


def _may_take(candidate: Candidate, risk: str) -> bool:
    skilled = RISKS.index(candidate.highest) >= RISKS.index(risk)
    return candidate.covers and skilled and candidate.load < candidate.most


def _proposal(candidate: Candidate, kind: str, deepest: int) -> Proposal:
    reasons, score = [], 0.0
    near = candidate.depth == deepest
    score += 3 - 0.75 * (deepest - candidate.depth)
    reasons.append("near" if near else "covers")
    if kind in candidate.kinds:
        score += 3
        reasons.append("skilled")
    elif not candidate.kinds:
        score += 1
        reasons.append("general")
    score += 2 * (1 - candidate.load / candidate.most)
    reasons.append("free" if candidate.load == 0 else "load")
    if candidate.ended >= 3:
        score += candidate.settled / candidate.ended
        reasons.append("record")
    return Proposal(candidate.pk, round(score, 3), tuple(reasons))


def risk_of(signs: Sequence[str]) -> str:
    """What the ticked signs amount to: any grave one is high, two worrying ones are medium."""
    if any(sign in GRAVE for sign in signs):
        return "high"
    worrying = sum(sign in WORRYING for sign in set(signs))
    return "medium" if worrying >= 2 else "low"


def kind_of(item_name: str) -> str:
    """The class of a dispute by the name of the catalogue's item."""
    return next((kind for word, kind in KIND_BY_WORD if word in item_name), "other")


def follow_up_is_fit(on: date, today: date) -> bool:
    """Whether the date lies between tomorrow and half a year ahead."""
    return today + FOLLOW_UP_SOONEST <= on <= today + FOLLOW_UP_LATEST

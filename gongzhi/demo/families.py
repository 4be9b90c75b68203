"""Believable households, drawn from a seed: who lives behind a door, how old, with which facts.

Nobody real is in it. ID numbers carry the county prefix 349901, which was never assigned, and pass
their check; phones begin with 100, which no operator issues.
"""

from bisect import bisect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate
from random import Random

from gongzhi.demo.people import FIRST, SECOND, SURNAMES
from gongzhi.kernel.codes import id_check

COUNTY = "349901"
# Shares of homes by who lives there; the rest stand empty.
KINDS = {
    "elder": 0.075, "elders": 0.10, "couple": 0.13, "parents": 0.30, "three_generations": 0.13,
    "single": 0.09, "single_parent": 0.03, "tenants": 0.06, "grandparents": 0.015,
}  # fmt: skip
EDGES = list(accumulate(KINDS.values()))
NAMES = list(KINDS)
OLD_GIVEN = "国建志桂淑秀兰英珍华芳玉春德福贵荣祥明文忠义仁礼庆生金银凤香莲菊梅"
OTHERS = ("回族", "满族", "壮族", "苗族", "土家族", "蒙古族")
ELSEWHERE = (
    "安徽省六安市", "安徽省阜阳市", "河南省信阳市", "江苏省宿迁市", "湖北省黄冈市", "四川省达州市",
    "安徽省安庆市", "江西省九江市",
)  # fmt: skip


@dataclass(slots=True)
class Member:
    """Somebody of a household; facts are (kind, grade, since)."""

    name: str
    born: date
    female: bool
    role: str
    id_number: str
    phones: tuple[str, ...] = ()
    facts: list[tuple[str, int | None, date | None]] = field(default_factory=list)
    residence: str = "local"
    registered: str = ""  # "" is the home's address
    ethnicity: str = "汉族"
    state: str = "present"


class Families:
    """Draws one household after the other; the same seed gives the same town."""

    def __init__(self, seed: int | str, today: date) -> None:
        self.rng = Random(seed)
        self.today = today
        self._numbers: dict[tuple[date, bool], int] = {}
        self._phone = self.rng.randrange(10**6)
        self._draw: dict[str, Callable[[], list[Member]]] = {
            "elder": self._elder, "elders": self._elders, "couple": self._couple,
            "parents": self._parents, "three_generations": self._three_generations,
            "single": self._single, "single_parent": self._single_parent,
            "tenants": self._tenants, "grandparents": self._grandparents,
        }  # fmt: skip

    def household(self) -> list[Member]:
        """Who lives behind the next door; nobody where it stands empty."""
        at = bisect(EDGES, self.rng.random())
        return self._draw[NAMES[at]]() if at < len(NAMES) else []

    # ── kinds of household ────────────────────────────────────────────────────

    def _elder(self) -> list[Member]:
        return [self._person(self._between(62, 94), "head")]

    def _elders(self) -> list[Member]:
        age = self._between(60, 88)
        return self._pair(age, age - self._between(-3, 5))

    def _couple(self) -> list[Member]:
        age = self._between(26, 58)
        return self._pair(age, age - self._between(-3, 6))

    def _parents(self) -> list[Member]:
        age = self._between(27, 52)
        pair = self._pair(age, age - self._between(-2, 5))
        return [*pair, *self._children(age, pair[0].name[0])]

    def _three_generations(self) -> list[Member]:
        age = self._between(28, 48)
        pair = self._pair(age, age - self._between(-2, 5))
        parent = self._person(age + self._between(23, 32), "parent", surname=pair[0].name[0])
        family = [*pair, *self._children(age, pair[0].name[0]), parent]
        if self.rng.random() < 0.6:
            family.append(self._person(max(parent_age(parent, self.today) - 2, 50), "parent"))
        return family

    def _single(self) -> list[Member]:
        return [self._person(self._between(22, 59), "head")]

    def _single_parent(self) -> list[Member]:
        head = self._person(self._between(28, 48), "head")
        return [head, self._child(head.name[0], self._between(3, 17))]

    def _tenants(self) -> list[Member]:
        family = [self._person(self._between(19, 45), "head")]
        family += [
            self._person(self._between(19, 45), "unrelated") for _ in range(self._between(0, 3))
        ]
        home = self.rng.choice(ELSEWHERE)
        for one in family:
            one.residence, one.registered = "floating", home
        return family

    def _grandparents(self) -> list[Member]:
        age = self._between(58, 72)
        family = self._pair(age, age - self._between(0, 4))
        child = self._child(family[0].name[0], self._between(4, 15))
        child.role = "grandchild"
        child.facts.append(("left_behind", None, None))
        return [*family, child]

    # ── people ────────────────────────────────────────────────────────────────

    def _pair(self, age: int, other: int) -> list[Member]:
        head = self._person(age, "head", female=False)
        return [head, self._person(max(other, 22), "spouse", female=True)]

    def _children(self, age: int, surname: str) -> list[Member]:
        count = 1 if self.rng.random() < 0.62 else 2
        oldest = min(age - 22, 24)
        return [self._child(surname, self.rng.randint(0, max(oldest, 0))) for _ in range(count)]

    def _child(self, surname: str, age: int) -> Member:
        child = self._person(age, "child", surname=surname)
        if age < 18:
            draw = self.rng.random()
            if draw < 0.004:
                child.facts.append(("orphan", None, None))
        return child

    def _person(
        self, age: int, role: str, *, female: bool | None = None, surname: str = ""
    ) -> Member:
        rng = self.rng
        if female is None:
            female = rng.random() < 0.52
        born = self.today - timedelta(days=int(age * 365.2425) + rng.randrange(1, 365))
        pool = OLD_GIVEN if age > 55 else FIRST
        given = (rng.choice(pool) if rng.random() < 0.8 else "") + rng.choice(
            OLD_GIVEN if age > 55 else SECOND
        )
        name = (surname or rng.choice(SURNAMES)) + given
        one = Member(name, born, female, role, self._id_number(born, female=female))
        one.phones = self._phones(age)
        self._facts(one, age)
        if rng.random() < 0.03:
            one.ethnicity = rng.choice(OTHERS)
        draw = rng.random()
        if draw < 0.06:
            one.residence, one.registered = "here", rng.choice(ELSEWHERE)
        elif draw < 0.08:
            one.state = "moved_out"
        elif draw < 0.08 + (0.02 if age > 75 else 0):
            one.state = "deceased"
        return one

    def _id_number(self, born: date, *, female: bool) -> str:
        """The next number of this day and gender; odd ones are men's."""
        taken = self._numbers.get((born, female), 0)
        self._numbers[born, female] = taken + 1
        extra, sequence = divmod(taken, 499)
        first = f"{int(COUNTY) + extra}{born:%Y%m%d}{2 * sequence + (2 if female else 1):03d}"
        return first + id_check(first)

    def _phones(self, age: int) -> tuple[str, ...]:
        draw = self.rng.random()
        if age < 12 or draw < 0.06:
            return ()
        return (self._number(), self._number()) if draw > 0.88 else (self._number(),)

    def _number(self) -> str:
        self._phone = (self._phone + 7_368_787) % 10**8  # a prime: all numbers come, none twice
        return f"100{self._phone:08d}"

    def _facts(self, one: Member, age: int) -> None:
        """A department's word on some: party, army, certificate, allowance …"""
        draw = self.rng.random()
        if draw < 0.01 + age * 0.0006:
            since = self._day(one.born, 18)
            if draw < 0.0045:
                one.facts.append(("low_income", None, since))
            elif draw < 0.006:
                one.facts.append(("nearly_low", None, since))
            elif draw < 0.0066:
                one.facts.append(("destitute", None, since))
            else:
                one.facts.append(("disabled", self.rng.randint(1, 4), since))
        if age >= 20:
            draw = self.rng.random()
            if draw < 0.09:
                one.facts.append(("party_member", None, self._day(one.born, 20)))
            if 0.06 < draw < 0.10 and not one.female:
                one.facts.append(("veteran", None, self._day(one.born, 22)))
            if age > 49 and 0.995 < draw < 0.998:
                one.facts.append(("lost_child", None, None))
            elif age > 60 and draw >= 0.998:
                one.facts.append(("honoured", None, None))

    def _day(self, born: date, age: int) -> date | None:
        """Some day since somebody was so old; unknown for the very young."""
        first = born.toordinal() + age * 366
        last = self.today.toordinal()
        return date.fromordinal(self.rng.randint(first, last)) if first < last else None

    def _between(self, low: int, high: int) -> int:
        return low + int(self.rng.random() * (high - low + 1))


def parent_age(member: Member, today: date) -> int:
    """Roughly how old a member is."""
    return (today - member.born).days // 366


def households(seed: int | str, today: date, count: int) -> Iterator[list[Member]]:
    """The households of so many doors, empty ones among them."""
    families = Families(seed, today)
    for _door in range(count):
        yield families.household()

"""Rules of tags: read from content, decided for one person, and written as SQL for all of them.

The two ways of deciding must agree; a property test holds them to it. Dates: somebody born on
29 February comes of age on 1 March of a year without that day.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

LONGEST_CODE = 24


@dataclass(frozen=True)
class Rule:
    """All that is said must hold; what is None or empty is not asked."""

    age_from: int | None = None
    age_below: int | None = None
    home_count: int | None = None
    home_count_from: int | None = None
    home_youngest_from: int | None = None
    facts: tuple[str, ...] = ()
    grade_to: int | None = None

    @property
    def asks_age(self) -> bool:
        """Whether the birth date matters."""
        return self.age_from is not None or self.age_below is not None

    @property
    def asks_home(self) -> bool:
        """Whether it matters who else lives there."""
        asked = (self.home_count, self.home_count_from, self.home_youngest_from)
        return any(value is not None for value in asked)


@dataclass(frozen=True)
class TagKind:
    """A tag that people may have; without a rule it is put by hand only."""

    code: str
    name: str
    says: tuple[str, ...] = ()
    rule: Rule | None = None
    why: str = ""
    key: bool = False


@dataclass(frozen=True)
class FactHeld:
    """A fact on record about somebody."""

    kind: str
    grade: int | None = None
    since: date | None = None
    until: date | None = None

    def in_force(self, today: date) -> bool:
        """Whether it holds on the day."""
        begun = self.since is None or self.since <= today
        return begun and (self.until is None or self.until >= today)


@dataclass(frozen=True)
class Someone:
    """What rules may know of a person. `home_youngest` is None when a birth date is missing."""

    born: date | None = None
    facts: tuple[FactHeld, ...] = ()
    home_count: int | None = None
    home_youngest: date | None = None


@dataclass(frozen=True)
class Held:
    """A rule holds: on which basis ("born;count;fact;grade"), and since when if that is known."""

    basis: str
    since: date | None


def born_by(today: date, years: int) -> date:
    """The latest birth date of somebody who is `years` old today."""
    try:
        return today.replace(year=today.year - years)
    except ValueError:  # 29 February
        return date(today.year - years, 2, 28)


def birthday(born: date, years: int) -> date:
    """The day on which somebody becomes `years` old."""
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 3, 1)


def age_on(born: date, day: date) -> int:
    """Full years on the day."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def held(rule: Rule, someone: Someone, today: date) -> Held | None:
    """Whether the rule holds for the person, and why."""
    if not (_age_fits(rule, someone.born, today) and _home_fits(rule, someone, today)):
        return None
    facts = [f for f in someone.facts if f.kind in rule.facts and f.in_force(today)]
    if rule.grade_to is not None:
        facts = [f for f in facts if f.grade is not None and f.grade <= rule.grade_to]
    if rule.facts and not facts:
        return None
    basis = (
        someone.born.isoformat() if rule.asks_age and someone.born else "",
        str(someone.home_count) if rule.asks_home else "",
        min((f.kind for f in facts), default=""),
        str(min((f.grade for f in facts if f.grade is not None), default="")),
    )
    return Held(";".join(basis), _since(rule, someone.born, facts))


def _age_fits(rule: Rule, born: date | None, today: date) -> bool:
    if not rule.asks_age:
        return True
    if born is None or born > today:
        return False
    age = age_on(born, today)
    old_enough = rule.age_from is None or age >= rule.age_from
    return old_enough and (rule.age_below is None or age < rule.age_below)


def _home_fits(rule: Rule, someone: Someone, today: date) -> bool:
    if not rule.asks_home:
        return True
    count, youngest, from_age = someone.home_count, someone.home_youngest, rule.home_youngest_from
    if count is None or (rule.home_count is not None and count != rule.home_count):
        return False
    if rule.home_count_from is not None and count < rule.home_count_from:
        return False
    return from_age is None or (youngest is not None and youngest <= born_by(today, from_age))


def _since(rule: Rule, born: date | None, facts: Sequence[FactHeld]) -> date | None:
    """The later of coming of age and the first of the facts; unknown where the home matters."""
    if rule.asks_home:
        return None
    begun = [f.since for f in facts if f.since]
    known = [min(begun)] if begun else []
    if rule.age_from is not None and born:
        known.append(birthday(born, rule.age_from))
    return max(known, default=None)


# ── read from content ─────────────────────────────────────────────────────────


@dataclass
class Content:
    """The tags of a file, and what is wrong with it, as Chinese sentences."""

    kinds: dict[str, TagKind] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def read(content: Any, *, facts: Sequence[str]) -> Content:
    """Read the parsed YAML. `facts` are the kinds of fact there are."""
    found = Content()
    rows = content.get("tags") if isinstance(content, Mapping) else None
    if not isinstance(rows, list):
        found.faults.append("缺少 tags 列表。")
        return found
    for number, row in enumerate(rows, 1):
        fault = _row_fault(row, found.kinds, facts)
        if fault:
            found.faults.append(f"第{number}个标签：{fault}")
            continue
        told = row.get("rule")
        asked: dict[str, Any] = {
            k: tuple(v) if k == "facts" else v for k, v in (told or {}).items()
        }
        rule = Rule(**asked) if asked else None
        found.kinds[row["code"]] = TagKind(
            row["code"], row["name"], tuple(row.get("says", ())), rule, row.get("why", ""),
            bool(row.get("key")),
        )  # fmt: skip
    return found


def _row_fault(row: Any, known: Mapping[str, TagKind], facts: Sequence[str]) -> str:
    if not isinstance(row, Mapping) or not isinstance(row.get("name"), str):
        return "缺少 name。"
    code = row.get("code")
    if not isinstance(code, str) or not code.isidentifier() or len(code) > LONGEST_CODE:
        return "code 应为英文字母、数字、下划线，最多24个字符。"
    if code in known:
        return f"code {code} 重复。"
    if strange := set(row) - {"code", "name", "says", "rule", "why", "key"}:
        return f"不认识 {'、'.join(sorted(map(str, strange)))}。"
    told = row.get("rule")
    if told is None:
        return ""
    if not row.get("why"):
        return "有规则的标签要写明理由 why。"
    return _rule_fault(told, facts)


def _rule_fault(told: Any, facts: Sequence[str]) -> str:
    names = {f.name for f in fields(Rule)}
    if not isinstance(told, Mapping) or not told or set(told) - names:
        return f"规则只能用 {'、'.join(sorted(names))}。"
    kinds = told.get("facts", [])
    if not isinstance(kinds, list) or set(kinds) - set(facts):
        return f"facts 只能是 {'、'.join(facts)}。"
    numbers = [value for name, value in told.items() if name != "facts"]
    if not all(type(n) is int and 0 <= n <= 200 for n in numbers):
        return "年龄、人数、等级应为0到200的整数。"
    if "grade_to" in told and not kinds:
        return "grade_to 要和 facts 一起用。"
    return ""


def reason(kind: TagKind, basis: str, facts: Mapping[str, str], today: date) -> str:
    """Why somebody has the tag, in words; `facts` are the labels of kinds of fact."""
    born, count, fact, grade, *_rest = [*basis.split(";"), "", "", "", ""]
    day = date.fromisoformat(born) if born else None
    told = {
        "born": f"{day.year}年{day.month}月{day.day}日" if day else "",
        "age": str(age_on(day, today)) if day else "",
        "count": count,
        "fact": facts.get(fact, fact),
        "grade": grade,
    }
    return kind.why.format_map(told)


# ── written as SQL ────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Dialect:
    """How a database writes dates; `{}` is the column."""

    date_text: str
    birthday: str  # with {years}
    date_value: str  # casts a parameter


SQLITE = Dialect("{}", "date({}, '+{years} years')", "%s")
POSTGRESQL = Dialect(
    "to_char({}, 'YYYY-MM-DD')",
    "(make_date(extract(year from {0})::int + {years}, extract(month from {0})::int, 1)"
    " + extract(day from {0})::int - 1)",
    "%s::date",
)


def sql_of(kind: TagKind, today: date, dialect: Dialect, *, touched: bool) -> tuple[str, list[Any]]:
    """A query giving (resident_id, code, basis, since, place) of everybody the rule holds for.

    With `touched` only those in the temporary table residents_touched are looked at, and the facts
    in residents_stated. Homes are read from the temporary table residents_homes (home_id, n,
    youngest).
    """
    rule = kind.rule
    if rule is None:
        raise ValueError(f"{kind.code} has no rule")
    values: list[Any] = []
    tables = "residents_resident r"
    if touched:  # CROSS JOIN keeps SQLite from starting at the register
        tables = "residents_touched k CROSS JOIN residents_resident r"
    if rule.facts:
        tables += f" JOIN ({_facts_sql(rule, touched=touched)}) f ON f.resident_id = r.id"
        values += [*rule.facts, today, today]
    if rule.asks_home:
        tables += " JOIN residents_homes h ON h.home_id = r.home_id"
    where = ["r.state = 'present'"]
    if touched:
        where.append("r.id = k.id")
    for condition, value in _conditions(rule, today):
        where.append(condition)
        values.append(value)
    where.append(
        "NOT EXISTS (SELECT 1 FROM residents_tagexception x"  # noqa: S608 - codes are identifiers, checked at load; values are parameters
        f" WHERE x.resident_id = r.id AND x.code = '{kind.code}')"
    )
    text = (
        f"SELECT r.id, '{kind.code}', {_basis_sql(rule, dialect)}, "  # noqa: S608 - codes are identifiers, checked at load; values are parameters
        f"{_since_sql(rule, dialect)}, r.place FROM {tables} WHERE {' AND '.join(where)}"
    )
    return text, values


def _facts_sql(rule: Rule, *, touched: bool) -> str:
    marks = ", ".join(["%s"] * len(rule.facts))
    where = (
        f"kind IN ({marks}) AND (since IS NULL OR since <= %s) AND (until IS NULL OR until >= %s)"
    )
    if rule.grade_to is not None:
        where += f" AND grade <= {int(rule.grade_to)}"
    table = "residents_stated" if touched else "residents_fact"
    return (
        "SELECT resident_id, min(kind) AS kind, min(grade) AS grade, min(since) AS since "  # noqa: S608 - codes are identifiers, checked at load; values are parameters
        f"FROM {table} WHERE {where} GROUP BY resident_id"
    )


def _conditions(rule: Rule, today: date) -> list[tuple[str, Any]]:
    asked: list[tuple[str, Any]] = []
    if rule.age_from is not None:
        asked.append(("r.born <= %s", born_by(today, rule.age_from)))
    if rule.age_below is not None:
        asked += [("r.born > %s", born_by(today, rule.age_below)), ("r.born <= %s", today)]
    if rule.home_count is not None:
        asked.append(("h.n = %s", rule.home_count))
    if rule.home_count_from is not None:
        asked.append(("h.n >= %s", rule.home_count_from))
    if rule.home_youngest_from is not None:
        asked.append(("h.youngest <= %s", born_by(today, rule.home_youngest_from)))
    return asked


def _basis_sql(rule: Rule, dialect: Dialect) -> str:
    parts = (
        dialect.date_text.format("r.born") if rule.asks_age else "''",
        "CAST(h.n AS varchar(12))" if rule.asks_home else "''",
        "f.kind" if rule.facts else "''",
        "coalesce(CAST(f.grade AS varchar(6)), '')" if rule.facts else "''",
    )
    return " || ';' || ".join(parts)


def _since_sql(rule: Rule, dialect: Dialect) -> str:
    if rule.asks_home:
        return "NULL"
    age = None
    if rule.age_from is not None:
        age = dialect.birthday.format("r.born", years=int(rule.age_from))
    if rule.facts and age:
        return f"CASE WHEN f.since > {age} THEN f.since ELSE {age} END"
    return "f.since" if rule.facts else age or "NULL"

"""A flow read from data, and everything that can be wrong with it; no database, no clock."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

TURNS = ("desk", "handler", "checker", "arbiter", "parent", "nobody")
UNITS = ("h", "wh", "wd", "d")


@dataclass(frozen=True)
class State:
    """Where a matter may stand, and whose turn it is there."""

    code: str
    name: str
    turn: str

    @property
    def is_end(self) -> bool:
        """Whether nothing is owed any more."""
        return self.turn == "nobody"


@dataclass(frozen=True)
class Move:
    """A verb that takes a matter from some states to one, by those who hold an ability.

    `needs` must be given to take the step; `takes` is what its form offers beside. A step that
    `reopens` may leave an end.
    """

    verb: str
    name: str
    before: tuple[str, ...]
    after: str
    who: str
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    reopens: bool = False


Limits = Mapping[str, tuple[int, str]]  # grade → amount and unit


@dataclass(frozen=True)
class Watch:
    """A clock of the flow: runs while the matter is in one of `during`; limits by grade.

    `until` are steps that stop it for good; `levels` are other limits at some levels.
    """

    code: str
    name: str
    during: tuple[str, ...]
    limits: Limits
    until: tuple[str, ...] = ()
    levels: Mapping[str, Limits] = field(default_factory=dict)

    def limit(self, grade: str, level: str = "") -> tuple[int, str]:
        """The limit for a matter of that grade at that level; the strictest when none is named."""
        limits = self.levels.get(level, self.limits)
        return limits.get(grade) or next(iter(limits.values()))


@dataclass(frozen=True)
class Flow:
    """A whole flow; `states[0]` is where a matter starts."""

    code: str
    name: str
    states: tuple[State, ...]
    moves: tuple[Move, ...]
    clocks: tuple[Watch, ...] = ()
    kind: str = "case"

    @property
    def start(self) -> str:
        """The state in which a matter begins."""
        return self.states[0].code

    def state(self, code: str) -> State:
        """The state of that code. KeyError when there is none."""
        return {s.code: s for s in self.states}[code]

    def move(self, verb: str, before: str) -> Move | None:
        """The move that the verb makes from that state; None when it may not be made there."""
        return next((m for m in self.moves if m.verb == verb and before in m.before), None)

    def any_move(self, verb: str) -> Move | None:
        """A move that the verb makes from anywhere; None when the flow has no such step."""
        return next((m for m in self.moves if m.verb == verb), None)

    def verbs_from(self, state: str) -> tuple[str, ...]:
        """The verbs that can be taken from the state, in the order of the file."""
        return tuple(m.verb for m in self.moves if state in m.before)

    def clock(self, code: str) -> Watch | None:
        """The clock of that code; None when the flow has no such clock."""
        return next((c for c in self.clocks if c.code == code), None)


def lacking(move: Move, given: Mapping[str, object]) -> str:
    """The first thing that the step needs and that was not given; empty when all is there.

    What `given` does not name is seen to by the verb itself. Texts count when they say anything.
    """
    for need in move.needs:
        value = given.get(need, True)
        if not (value.strip() if isinstance(value, str) else value):
            return need
    return ""


def flow_from(data: Mapping[str, Any]) -> Flow:
    """Build a flow from its data. ValueError with every fault, one a line, when it is not sound."""
    if faults := list(faults_of_form(data)):
        raise ValueError("\n".join(faults))
    flow = Flow(
        code=data["code"],
        name=data["name"],
        states=tuple(State(s["code"], s["name"], s["turn"]) for s in data["states"]),
        moves=tuple(
            Move(
                m["verb"],
                m["name"],
                tuple(m["from"]),
                m["to"],
                m["who"],
                tuple(m.get("needs", ())),
                tuple(m.get("takes", ())),
                bool(m.get("reopens", False)),
            )
            for m in data["moves"]
        ),
        clocks=tuple(
            Watch(
                c["code"],
                c["name"],
                tuple(c["during"]),
                _limits(c["limits"]),
                tuple(c.get("until", ())),
                {level: _limits(limits) for level, limits in c.get("levels", {}).items()},
            )
            for c in data.get("clocks", ())
        ),
        kind=data.get("kind", "case"),
    )
    if faults := list(faults_of_shape(flow)):
        raise ValueError("\n".join(faults))
    return flow


def _limits(data: Mapping[str, Any]) -> Limits:
    return {grade: (int(x["limit"]), str(x["unit"])) for grade, x in data.items()}


SHAPES: Mapping[str, tuple[set[str], set[str]]] = {  # needed keys, keys that may be there
    "flow": ({"code", "name", "states", "moves"}, {"clocks", "kind"}),
    "state": ({"code", "name", "turn"}, set()),
    "move": ({"verb", "name", "from", "to", "who"}, {"needs", "takes", "reopens"}),
    "clock": ({"code", "name", "during", "limits"}, {"until", "levels"}),
}


LISTS: Mapping[str, tuple[str, ...]] = {
    "move": ("from", "needs", "takes"),
    "clock": ("during", "until"),
}
WORDS: Mapping[str, tuple[str, ...]] = {
    "flow": ("code", "name", "kind"),
    "state": ("code", "name", "turn"),
    "move": ("verb", "name", "to", "who"),
    "clock": ("code", "name"),
}


def faults_of_form(data: Any) -> Iterable[str]:
    """What is missing, unknown or of the wrong kind, before any meaning is looked at."""
    yield from _keys(data, "flow", "流程")
    if not isinstance(data, Mapping):
        return
    for kind, plural, called in (
        ("state", "states", "状态"),
        ("move", "moves", "步骤"),
        ("clock", "clocks", "时钟"),
    ):
        rows = data.get(plural, [])
        if not isinstance(rows, Sequence) or isinstance(rows, str):
            yield f"{plural} 应当是一个列表"
            continue
        for n, row in enumerate(rows, 1):
            yield from _keys(row, kind, f"第{n}个{called}")
            for key in LISTS.get(kind, ()):
                if isinstance(row, Mapping) and not _are_words(row.get(key, [])):
                    yield f"第{n}个{called}的 {key} 应当是一列代码"
            if kind == "clock" and isinstance(row, Mapping):
                yield from _limits_wrong(row, n)


def _limits_wrong(clock: Mapping[str, Any], n: int) -> Iterable[str]:
    shape = "{级别: {limit: 正整数, unit: h|wh|wd|d}}"
    if not _are_limits(clock.get("limits")) or not clock["limits"]:
        yield f"第{n}个时钟的 limits 应写成 {shape}"
    levels = clock.get("levels", {})
    if not isinstance(levels, Mapping) or not all(x and _are_limits(x) for x in levels.values()):
        yield f"第{n}个时钟的 levels 应写成 {{层级: {shape}}}"


def _are_words(rows: Any) -> bool:
    return isinstance(rows, list | tuple) and all(isinstance(row, str) for row in rows)


def _keys(row: Any, kind: str, called: str) -> Iterable[str]:
    needed, optional = SHAPES[kind]
    if not isinstance(row, Mapping):
        yield f"{called}应当是“名称: 值”的形式"
        return
    if missing := needed - row.keys():
        yield f"{called}缺少 {'、'.join(sorted(missing))}"
    if unknown := row.keys() - needed - optional:
        yield f"{called}有不认识的项 {'、'.join(sorted(map(str, unknown)))}"
    if strange := [key for key in WORDS[kind] if not isinstance(row.get(key, ""), str)]:
        yield f"{called}的 {'、'.join(strange)} 应当是文字"


def _are_limits(limits: Any) -> bool:
    return isinstance(limits, Mapping) and all(
        isinstance(x, Mapping)
        and x.keys() == {"limit", "unit"}
        and isinstance(x["limit"], int)
        and x["limit"] > 0
        and isinstance(x["unit"], str)
        and x["unit"] in UNITS
        for x in limits.values()
    )


def faults_of_shape(flow: Flow) -> Iterable[str]:
    """What would leave a matter stuck, ownerless or lost."""
    codes = [s.code for s in flow.states]
    if not codes:
        yield "流程至少要有一个状态"
        return
    yield from (f"状态 {c} 重复" for c in sorted({c for c in codes if codes.count(c) > 1}))
    yield from (f"状态 {s.code} 的 turn 无效：{s.turn}" for s in flow.states if s.turn not in TURNS)
    named = chain.from_iterable((m.after, *m.before) for m in flow.moves)
    during = chain.from_iterable(c.during for c in flow.clocks)
    unknown = {*named, *during} - set(codes)
    yield from (f"没有 {c} 这个状态" for c in sorted(unknown))
    if unknown:
        return
    yield from _ends(flow)
    yield from _paths(flow)
    twice = [(m.verb, b) for m in flow.moves for b in m.before]
    for verb, before in sorted({x for x in twice if twice.count(x) > 1}):
        yield f"从 {before} 出发的 {verb} 有两个去向"


def _ends(flow: Flow) -> Iterable[str]:
    if not any(s.is_end for s in flow.states):
        yield "流程没有终点：至少一个状态的 turn 应为 nobody"
    if flow.states[0].is_end:
        yield f"起点 {flow.start} 不能是终点"
    leaving = set(chain.from_iterable(m.before for m in flow.moves if not m.reopens))
    for state in flow.states:
        if state.is_end and state.code in leaving:
            yield f"终点 {state.code} 不应再有步骤"
        if not state.is_end and state.code not in leaving:
            yield f"状态 {state.code} 无法离开"


def _paths(flow: Flow) -> Iterable[str]:
    onward = {s.code: {m.after for m in flow.moves if s.code in m.before} for s in flow.states}
    back = {s.code: {c for c, to in onward.items() if s.code in to} for s in flow.states}
    reached = _closure({flow.start}, onward)
    ending = _closure({s.code for s in flow.states if s.is_end}, back)
    for state in flow.states:
        if state.code not in reached:
            yield f"状态 {state.code} 永远到不了"
        if state.code not in ending:
            yield f"从状态 {state.code} 出发永远到不了终点"


def _closure(seeds: set[str], edges: Mapping[str, set[str]]) -> set[str]:
    seen, todo = set(seeds), list(seeds)
    while todo:
        fresh = edges[todo.pop()] - seen
        seen |= fresh
        todo.extend(fresh)
    return seen


def faults_of_people(
    flow: Flow, *, verbs: Iterable[str], needs: Iterable[str], roles: Mapping[str, Iterable[str]]
) -> list[str]:
    """Steps the product does not know, and steps no role can take.

    `roles` is role → abilities; `verbs` and `needs` are what the product can do and ask for.
    """
    held = set(chain.from_iterable(roles.values()))
    known_verbs, known_needs = set(verbs), set(needs)
    faults = []
    for move in flow.moves:
        if move.verb not in known_verbs:
            faults.append(f"没有 {move.verb} 这个动作")
        if move.who not in held:
            faults.append(f"没有岗位能做 {move.verb}：没有谁有 {move.who} 的权限")
        asked = (*move.needs, *move.takes)
        faults += [f"{move.verb} 要求不认识的材料 {n}" for n in asked if n not in known_needs]
    return faults


@dataclass(frozen=True)
class Offer:
    """What the product can do with one kind of matter, for flows of that kind to choose from.

    `states` are the states it knows and whether each is an end; `leads` says to which states a verb
    can lead; `clocks` must be there; `beside` are verbs that change no state but may stop a clock.
    """

    states: Mapping[str, bool]
    leads: Mapping[str, Collection[str]]
    clocks: Collection[str] = ()
    beside: Collection[str] = ()


def faults_of_product(flow: Flow, offer: Offer) -> list[str]:
    """Where the flow asks for what the product cannot do with such a matter."""
    faults = [
        f"没有“{s.code}”这种状态，可用的有：{'、'.join(offer.states)}"
        for s in flow.states
        if s.code not in offer.states
    ]
    faults += [
        f"状态 {s.code} {'应当' if offer.states[s.code] else '不能'}是终点"
        for s in flow.states
        if s.code in offer.states and s.is_end != offer.states[s.code]
    ]
    faults += [
        f"{m.verb} 不能把事情带到 {m.after}，只能到 {'、'.join(sorted(offer.leads[m.verb]))}"
        for m in flow.moves
        if m.verb in offer.leads and m.after not in offer.leads[m.verb]
    ]
    faults += [f"缺少 {code} 时钟" for code in offer.clocks if flow.clock(code) is None]
    known = {*offer.leads, *offer.beside}
    faults += [
        f"时钟 {c.code} 等待不认识的动作 {v}"
        for c in flow.clocks
        for v in c.until
        if v not in known
    ]
    return faults


@dataclass(frozen=True)
class Change:
    """One line of the difference between two versions: `sign` is +, - or ~."""

    sign: str
    kind: str
    name: str
    before: str = ""
    after: str = ""


def difference(old: Flow, new: Flow) -> list[Change]:
    """What an administrator must know before letting a new version in, states first."""
    changes: list[Change] = []
    for kind, olds, news in (
        (
            "状态",
            {s.code: _say_state(s) for s in old.states},
            {s.code: _say_state(s) for s in new.states},
        ),
        ("步骤", dict(_say_moves(old)), dict(_say_moves(new))),
        (
            "时钟",
            {c.code: _say_clock(c) for c in old.clocks},
            {c.code: _say_clock(c) for c in new.clocks},
        ),
    ):
        for code in [*olds, *(c for c in news if c not in olds)]:
            before, after = olds.get(code, ""), news.get(code, "")
            if before != after:
                sign = "+" if not before else "-" if not after else "~"
                changes.append(Change(sign, kind, code, before, after))
    return changes


def _say_state(state: State) -> str:
    return f"{state.name}（{state.turn}）"


def _say_moves(flow: Flow) -> Iterable[tuple[str, str]]:
    for m in flow.moves:
        needs = "，需要 " + "、".join(m.needs) if m.needs else ""
        needs += "，可附 " + "、".join(m.takes) if m.takes else ""
        yield f"{m.verb}→{m.after}", f"{'、'.join(m.before)} → {m.after}，由 {m.who}{needs}"


def _say_clock(clock: Watch) -> str:
    said = [say_limits(clock.limits)]
    said += [f"{level} {say_limits(limits)}" for level, limits in clock.levels.items()]
    until = f"，到 {'、'.join(clock.until)} 为止" if clock.until else ""
    return f"{'、'.join(clock.during)}：{'；'.join(said)}{until}"


def say_limits(limits: Limits) -> str:
    """Limits by grade in one line: urgent 1h、serious 4wh."""
    return "、".join(f"{grade} {amount}{unit}" for grade, (amount, unit) in limits.items())


def diagram(flow: Flow) -> str:
    """The flow as a Mermaid state diagram."""
    lines = ["stateDiagram-v2", f"    [*] --> {flow.start}"]
    lines += [f"    {s.code} : {s.name}" for s in flow.states]
    lines += [f"    {b} --> {m.after} : {m.name}" for m in flow.moves for b in m.before]
    lines += [f"    {s.code} --> [*]" for s in flow.states if s.is_end]
    return "\n".join(lines) + "\n"

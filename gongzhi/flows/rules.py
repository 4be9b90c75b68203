"""A flow read from data, and everything that can be wrong with it; no database, no clock."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

TURNS = ("desk", "handler", "checker", "nobody")
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
    """A verb that takes a matter from some states to one, by those who hold an ability."""

    verb: str
    name: str
    before: tuple[str, ...]
    after: str
    who: str
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Watch:
    """A clock of the flow: runs while the matter is in one of `during`; limits by grade."""

    code: str
    name: str
    during: tuple[str, ...]
    limits: Mapping[str, tuple[int, str]]


@dataclass(frozen=True)
class Flow:
    """A whole flow; `states[0]` is where a matter starts."""

    code: str
    name: str
    states: tuple[State, ...]
    moves: tuple[Move, ...]
    clocks: tuple[Watch, ...] = ()

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

    def verbs_from(self, state: str) -> tuple[str, ...]:
        """The verbs that can be taken from the state, in the order of the file."""
        return tuple(m.verb for m in self.moves if state in m.before)


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
            )
            for m in data["moves"]
        ),
        clocks=tuple(
            Watch(
                c["code"],
                c["name"],
                tuple(c["during"]),
                {grade: (int(x["limit"]), x["unit"]) for grade, x in c["limits"].items()},
            )
            for c in data.get("clocks", ())
        ),
    )
    if faults := list(faults_of_shape(flow)):
        raise ValueError("\n".join(faults))
    return flow


SHAPES: Mapping[str, tuple[set[str], set[str]]] = {  # needed keys, keys that may be there
    "flow": ({"code", "name", "states", "moves"}, {"clocks"}),
    "state": ({"code", "name", "turn"}, set()),
    "move": ({"verb", "name", "from", "to", "who"}, {"needs"}),
    "clock": ({"code", "name", "during", "limits"}, set()),
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
    for n, clock in enumerate(data.get("clocks") or [], 1):
        if isinstance(clock, Mapping) and not _are_limits(clock.get("limits")):
            yield f"第{n}个时钟的 limits 应写成 {{级别: {{limit: 正整数, unit: h|wh|wd|d}}}}"


def _keys(row: Any, kind: str, called: str) -> Iterable[str]:
    needed, optional = SHAPES[kind]
    if not isinstance(row, Mapping):
        yield f"{called}应当是“名称: 值”的形式"
        return
    if missing := needed - row.keys():
        yield f"{called}缺少 {'、'.join(sorted(missing))}"
    if unknown := row.keys() - needed - optional:
        yield f"{called}有不认识的项 {'、'.join(sorted(map(str, unknown)))}"


def _are_limits(limits: Any) -> bool:
    return isinstance(limits, Mapping) and all(
        isinstance(x, Mapping)
        and x.keys() == {"limit", "unit"}
        and isinstance(x["limit"], int)
        and x["limit"] > 0
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
    leaving = set(chain.from_iterable(m.before for m in flow.moves))
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
        faults += [f"{move.verb} 要求不认识的材料 {n}" for n in move.needs if n not in known_needs]
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
        yield f"{m.verb}→{m.after}", f"{'、'.join(m.before)} → {m.after}，由 {m.who}{needs}"


def _say_clock(clock: Watch) -> str:
    limits = "、".join(f"{g} {n}{u}" for g, (n, u) in clock.limits.items())
    return f"{'、'.join(clock.during)}：{limits}"


def diagram(flow: Flow) -> str:
    """The flow as a Mermaid state diagram."""
    lines = ["stateDiagram-v2", f"    [*] --> {flow.start}"]
    lines += [f"    {s.code} : {s.name}" for s in flow.states]
    lines += [f"    {b} --> {m.after} : {m.name}" for m in flow.moves for b in m.before]
    lines += [f"    {s.code} --> [*]" for s in flow.states if s.is_end]
    return "\n".join(lines) + "\n"

"""Everything that can be wrong with a flow, each fault with its place in the data."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from gongzhi.flows.rules.asks import MOST_OF_A_STEP, faults_of_ask
from gongzhi.flows.rules.shape import Flow

TURNS = ("desk", "handler", "checker", "arbiter", "parent", "nobody")
UNITS = ("h", "wh", "wd", "d")

Place = tuple[str | int, ...]  # keys and positions from the top: ("moves", 2, "asks", 0)


class Fault(str):
    """A sentence about what is wrong, and where in the data."""

    place: Place

    def __new__(cls, sentence: str, *place: str | int) -> "Fault":
        """The sentence itself, with a place."""
        fault = super().__new__(cls, sentence)
        fault.place = place
        return fault


SHAPES: Mapping[str, tuple[set[str], set[str]]] = {  # needed keys, keys that may be there
    "flow": ({"code", "name", "states", "moves"}, {"clocks", "kind"}),
    "state": ({"code", "name", "turn"}, set()),
    "move": ({"verb", "name", "from", "to", "who"}, {"needs", "takes", "reopens", "asks"}),
    "clock": ({"code", "name", "during", "limits"}, {"until", "levels"}),
    "ask": (
        {"key", "name", "kind"},
        {"english", "required", "options", "unit", "least", "most"},
    ),
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
    "ask": ("key", "name", "kind", "english", "unit"),
}


def faults_of_form(data: Any) -> Iterable[Fault]:
    """What is missing, unknown or of the wrong kind, before any meaning is looked at."""
    yield from _keys(data, "flow", "流程", ())
    if not isinstance(data, Mapping):
        return
    for kind, plural, called in (
        ("state", "states", "状态"),
        ("move", "moves", "步骤"),
        ("clock", "clocks", "时钟"),
    ):
        rows = data.get(plural, [])
        if not isinstance(rows, Sequence) or isinstance(rows, str):
            yield Fault(f"{plural} 应当是一个列表", plural)
            continue
        for n, row in enumerate(rows):
            yield from _row_wrong(row, kind, f"第{n + 1}个{called}", (plural, n))


def _row_wrong(row: Any, kind: str, called: str, place: Place) -> Iterable[Fault]:
    yield from _keys(row, kind, called, place)
    if not isinstance(row, Mapping):
        return
    for key in LISTS.get(kind, ()):
        if not _are_words(row.get(key, [])):
            yield Fault(f"{called}的 {key} 应当是一列代码", *place, key)
    if kind == "clock":
        yield from _limits_wrong(row, called, place)
    if kind == "move" and "asks" in row:
        yield from _asks_wrong(row["asks"], called, (*place, "asks"))


def _limits_wrong(clock: Mapping[str, Any], called: str, place: Place) -> Iterable[Fault]:
    shape = "{级别: {limit: 正整数, unit: h|wh|wd|d}}"
    if not _are_limits(clock.get("limits")) or not clock["limits"]:
        yield Fault(f"{called}的 limits 应写成 {shape}", *place, "limits")
    levels = clock.get("levels", {})
    if not isinstance(levels, Mapping) or not all(x and _are_limits(x) for x in levels.values()):
        yield Fault(f"{called}的 levels 应写成 {{层级: {shape}}}", *place, "levels")


def _asks_wrong(asks: Any, called: str, place: Place) -> Iterable[Fault]:
    if not isinstance(asks, list | tuple):
        yield Fault(f"{called}的 asks 应当是一个列表", *place)
        return
    if len(asks) > MOST_OF_A_STEP:
        yield Fault(f"{called}的 asks 最多 {MOST_OF_A_STEP} 项", *place)
    seen: set[str] = set()
    for n, ask in enumerate(asks):
        here, field = (*place, n), f"{called}的第{n + 1}个填写项"
        if wrong := list(_keys(ask, "ask", field, here)):
            yield from wrong
            continue
        yield from (Fault(f"{called}的填写项 {fault}", *here) for fault in faults_of_ask(ask))
        if ask["key"] in seen:
            yield Fault(f"{called}的填写项 {ask['key']} 重复", *here)
        seen.add(ask["key"])


def _are_words(rows: Any) -> bool:
    return isinstance(rows, list | tuple) and all(isinstance(row, str) for row in rows)


def _keys(row: Any, kind: str, called: str, place: Place) -> Iterable[Fault]:
    needed, optional = SHAPES[kind]
    if not isinstance(row, Mapping):
        yield Fault(f"{called}应当是“名称: 值”的形式", *place)
        return
    if missing := needed - row.keys():
        yield Fault(f"{called}缺少 {'、'.join(sorted(missing))}", *place)
    if unknown := row.keys() - needed - optional:
        yield Fault(f"{called}有不认识的项 {'、'.join(sorted(map(str, unknown)))}", *place)
    if strange := [key for key in WORDS[kind] if not isinstance(row.get(key, ""), str)]:
        yield Fault(f"{called}的 {'、'.join(strange)} 应当是文字", *place)


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


def faults_of_shape(flow: Flow) -> Iterable[Fault]:
    """What would leave a matter stuck, ownerless or lost, or an answer without one meaning."""
    codes = [s.code for s in flow.states]
    if not codes:
        yield Fault("流程至少要有一个状态", "states")
        return
    for n, state in enumerate(flow.states):
        if state.code in codes[:n]:
            yield Fault(f"状态 {state.code} 重复", "states", n)
        if state.turn not in TURNS:
            yield Fault(f"状态 {state.code} 的 turn 无效：{state.turn}", "states", n)
    if unknown := list(_unknown_states(flow)):
        yield from unknown
        return
    yield from _ends(flow)
    yield from _paths(flow)
    yield from _twice(flow)


def _unknown_states(flow: Flow) -> Iterable[Fault]:
    known = {s.code for s in flow.states}
    named = [("moves", n, {m.after, *m.before}) for n, m in enumerate(flow.moves)]
    named += [("clocks", n, set(c.during)) for n, c in enumerate(flow.clocks)]
    for plural, n, codes in named:
        yield from (Fault(f"没有 {c} 这个状态", plural, n) for c in sorted(codes - known))


def _twice(flow: Flow) -> Iterable[Fault]:
    """The same verb twice from one state; the same field of one verb with two meanings."""
    taken: set[tuple[str, str]] = set()
    asked: dict[tuple[str, str], object] = {}
    for n, move in enumerate(flow.moves):
        for before in move.before:
            if (move.verb, before) in taken:
                yield Fault(f"从 {before} 出发的 {move.verb} 有两个去向", "moves", n)
            taken.add((move.verb, before))
        for ask in move.asks:
            if asked.setdefault((move.verb, ask.key), ask) != ask:
                sentence = f"{move.verb} 的填写项 {ask.key} 在别处写得不一样"
                yield Fault(sentence, "moves", n, "asks")


def _ends(flow: Flow) -> Iterable[Fault]:
    if not any(s.is_end for s in flow.states):
        yield Fault("流程没有终点：至少一个状态的 turn 应为 nobody", "states")
    if flow.states[0].is_end:
        yield Fault(f"起点 {flow.start} 不能是终点", "states", 0)
    leaving = set(chain.from_iterable(m.before for m in flow.moves if not m.reopens))
    for n, state in enumerate(flow.states):
        if state.is_end and state.code in leaving:
            yield Fault(f"终点 {state.code} 不应再有步骤", "states", n)
        if not state.is_end and state.code not in leaving:
            yield Fault(f"状态 {state.code} 无法离开", "states", n)


def _paths(flow: Flow) -> Iterable[Fault]:
    onward = {s.code: {m.after for m in flow.moves if s.code in m.before} for s in flow.states}
    back = {s.code: {c for c, to in onward.items() if s.code in to} for s in flow.states}
    reached = _closure({flow.start}, onward)
    ending = _closure({s.code for s in flow.states if s.is_end}, back)
    for n, state in enumerate(flow.states):
        if state.code not in reached:
            yield Fault(f"状态 {state.code} 永远到不了", "states", n)
        if state.code not in ending:
            yield Fault(f"从状态 {state.code} 出发永远到不了终点", "states", n)


def _closure(seeds: set[str], edges: Mapping[str, set[str]]) -> set[str]:
    seen, todo = set(seeds), list(seeds)
    while todo:
        fresh = edges[todo.pop()] - seen
        seen |= fresh
        todo.extend(fresh)
    return seen


def faults_of_people(
    flow: Flow, *, verbs: Iterable[str], needs: Iterable[str], roles: Mapping[str, Iterable[str]]
) -> list[Fault]:
    """Steps the product does not know, and steps no role can take.

    `roles` is role → abilities; `verbs` and `needs` are what the product can do and ask for.
    """
    held = set(chain.from_iterable(roles.values()))
    known_verbs, known_needs = set(verbs), set(needs)
    faults = []
    for n, move in enumerate(flow.moves):
        if move.verb not in known_verbs:
            faults.append(Fault(f"没有 {move.verb} 这个动作", "moves", n))
        if move.who not in held:
            sentence = f"没有岗位能做 {move.verb}：没有谁有 {move.who} 的权限"
            faults.append(Fault(sentence, "moves", n))
        strange = [x for x in (*move.needs, *move.takes) if x not in known_needs]
        faults += [Fault(f"{move.verb} 要求不认识的材料 {x}", "moves", n) for x in strange]
    return faults


@dataclass(frozen=True)
class Offer:
    """What the product can do with one kind of matter, for flows of that kind to choose from.

    `states` are the states it knows and whether each is an end; `leads` says to which states a verb
    can lead; `clocks` must be there; `beside` are verbs that change no state but may stop a clock;
    `forms` are the verbs that people take by a form, which may ask for more; `grades` are those by
    which clocks are limited, code → word.
    """

    states: Mapping[str, bool]
    leads: Mapping[str, Collection[str]]
    clocks: Collection[str] = ()
    beside: Collection[str] = ()
    forms: Collection[str] = ()
    grades: Mapping[str, object] = field(default_factory=dict)


def faults_of_product(flow: Flow, offer: Offer) -> list[Fault]:
    """Where the flow asks for what the product cannot do with such a matter."""
    faults = [fault for n in range(len(flow.states)) for fault in _state_strange(flow, n, offer)]
    faults += [fault for n in range(len(flow.moves)) for fault in _move_strange(flow, n, offer)]
    faults += [
        Fault(f"缺少 {code} 时钟", "clocks") for code in offer.clocks if flow.clock(code) is None
    ]
    known = {*offer.leads, *offer.beside}
    faults += [
        Fault(f"时钟 {c.code} 等待不认识的动作 {v}", "clocks", n)
        for n, c in enumerate(flow.clocks)
        for v in c.until
        if v not in known
    ]
    return faults + [
        fault for n in range(len(flow.clocks)) for fault in _clock_strange(flow, n, offer)
    ]


def _clock_strange(flow: Flow, n: int, offer: Offer) -> Iterable[Fault]:
    clock = flow.clocks[n]
    for grade in sorted(
        {grade for each in (clock.limits, *clock.levels.values()) for grade in each}
    ):
        if grade not in offer.grades:
            words = "、".join(offer.grades)
            sentence = f"时钟 {clock.code} 有不认识的等级 {grade}，可用的有：{words}"
            yield Fault(sentence, "clocks", n, "limits")


def _state_strange(flow: Flow, n: int, offer: Offer) -> Iterable[Fault]:
    state = flow.states[n]
    if state.code not in offer.states:
        sentence = f"没有“{state.code}”这种状态，可用的有：{'、'.join(offer.states)}"
        yield Fault(sentence, "states", n)
    elif state.is_end != offer.states[state.code]:
        should = "应当" if offer.states[state.code] else "不能"
        yield Fault(f"状态 {state.code} {should}是终点", "states", n)


def _move_strange(flow: Flow, n: int, offer: Offer) -> Iterable[Fault]:
    move = flow.moves[n]
    may = offer.leads.get(move.verb)
    if may is not None and move.after not in may:
        to = "、".join(sorted(may))
        yield Fault(f"{move.verb} 不能把事情带到 {move.after}，只能到 {to}", "moves", n)
    if move.asks and move.verb not in offer.forms:
        forms = "、".join(sorted(offer.forms))
        sentence = f"{move.verb} 没有表单，不能有填写项；有表单的是：{forms}"
        yield Fault(sentence, "moves", n, "asks")

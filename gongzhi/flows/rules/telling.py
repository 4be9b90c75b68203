"""A flow told to people: what changed between two versions, and its diagram."""

from collections.abc import Iterable
from dataclasses import dataclass

from gongzhi.flows.rules.asks import say_ask
from gongzhi.flows.rules.shape import Flow, Limits, State, Watch


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
        asks = "，填写 " + "、".join(say_ask(a) for a in m.asks) if m.asks else ""
        way = f"{m.name}，{'、'.join(m.before)} → {m.after}"
        yield f"{m.verb}→{m.after}", f"{way}，由 {m.who}{needs}{asks}"


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
    for move in flow.moves:
        asks = f"（填写{'、'.join(a.name for a in move.asks)}）" if move.asks else ""
        lines += [f"    {b} --> {move.after} : {move.name}{asks}" for b in move.before]
    lines += [f"    {s.code} --> [*]" for s in flow.states if s.is_end]
    return "\n".join(lines) + "\n"

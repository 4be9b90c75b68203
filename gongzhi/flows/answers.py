"""What the form of a step asks for, as it is offered, given back, checked and read later."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gongzhi.flows.rules import Ask, Flow
from gongzhi.flows.rules.asks import Option, read
from gongzhi.kernel.refusals import NotUnderstood

Answers = Mapping[str, str]  # key of the field → what was answered
NOTHING: Answers = {}


@dataclass(frozen=True)
class Asked:
    """A field as a form shows it; `name` is its name in the form, `value` what was typed before."""

    name: str
    label: str
    kind: str
    required: bool
    options: Sequence[tuple[str, str]]
    unit: str
    least: int | None
    most: int | None
    value: str


def asked(flow: Flow, verb: str, state: str, typed: Mapping[str, str] = NOTHING) -> list[Asked]:
    """The fields of the step's form; none when the step cannot be taken there."""
    move = flow.move(verb, state)
    return [_asked(verb, ask, typed) for ask in (move.asks if move else ())]


def _asked(verb: str, ask: Ask, typed: Mapping[str, str]) -> Asked:
    name = _name(verb, ask.key)
    options = [(option.key, _called(option)) for option in ask.options]
    if ask.kind == "yes_no":
        options = [("yes", _("是")), ("no", _("否"))]
    return Asked(
        name,
        _called(ask),
        ask.kind,
        ask.required,
        options,
        ask.unit,
        ask.least,
        ask.most,
        str(typed.get(name, "")),
    )


def given(verb: str, posted: Mapping[str, str]) -> dict[str, str]:
    """What a form sent for the fields of the verb, by their keys."""
    head = _name(verb, "")
    return {n.removeprefix(head): str(posted[n]) for n in posted if n.startswith(head)}


def checked(verb: str, asks: Sequence[Ask], said: Answers) -> dict[str, str]:
    """What is kept of the answers, which are free of what no database can carry.

    NotUnderstood at the field of the first that is missing or cannot be read, and for an answer to
    what the step does not ask: a form of another version of the flow.
    """
    if unknown := said.keys() - {ask.key for ask in asks}:
        raise NotUnderstood(
            _("表单里的“%(key)s”这一步已经不用填了，请刷新页面后重新提交。")
            % {"key": min(unknown)[:20]}
        )
    kept = {}
    for ask in asks:
        value, wrong = read(ask, said.get(ask.key, ""))
        if wrong:
            raise NotUnderstood(_wrong(ask, wrong), field=_name(verb, ask.key))
        if value:
            kept[ask.key] = value
    return kept


def told(asks: Sequence[Ask], answers: Answers) -> str:
    """The answers as a clerk writes them down: 处置方式：现场清理；用工：2 人。"""
    known = {ask.key: ask for ask in asks}
    parts = [
        _("%(name)s：%(value)s") % {"name": _called(ask), "value": _value(ask, answers[key])}
        for key, ask in known.items()
        if key in answers
    ]
    parts += [f"{key}：{answers[key]}" for key in answers if key not in known]
    return _("；").join(parts) + _("。") if parts else ""


def _value(ask: Ask, value: str) -> str:
    if ask.kind == "choice":
        return next((_called(option) for option in ask.options if option.key == value), value)
    if ask.kind == "yes_no":
        return _("是") if value == "yes" else _("否")
    return f"{value} {ask.unit}" if ask.unit else value.rstrip("。")


def _called(one: Ask | Option) -> str:
    english = (get_language() or "").startswith("en")
    return one.english if english and one.english else one.name


def _name(verb: str, key: str) -> str:
    return f"a-{verb}-{key}"


def _wrong(ask: Ask, wrong: str) -> str:
    sentences = {
        "missing": _("请选择“%(name)s”。")
        if ask.kind in {"choice", "yes_no"}
        else _("请填写“%(name)s”。"),
        "too_long": _("“%(name)s”最多 200 字，请删减。"),
        "no_choice": _("“%(name)s”请从列出的里面选一项。"),
        "no_number": _("“%(name)s”请填数字，例如 120 或 35.5。"),
        "too_small": _("“%(name)s”不能小于 %(least)s。"),
        "too_large": _("“%(name)s”不能大于 %(most)s。"),
        "no_date": _("“%(name)s”请填日期，例如 2026-03-02。"),
    }
    return sentences[wrong] % {"name": _called(ask), "least": ask.least, "most": ask.most}

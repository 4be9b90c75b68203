"""The product described from its own code: flow, roles, events, packages and words."""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import yaml
from django.apps import apps
from django.conf import settings
from django.db.models import TextChoices
from django.utils.translation import override

from gongzhi.access.roles import ALLOWED, Can, Role
from gongzhi.flows.rules import Flow, diagram, flow_from, say_ask, say_limits
from gongzhi.flows.words import Turn
from gongzhi.journal.record import REACTIONS
from gongzhi.project.described_events import recorded

SOURCE = settings.ROOT / "gongzhi"
HEAD = "<!-- Written by `make docs` from the code; changes made here are lost. -->\n\n"
WORDS_BEGIN, WORDS_END = "<!-- stored words: begin -->", "<!-- stored words: end -->"


def pages() -> dict[Path, str]:
    """Every generated page: its path and what it must say."""
    docs = settings.ROOT / "docs"
    with override("zh-hans"):
        return {
            docs / "generated" / "flow.md": HEAD + flow(),
            docs / "generated" / "roles.md": HEAD + roles(),
            docs / "generated" / "events.md": HEAD + events(),
            docs / "generated" / "map.md": HEAD + package_map(),
            docs / "words.md": words((docs / "words.md").read_text(encoding="utf-8")),
        }


def flow() -> str:
    """Every flow shipped in config/flows, as a diagram and as tables, from the data itself."""
    lines = ["# How matters move", "", "Drawn from `config/flows`; a district may let in others."]
    for path in sorted((settings.CONFIG_DIR / "flows").glob("*.yaml")):
        lines += _flow(flow_from(yaml.safe_load(path.read_text(encoding="utf-8"))))
    return "\n".join(lines) + "\n"


def _flow(one: Flow) -> list[str]:
    lines = ["", f"## {one.name} `{one.code}`", "", "```mermaid", diagram(one).rstrip(), "```", ""]
    lines += ["| state | 状态 | whose turn | steps |", "|---|---|---|---|"]
    for state in one.states:
        verbs = ", ".join(sorted(one.verbs_from(state.code)))
        turn = f"{state.turn} {Turn(state.turn).label}"
        lines.append(f"| {state.code} | {state.name} | {turn} | {verbs} |")
    lines += ["", "| step | 步骤 | who may | needs | takes | fields |", "|---|---|---|---|---|---|"]
    said = {m.verb: m for m in one.moves}
    for move in said.values():
        needs, takes = ", ".join(move.needs), ", ".join(move.takes)
        asks = "; ".join(say_ask(ask) for ask in move.asks)
        who = Can(move.who).label
        lines.append(f"| {move.verb} | {move.name} | {who} | {needs} | {takes} | {asks} |")
    lines += ["", "| clock | 时钟 | runs | until | limits |", "|---|---|---|---|---|"]
    for clock in one.clocks:
        during, until = ", ".join(clock.during), ", ".join(clock.until)
        lines.append(
            f"| {clock.code} | {clock.name} | {during} | {until} | {say_limits(clock.limits)} |"
        )
    return lines


def roles() -> str:
    """Who may do what; where it holds is the area of the post."""
    lines = ["# Roles", "", "| | " + " | ".join(str(role.label) for role in Role) + " |"]
    lines.append("|---|" + ":-:|" * len(Role))
    for can in Can:
        marks = ["●" if can in ALLOWED[role] else "" for role in Role]
        lines.append(f"| {can.label} `{can.value}` | " + " | ".join(marks) + " |")
    return "\n".join(lines) + "\n"


def events() -> str:
    """Every event that the code can record, where, and what follows from it."""
    lines = ["# Events", "", "| event | recorded in | what follows |", "|---|---|---|"]
    for name, places in sorted(recorded().items()):
        follows = ", ".join(f"`{called}`" for called in sorted(REACTIONS.get(name, {})))
        lines.append(f"| `{name}` | {', '.join(sorted(places))} | {follows} |")
    return "\n".join(lines) + "\n"


def package_map() -> str:
    """The packages from the top down, with the sentence in which each says what it is for."""
    lines = ["# The house", "", "A package may import what stands below it, never beside or above."]
    for layer in _layers():
        lines.append("")
        for name in layer:
            if not (SOURCE / name / "__init__.py").exists():
                continue
            lines.append(f"- **{name}**: {_promise(SOURCE / name / '__init__.py')}")
            for module in sorted((SOURCE / name).glob("*.py")):
                if module.stem != "__init__":
                    lines.append(f"    - `{module.stem}`: {_promise(module)}")
    return "\n".join(lines) + "\n"


def _layers() -> list[list[str]]:
    content = tomllib.loads((settings.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = content["tool"]["importlinter"]["contracts"]
    layers = next(c["layers"] for c in contracts if c["id"] == "downwards")
    return [[name.strip(" ()") for name in layer.split("|")] for layer in layers]


def _promise(module: Path) -> str:
    found = ast.get_docstring(ast.parse(module.read_text(encoding="utf-8"))) or ""
    return found.split("\n\n")[0].replace("\n", " ")


def words(text: str) -> str:
    """docs/words.md with its list of stored words brought up to date."""
    head, _begin, rest = text.partition(WORDS_BEGIN)
    _old, _end, tail = rest.partition(WORDS_END)
    table = ["", "| 中文 | stored as | where |", "|---|---|---|"]
    for choices in stored_words():
        where = choices.__module__.removeprefix("gongzhi.")
        table += [f"| {c.label} | `{c.value}` | {where}.{choices.__name__} |" for c in choices]
    return head + WORDS_BEGIN + "\n".join([*table, ""]) + WORDS_END + tail


def stored_words() -> list[type[TextChoices]]:
    """Every TextChoices of the product, in the order of its name."""
    ours = {app.name for app in apps.get_app_configs() if app.name.startswith("gongzhi.")}
    found = [c for c in _below(TextChoices) if c.__module__.rpartition(".")[0] in ours]
    return sorted(found, key=lambda c: (c.__module__, c.__name__))


def _below(parent: type[TextChoices]) -> Iterator[type[TextChoices]]:
    for child in parent.__subclasses__():
        yield child
        yield from _below(child)

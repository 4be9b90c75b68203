"""YAML read as nodes, so that every fault can be told with its file and line."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

MOST_CHARACTERS = 2_000_000  # of one file

_PROBLEMS = {
    "cannot start any token": "有不能用的字符（缩进要用空格，不能用制表符）",
    "mapping values are not allowed": "冒号的位置不对，或缩进不一致",
    "could not find expected ':'": "缺少冒号",
    "expected <block end>": "缩进不一致，或引号、括号没有配对",
    "expected ',' or": "方括号或花括号里缺少逗号，或没有配对",
    "found unexpected end of stream": "引号没有配对",
    "found undefined alias": "用了没有定义的引用（*）",
    "special characters are not allowed": "有不能用的控制字符",
}


@dataclass(frozen=True, order=True)
class Fault:
    """What is wrong, and where: the file, the line counted from 1 (0: the whole file)."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        where = f"{self.file} 第 {self.line} 行" if self.line else self.file
        return f"{where}：{self.reason}"


@dataclass
class Reader:
    """One file; collects its faults while values are taken out of it."""

    file: str
    faults: list[Fault] = field(default_factory=list)

    def fault(self, node: Node | None, reason: str) -> None:
        """Note a fault at the line where the node begins."""
        line = node.start_mark.line + 1 if node is not None else 0
        self.faults.append(Fault(self.file, line, reason))

    def top(self, text: str) -> Node | None:
        """The file's only document; None, with the fault noted, when it cannot be read."""
        if len(text) > MOST_CHARACTERS:
            self.fault(None, f"文件太大，最多 {MOST_CHARACTERS} 个字符")
            return None
        try:
            top = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = mark.line + 1 if mark else 0
            self.faults.append(
                Fault(self.file, line, f"YAML 格式有误：{_in_chinese(error.problem)}")
            )
            return None
        except (yaml.YAMLError, RecursionError) as error:
            self.fault(None, f"YAML 格式有误：{_in_chinese(str(error))}")
            return None
        if top is None:
            self.fault(None, "文件是空的")
        elif repeated := _repeated(top):
            self.fault(repeated, "不支持引用（& 和 *），请把内容写全")
            return None
        return top

    def mapping(
        self,
        node: Node | None,
        what: str,
        needed: Collection[str],
        allowed: Collection[str] = (),
    ) -> dict[str, Node]:
        """The values of a mapping by key; unknown, repeated and missing keys are faults."""
        if not isinstance(node, MappingNode):
            self.fault(node, f"{what}应写成“键: 值”的形式")
            return {}
        found: dict[str, Node] = {}
        for key_node, value in node.value:
            key = key_node.value if isinstance(key_node, ScalarNode) else "?"
            if key in found:
                self.fault(key_node, f"{what}的“{key}”写了两次")
            elif key in needed or key in allowed:
                found[key] = value
            else:
                self.fault(key_node, f"{what}里有不认识的键“{key}”")
        for key in sorted(set(needed) - found.keys()):
            self.fault(node, f"{what}缺少“{key}”")
        return found

    def sequence(self, node: Node | None, what: str) -> list[Node]:
        """The members of a list."""
        if node is None:
            return []
        if not isinstance(node, SequenceNode):
            self.fault(node, f"{what}应是一个列表")
            return []
        return list(node.value)

    def text(self, node: Node | None, what: str, most: int = 200) -> str:
        """A text of 1 to `most` characters, exactly as written."""
        if node is None:
            return ""
        if not isinstance(node, ScalarNode):
            self.fault(node, f"{what}应是一段文字")
            return ""
        value = str(node.value).strip()
        if not value or (node.tag.endswith(":null") and value in {"null", "~"}):
            self.fault(node, f"{what}不能为空")
            return ""
        if len(value) > most:
            self.fault(node, f"{what}最多 {most} 个字，现在有 {len(value)} 个")
        return value

    def one_of(self, node: Node | None, what: str, allowed: Iterable[str]) -> str:
        """A word out of a known set."""
        known = sorted(allowed)
        if node is None or not (value := self.text(node, what)):
            return ""
        if value not in known:
            shown = "、".join(known) if len(known) <= 12 else "见说明"
            self.fault(node, f"{what}“{value}”不在可选范围内（{shown}）")
        return value

    def texts(self, node: Node | None, what: str, *, least: int = 0, most: int = 60) -> list[str]:
        """A list of at least `least` different short texts."""
        members = self.sequence(node, what)
        if node is not None and isinstance(node, SequenceNode) and len(members) < least:
            self.fault(node, f"{what}不能为空")
        values: list[str] = []
        for member in members:
            value = self.text(member, what, most)
            if value in values:
                self.fault(member, f"{what}里“{value}”写了两次")
            elif value:
                values.append(value)
        return values

    def number(self, node: Node | None, what: str, least: int, most: int) -> int:
        """A whole number within bounds."""
        if node is None:
            return least
        value = node.value if isinstance(node, ScalarNode) else ""
        if not (value.isascii() and value.isdecimal() and least <= int(value[:9]) <= most):
            self.fault(node, f"{what}应是 {least} 到 {most} 的整数")
            return least
        return int(value)

    def truth(self, node: Node | None, what: str) -> bool:
        """true or false."""
        if node is None:
            return False
        if not isinstance(node, ScalarNode) or node.value not in {"true", "false"}:
            self.fault(node, f"{what}应是 true 或 false")
            return False
        return bool(node.value == "true")


def _in_chinese(problem: str | None) -> str:
    said = problem or ""
    return next((told for part, told in _PROBLEMS.items() if part in said), said or "无法读取")


def _repeated(top: Node) -> Node | None:
    """A node that hangs in two places: written with an alias, and a way to blow up memory."""
    seen: set[int] = set()
    waiting = [top]
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            return node
        seen.add(id(node))
        if isinstance(node, MappingNode):
            waiting.extend(part for pair in node.value for part in pair)
        elif isinstance(node, SequenceNode):
            waiting.extend(node.value)
    return None

"""`gongzhi learn`: learn to classify from closed cases, or judge the learner on any CSV file."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import now
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from gongzhi.catalogue import learning, reads
from gongzhi.catalogue.models_on_disk import NAME
from gongzhi.catalogue.rules.pairs import CsvError, decoded, read_pairs

FAULTS_SHOWN = 10
MOST_FAULTY = 0.05  # share of bad rows beyond which the file is not what it should be


class Command(BaseCommand):
    """Prints macro-F1 and accuracy on a held-out part; never puts a worse model in place."""

    help = "Learn to classify from the district's closed cases, or from a CSV file (text,label)."

    def add_arguments(self, parser: CommandParser) -> None:
        """A CSV file of any taxonomy, a name to keep its model under, and the columns."""
        parser.add_argument("--from-csv", metavar="FILE", help="CSV with the columns text,label")
        parser.add_argument("--name", help="keep the model under this name (default: the file's)")
        parser.add_argument("--text-column", default="", help="when it is not called text")
        parser.add_argument("--label-column", default="", help="when it is not called label")
        parser.add_argument("--seed", type=int, default=7)

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit with 1, and a sentence that says why, when nothing can be learned."""
        if options["from_csv"]:
            path = Path(options["from_csv"])
            name = options["name"] or _name_after(path)
            if name == reads.CASES or not NAME.fullmatch(name):
                raise CommandError("--name 要用小写字母、数字、- 和 _，且不能是 cases。")
            pairs = self._pairs(path, options["text_column"], options["label_column"])
        else:
            name, pairs = reads.CASES, learning.own_pairs()
            if not pairs:
                raise CommandError("还没有可以学习的已办结案件；也可以用 --from-csv 从文件学习。")
        try:
            with _shown() as tell:
                report = learning.learn_from(
                    pairs, now(), name=name, seed=options["seed"], tell=tell
                )
        except learning.LearningError as error:
            raise CommandError(str(error)) from error
        self._tell(report)

    def _pairs(self, path: Path, text_name: str, label_name: str) -> list[tuple[str, str]]:
        try:
            read = read_pairs(decoded(path.read_bytes()), text_name, label_name)
        except OSError as error:
            raise CommandError(f"{path}：无法读取：{error.strerror}") from error
        except CsvError as error:
            raise CommandError(f"{path.name}：{error}。") from error
        for fault in read.faults[:FAULTS_SHOWN]:
            self.stderr.write(f"{path.name} {fault}，已跳过")
        if len(read.faults) > FAULTS_SHOWN:
            self.stderr.write(f"…… 另有 {len(read.faults) - FAULTS_SHOWN} 行有误，已跳过")
        if len(read.faults) > MOST_FAULTY * (len(read.pairs) + len(read.faults)):
            raise CommandError(f"{path.name}：有误的行超过二十分之一，请检查文件后再试。")
        return read.pairs

    def _tell(self, report: learning.Report) -> None:
        names = _names() if report.name == reads.CASES else {}
        self.stdout.write(f"{'精确率':>5}{'召回率':>6}{'F1':>9}{'条数':>7}  类别")
        for one in report.score.classes:
            figures = f"{one.precision:8.4f} {one.recall:8.4f} {one.f1:8.4f} {one.texts:8d}"
            self.stdout.write(f"{figures}  {one.label} {names.get(one.label, '')}".rstrip())
        self.stdout.write(
            f"共 {report.texts} 条、{report.labels} 类；学习 {report.learned_from} 条，"
            f"留出 {report.judged_on} 条评分；用时 {report.seconds:.1f} 秒。"
        )
        self.stdout.write(f"macro-F1 {report.score.macro_f1:.4f}")
        self.stdout.write(f"accuracy {report.score.accuracy:.4f}")
        for who, macro in report.before.items():
            self.stdout.write(f"同一留出部分上，{who}的 macro-F1 为 {macro:.4f}。")
        if report.kept:
            self.stdout.write(f"新模型已启用：{report.path}")
        else:
            self.stdout.write("新模型没有更好，保留原来的，未做任何更改。")


def _name_after(path: Path) -> str:
    """A name for the model out of the file's."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in path.stem)
    return plain.lower().strip("-_")[:40] or "csv"


def _names() -> dict[str, str]:
    scorer = reads.scorer()
    return {entry.code: entry.name for entry in scorer.entries} if scorer else {}


@contextmanager
def _shown() -> Iterator[learning.Tell]:
    """A progress bar on a terminal, else a line now and then."""
    if not sys.stderr.isatty():
        yield _lines()
        return
    columns = TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:3.0f}%")
    with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True)) as bar:
        task = bar.add_task("读入", total=1.0)
        yield lambda what, part: bar.update(task, description=what, completed=part)


def _lines() -> learning.Tell:
    told: set[tuple[str, int]] = set()

    def tell(what: str, part: float) -> None:
        step = (what, int(part * 4))
        if step not in told:
            told.add(step)
            print(f"{what} {part:4.0%}", file=sys.stderr, flush=True)

    return tell

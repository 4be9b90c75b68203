"""`gongzhi load_catalogue`: put a folder's catalogue in force, as a new edition if it is new."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import now

from gongzhi.catalogue import actions
from gongzhi.catalogue.rules.content import UNITS_FILE


class Command(BaseCommand):
    """Loads all of it or, telling each fault with file and line, nothing of it."""

    help = "Load the catalogue of events (classes, items, grades) as a new edition."

    def add_arguments(self, parser: CommandParser) -> None:
        """The folder; config/catalogue when not given."""
        parser.add_argument("path", nargs="?", default=settings.CONFIG_DIR / "catalogue")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit with 1 when the files cannot be taken."""
        files = _files(Path(options["path"]))
        try:
            loaded = actions.load(by=None, files=files, at=now())
        except actions.BrokenCatalogue as broken:
            for fault in broken.faults:
                self.stderr.write(str(fault))
            raise CommandError(broken.sentence) from broken
        edition = loaded.edition
        count = f"{edition.classes.count()} 类 {edition.items.count()} 项"
        if loaded.is_new:
            self.stdout.write(f"已载入事件目录{edition}：{count}。此前的案件保留原来的版本。")
        elif loaded.changed:
            self.stdout.write(f"内容与{edition}相同，已重新启用{edition}：{count}。")
        else:
            self.stdout.write(f"内容与现行的{edition}相同，未做任何更改：{count}。")


def _files(folder: Path) -> dict[str, str]:
    """Name → text of the folder's YAML files; the kinds of unit may lie one folder up."""
    if not folder.is_dir():
        raise CommandError(f"{folder}：没有这个目录。请给出事件目录所在的目录。")
    paths = {path.name: path for path in sorted(folder.glob("*.yaml"))}
    paths.setdefault(UNITS_FILE, folder.parent / UNITS_FILE)
    files: dict[str, str] = {}
    for name, path in paths.items():
        try:
            files[name] = path.read_bytes().decode("utf-8-sig")
        except FileNotFoundError:
            continue
        except UnicodeDecodeError as error:
            line = error.object[: error.start].count(b"\n") + 1
            raise CommandError(f"{name} 第 {line} 行：不是 UTF-8 编码，请另存为 UTF-8。") from error
        except OSError as error:
            raise CommandError(f"{name}：无法读取：{error.strerror}") from error
    return files

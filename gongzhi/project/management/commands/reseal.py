"""`gongzhi reseal`: seal everything with the newest key, so that an old one can be thrown away."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, models, transaction
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from gongzhi.kernel.sealed import SealedTextField, newest_form, seal, unseal

BATCH = 500


class Command(BaseCommand):
    """Goes on where it was interrupted: it looks for what is not yet sealed with the newest key.

    Runs beside the product: a value that somebody changes meanwhile is left as they wrote it.
    """

    help = "Seal every sealed column with the newest of GONGZHI_SEAL_KEYS."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--check` only counts."""
        parser.add_argument(
            "--check", action="store_true", help="count what is left, change nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit with 1 when a value opens with none of the keys; the others are sealed anew."""
        lost = left = 0
        columns = (TextColumn("{task.description}"), BarColumn(36), TimeElapsedColumn())
        with Progress(*columns, disable=options["verbosity"] == 0) as bar:
            for model, field in sealed_columns():
                count = _old(model, field)
                left += count
                task = bar.add_task(f"{model._meta.label_lower}.{field}", total=count)
                if not options["check"]:
                    for done, failed in _reseal(model, field):
                        bar.advance(task, done)
                        lost += failed
        if options["check"]:
            self.stdout.write(f"还有 {left} 项不是用最新的密钥加密的。")
        elif lost:
            raise CommandError(f"{lost} 项用现有的密钥都打不开，没有改动。请先找回它们的密钥。")
        else:
            self.stdout.write(f"已用最新的密钥重新加密 {left} 项；旧密钥可以撤下了。")


def sealed_columns() -> Iterator[tuple[type[models.Model], str]]:
    """Every sealed column of every table."""
    for model in apps.get_models():
        for field in model._meta.local_fields:
            if isinstance(field, SealedTextField) and field.column:
                yield model, field.column


def _where(column: str) -> str:
    return f"{column} <> '' AND {column} NOT LIKE %s"


def _old(model: type[models.Model], column: str) -> int:
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM {table} WHERE {_where(column)}",  # noqa: S608 - names come from the models; values are parameters
            [f"{newest_form()}%"],
        )
        return int(cursor.fetchone()[0])


def _reseal(model: type[models.Model], column: str) -> Iterator[tuple[int, int]]:
    """(sealed anew, not opened) of each batch, in the order of keys; each batch stands alone."""
    meta = model._meta
    table, key = meta.db_table, meta.pk.column if meta.pk else "id"
    last: Any = None
    while True:
        after = "" if last is None else f" AND {key} > %s"
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {key}, {column} FROM {table} WHERE {_where(column)}{after} "  # noqa: S608 - names come from the models; values are parameters
                f"ORDER BY {key} LIMIT {BATCH}",
                [f"{newest_form()}%", *([] if last is None else [last])],
            )
            rows = cursor.fetchall()
            if not rows:
                return
            last = rows[-1][0]
            opened = [(pk, old, text) for pk, old in rows if (text := _opened(old)) is not None]
            cursor.executemany(
                f"UPDATE {table} SET {column} = %s WHERE {key} = %s AND {column} = %s",  # noqa: S608 - names come from the models; values are parameters
                [(seal(text), pk, old) for pk, old, text in opened],
            )
        yield len(opened), len(rows) - len(opened)


def _opened(sealed: str) -> str | None:
    try:
        return unseal(sealed)
    except ValueError:
        return None

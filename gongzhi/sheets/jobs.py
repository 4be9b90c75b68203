"""The work itself, done in the background: checking a file, writing it in, writing a list out.

Whoever does it has claimed it by a conditional UPDATE. Progress is told between chunks; a worker
that dies is noticed by its silence and its work begun again: nothing half-done was left.
"""

import json
import logging
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

from django.db import transaction
from django.utils.timezone import localtime, now
from django.utils.translation import gettext as _

from gongzhi.journal.record import record
from gongzhi.kernel.refusals import NotAllowed, NotPossible, Refusal
from gongzhi.sheets import vault
from gongzhi.sheets.actions.bring import intake_of
from gongzhi.sheets.actions.take import listing_of
from gongzhi.sheets.entries import chunks, table_of
from gongzhi.sheets.kinds import Counts, Fault, Intake, Sitting
from gongzhi.sheets.marking import Marks, write_marked
from gongzhi.sheets.models import Incoming, Outgoing, Work
from gongzhi.sheets.paper import write_pdf
from gongzhi.sheets.reading import Line
from gongzhi.sheets.words import Progress, Shape, Stage
from gongzhi.sheets.writing import Column, Row, Sheet, write_csv, write_xlsx

LOST_AFTER = timedelta(minutes=5)
FAULTS_SHOWN = 500
TELL_EVERY = 5000  # rows
BEFORE_WRITING = {Stage.CHECKING: Stage.MAPPING, Stage.APPLYING: Stage.CHECKED}

log = logging.getLogger(__name__)


def claimed(*, at: datetime) -> Work | None:
    """The next piece of work that nobody is at, claimed; None when there is none."""
    models: tuple[type[Work], ...] = (Outgoing, Incoming)
    for model in models:
        found: Iterable[Work] = model.objects.to_do(lost_before=at - LOST_AFTER)[:3]
        for work in found:
            if claim(work, at=at):
                return work
    return None


def claim(work: Work, *, at: datetime) -> bool:
    """Take the work; False when somebody was faster."""
    mine = (
        type(work)
        .objects.filter(pk=work.pk, progress=work.progress, beat_at=work.beat_at)
        .update(progress=Progress.RUNNING, beat_at=at, done=0)
    )
    return bool(mine)


def run(work: Work, *, at: datetime) -> None:
    """Do claimed work to its end; what goes wrong is told in a sentence on the work itself."""
    try:
        if isinstance(work, Outgoing):
            write_out(work, at=at)
        elif isinstance(work, Incoming):
            check(work, at=at) if work.stage == Stage.CHECKING else write_in(work, at=at)
    except Refusal as refusal:
        _fail(work, refusal.sentence)
    except Exception:
        log.exception("table work %s %s failed", type(work).__name__, work.pk)
        _fail(work, _("系统没有办成这件事，没有写入任何数据。请稍后再试或联系管理员。"))


def _fail(work: Work, sentence: str) -> None:
    type(work).objects.filter(pk=work.pk).update(
        progress=Progress.FAILED, trouble=sentence[:300], finished_at=now()
    )
    if isinstance(work, Incoming) and work.stage in BEFORE_WRITING:
        Incoming.objects.filter(pk=work.pk).update(stage=BEFORE_WRITING[Stage(work.stage)])


def _tell(work: Work, done: int, **more: int) -> None:
    type(work).objects.filter(pk=work.pk).update(done=done, beat_at=now(), **more)


# ── in ────────────────────────────────────────────────────────────────────────


class Weighing:
    """One pass over a file: what is wrong with it and what it would do."""

    def __init__(self, incoming: Incoming, intake: Intake, sitting: Sitting) -> None:
        self.incoming, self.intake, self.sitting = incoming, intake, sitting
        self.columns = {int(number): key for number, key in incoming.columns.items()}
        self.counts, self.rows = Counts(), 0
        self.faults: list[Fault] = []

    def go(self) -> None:
        """Read every line; progress is told between chunks."""
        table = table_of(vault.content(self.incoming.file), self.intake)
        for chunk in chunks(table, self.intake, self.columns):
            faults, counts = self.sitting.weigh(chunk.entries)
            self.faults += chunk.faults + faults + self.sitting.look(chunk.spoiled)
            self.counts += counts
            self.rows += len(chunk.lines)
            _tell(self.incoming, self.rows)

    @property
    def wrong(self) -> int:
        """How many lines have a fault that stops the file."""
        return len({fault.row for fault in self.faults if not fault.mild})


def check(incoming: Incoming, *, at: datetime) -> None:
    """The dry run: every line is read and weighed, nothing is written but what was found."""
    intake = intake_of(incoming.person, incoming.kind)
    weighing = Weighing(incoming, intake, intake.begin(incoming.person, at, incoming.source))
    weighing.go()
    if not weighing.rows:
        raise NotPossible(_("表头下面没有数据。"))
    faults = sorted(weighing.faults, key=lambda fault: (fault.row, fault.key))
    vault.forget(incoming.marked)
    marked = _marked(incoming, intake, faults) if faults else ""
    shown = [[f.row, f.key, f.sentence, f.mild] for f in faults[:FAULTS_SHOWN]]
    counts = weighing.counts
    Incoming.objects.filter(pk=incoming.pk).update(
        stage=Stage.CHECKED,
        progress=Progress.DONE,
        marked=marked,
        rows=weighing.rows,
        done=weighing.rows,
        faults=json.dumps(shown, ensure_ascii=False),
        wrong=weighing.wrong,
        mild=len({f.row for f in faults if f.mild}),
        new=counts.new,
        changed=counts.changed,
        same=counts.same,
    )


def _marked(incoming: Incoming, intake: Intake, faults: list[Fault]) -> str:
    table = table_of(vault.content(incoming.file), intake)
    columns = {int(number): key for number, key in incoming.columns.items()}
    path = vault.place(f"{uuid4().hex}.xlsx")
    lines: Iterator[Line] = table.lines
    write_marked(path, table, lines, Marks(intake, columns, faults))
    return vault.keep(path)


def write_in(incoming: Incoming, *, at: datetime) -> None:
    """Weigh the file again, since the register may have changed, then write all of it or nothing.

    The long part comes before the transaction: what others write waits for the short one only.
    """
    intake = intake_of(incoming.person, incoming.kind)
    weighing = Weighing(incoming, intake, intake.begin(incoming.person, at, incoming.source))
    weighing.go()
    if weighing.wrong:
        raise NotPossible(_("检查之后登记信息有了变化，有些行现在不能写入，请重新检查。"))
    weighing.sitting.prepare()
    with transaction.atomic():
        counts = weighing.sitting.write()
        applied = Incoming.objects.filter(pk=incoming.pk, stage=Stage.APPLYING).update(
            stage=Stage.APPLIED,
            progress=Progress.DONE,
            rows=weighing.rows,
            done=weighing.rows,
            new=counts.new,
            changed=counts.changed,
            same=counts.same,
            finished_at=now(),
        )
        if not applied:
            raise NotPossible(_("这个文件已经处理过了。"))
        record(
            "sheets.table_applied",
            about=incoming,
            by=incoming.person,
            at=at,
            kind=incoming.kind,
            new=counts.new,
            changed=counts.changed,
            same=counts.same,
        )


# ── out ───────────────────────────────────────────────────────────────────────

Writer = Callable[[Path, Sheet, Iterable[Row]], None]
WRITERS: dict[str, Writer] = {Shape.XLSX: write_xlsx, Shape.CSV: write_csv, Shape.PDF: write_pdf}


def sheet_of(outgoing: Outgoing) -> Sheet:
    """The sheet as it was asked for."""
    told = dict(outgoing.sheet)
    columns = [Column(*one) for one in told.pop("columns")]
    return Sheet(columns=columns, rows=outgoing.rows, **told)


def rows_of(outgoing: Outgoing, *, at: datetime) -> Iterable[Row]:
    """The rows of the list, as the person who asked may see them now."""
    listing = listing_of(outgoing.person, outgoing.kind)
    keys = [column[0] for column in outgoing.sheet["columns"]]
    return listing.rows(outgoing.person, json.loads(outgoing.query or "{}"), keys, at)


def write_out(outgoing: Outgoing, *, at: datetime) -> None:
    """Write the list to a file that only the person who asked can fetch, for some days."""
    if not outgoing.person.is_active:
        raise NotAllowed(_("账号已停用。"))
    sheet = sheet_of(outgoing)
    name, size = "", 0
    counted = _Counted(outgoing, rows_of(outgoing, at=at))
    if outgoing.shape == Shape.PRINT:
        counted.rows = outgoing.rows  # the page reads them when it is opened
    else:
        path = vault.place(f"{uuid4().hex}.{outgoing.shape}")
        try:
            WRITERS[outgoing.shape](path, sheet, counted)
            size = path.stat().st_size
            name = vault.keep(path)
        finally:
            with suppress(FileNotFoundError):
                path.unlink()
    Outgoing.objects.filter(pk=outgoing.pk).update(
        progress=Progress.DONE,
        file=name,
        size=size,
        file_name=_file_name(outgoing, sheet),
        rows=counted.rows,
        done=counted.rows,
        finished_at=now(),
    )


class _Counted:
    """Rows that are counted as they pass, and told about every so often."""

    def __init__(self, outgoing: Outgoing, rows: Iterable[Row]) -> None:
        self.outgoing, self.source, self.rows = outgoing, rows, 0

    def __iter__(self) -> Iterator[Row]:
        for row in self.source:
            self.rows += 1
            if self.rows % TELL_EVERY == 0:
                _tell(self.outgoing, self.rows)
            yield row


def _file_name(outgoing: Outgoing, sheet: Sheet) -> str:
    when = f"{localtime(outgoing.begun_at):%Y%m%d_%H%M}"
    name = re.sub(r"[^\w]+", "_", f"{sheet.title}_{outgoing.person.name}_{when}").strip("_")
    return f"{name[:100]}.{outgoing.shape}"

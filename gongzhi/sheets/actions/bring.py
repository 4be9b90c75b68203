"""Bringing a table in: the file, what its columns are, and then all of it or nothing."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from gongzhi.access.checks import require
from gongzhi.access.models import Person
from gongzhi.journal.record import record
from gongzhi.kernel.actions import action
from gongzhi.kernel.refusals import NotPossible, NotUnderstood, Overtaken
from gongzhi.sheets import models, vault
from gongzhi.sheets.entries import table_of
from gongzhi.sheets.kinds import INTAKES, Intake
from gongzhi.sheets.rules import guessed, plain_heading
from gongzhi.sheets.words import Progress, Stage

KEPT = timedelta(days=7)  # then the file and what was wrong with it are removed
SOURCE_MOST = 80


def intake_of(person: Person, name: str) -> Intake:
    """The kind of that name. NotUnderstood when there is none, NotAllowed when not for them."""
    intake = INTAKES.get(name)
    if intake is None:
        raise NotUnderstood(_("没有这一种导入。"))
    require(person, intake.can, within=None)
    return intake


@action
def bring(
    *, by: Person, kind: str, name: str, content: bytes, source: str, at: datetime
) -> models.Incoming:
    """Take a file in and guess what its columns are; nothing of it is in the register yet.

    NotUnderstood or TooLarge for a file that cannot be read at all.
    """
    intake = intake_of(by, kind)
    source = " ".join(source.split())
    if not source or len(source) > SOURCE_MOST:
        raise NotUnderstood(
            _("请写明数据来源（最多%(most)s字），例如：2026年3月入户登记。")
            % {"most": SOURCE_MOST},
            field="source",
        )
    table = table_of(content, intake)
    memory = models.Mapping.objects.filter(person=by, kind=kind).first()
    columns = guessed(table.headings, intake.names, memory.headings if memory else None)
    incoming = models.Incoming.objects.create(
        person=by,
        kind=kind,
        stage=Stage.MAPPING,
        progress=Progress.DONE,
        file_name=name[-120:],
        file=vault.keep(content),
        digest=hashlib.sha256(content).hexdigest(),
        source=source,
        columns={str(number): key for number, key in columns.items()},
        heading_row=table.heading_row,
        rows=table.about,
        begun_at=at,
        expires_at=at + KEPT,
    )
    record("sheets.table_brought", about=incoming, by=by, at=at, kind=kind)
    return incoming


@action
def name_columns(
    *, by: Person, incoming: models.Incoming, columns: Mapping[int, str], at: datetime
) -> models.Incoming:
    """Say what the columns are, remember it for the person's next file, and have it checked.

    NotUnderstood when a field is named twice or one that must be there is missing.
    """
    intake = intake_of(by, incoming.kind)
    named = {number: key for number, key in columns.items() if key}
    _complete(intake, named)
    changed = models.Incoming.objects.filter(
        pk=incoming.pk, stage__in=[Stage.MAPPING, Stage.CHECKED]
    ).update(
        stage=Stage.CHECKING,
        progress=Progress.WAITING,
        columns={str(number): key for number, key in named.items()},
        done=0,
        trouble="",
    )
    if not changed:
        raise Overtaken(_("这个文件正在处理或已经处理完，请刷新后再看。"))
    headings = table_of(vault.content(incoming.file), intake).headings
    memory, _new = models.Mapping.objects.get_or_create(
        person=by, kind=incoming.kind, defaults={"updated_at": at}
    )
    told = {plain_heading(h): named.get(n, "") for n, h in enumerate(headings) if h}
    memory.headings = {**memory.headings, **told}
    memory.updated_at = at
    memory.save()
    record("sheets.columns_named", about=incoming, by=by, at=at, columns=len(named))
    incoming.refresh_from_db()
    return incoming


def _complete(intake: Intake, named: Mapping[int, str]) -> None:
    keys = list(named.values())
    known = {one.key: str(one.label) for one in intake.fields}
    if set(keys) - set(known):
        raise NotUnderstood(_("选择的字段不存在，请刷新页面再试。"))
    if twice := next((key for key in keys if keys.count(key) > 1), ""):
        raise NotUnderstood(
            _("“%(name)s”选了两列，请只留一列。") % {"name": known[twice]}, field=twice
        )
    for one in intake.fields:
        if one.required and one.key not in keys:
            raise NotUnderstood(
                _("还没有指定“%(name)s”是哪一列，这一项必须有。") % {"name": one.label},
                field=one.key,
            )


@action
def apply(*, by: Person, incoming: models.Incoming, at: datetime) -> models.Incoming:
    """Have a file without faults written, all of it or nothing; the work is done afterwards."""
    intake_of(by, incoming.kind)
    if incoming.wrong:
        raise NotPossible(_("文件里还有错误，请按标注改好后重新上传。"))
    changed = models.Incoming.objects.filter(
        pk=incoming.pk, stage=Stage.CHECKED, progress=Progress.DONE, wrong=0
    ).update(stage=Stage.APPLYING, progress=Progress.WAITING, done=0, trouble="")
    if not changed:
        raise Overtaken(_("这个文件正在写入或已经处理完，请刷新后再看。"))
    record("sheets.apply_asked", about=incoming, by=by, at=at, rows=incoming.rows)
    incoming.refresh_from_db()
    return incoming


@action
def drop(*, by: Person, incoming: models.Incoming, at: datetime) -> None:
    """Give a file up before it was written; it is removed at once."""
    changed = models.Incoming.objects.filter(
        pk=incoming.pk, stage__in=[Stage.MAPPING, Stage.CHECKED]
    ).update(stage=Stage.DROPPED, progress=Progress.DONE, expires_at=at, finished_at=at)
    if not changed:
        raise Overtaken(_("这个文件正在处理或已经处理完，请刷新后再看。"))
    record("sheets.table_dropped", about=incoming, by=by, at=at)

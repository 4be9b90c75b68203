"""The desk's pages of tables that come in: bring, name the columns, see what is wrong, apply."""

import io
import json

from django.contrib import messages as notices
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.access.models import Person
from gongzhi.access.requests import PersonRequest, signed_in
from gongzhi.kernel.refusals import NotUnderstood, Refusal, TooLarge
from gongzhi.sheets import actions, forms, jobs, vault
from gongzhi.sheets.actions.bring import intake_of
from gongzhi.sheets.entries import table_of
from gongzhi.sheets.kinds import INTAKES, Intake
from gongzhi.sheets.marking import template
from gongzhi.sheets.models import Incoming
from gongzhi.sheets.reading import BYTES_MOST, ROWS_MOST
from gongzhi.sheets.rules import column_name, text_of
from gongzhi.sheets.words import Progress, Stage

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
AT_ONCE = 200 * 1024  # bytes; longer files are worked through by the worker
SAMPLES = 3


def _intake(person: Person, kind: str) -> Intake:
    if kind not in INTAKES:
        raise Http404
    return intake_of(person, kind)


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def bring(request: PersonRequest, kind: str) -> HttpResponse:
    """The form for a file, and taking it in."""
    intake = _intake(request.user, kind)
    refusal: Refusal | None = None
    if request.method == "POST":
        sent = request.FILES.get("table")
        try:
            incoming = _brought(request, intake, sent)
            return redirect("tables:incoming", incoming.pk)
        except (NotUnderstood, TooLarge) as error:
            refusal = error
    context = {
        "intake": intake,
        "refusal": refusal,
        "source": request.POST.get("source", ""),
        "megabytes": BYTES_MOST // 1024**2,
        "rows_most": ROWS_MOST,
    }
    status = refusal.status if refusal else 200
    return render(request, "sheets/bring.html", context, status=status)


def _brought(request: PersonRequest, intake: Intake, sent: object) -> Incoming:
    if not isinstance(sent, UploadedFile):
        raise NotUnderstood(_("请选择要导入的文件。"), field="table")
    return actions.bring(
        by=request.user,
        kind=intake.name,
        name=sent.name or "",
        content=sent.read(),
        source=request.POST.get("source", ""),
        at=now(),
    )


@never_cache
@signed_in
@require_safe
def empty(request: PersonRequest, kind: str) -> HttpResponseBase:
    """The template of the kind, to be filled in."""
    intake = _intake(request.user, kind)
    out = io.BytesIO()
    template(intake).save(out)
    return _download(
        HttpResponse(out.getvalue(), content_type=XLSX),
        _("%(kind)s导入模板") % {"kind": intake.label},
    )


@never_cache
@signed_in
@require_safe
def incoming(request: PersonRequest, pk: int) -> HttpResponse:
    """Where the file stands: its columns, how far the check is, what was found, what was done."""
    one = _mine(request.user, pk)
    return _shown(request, one, None)


def _shown(request: PersonRequest, one: Incoming, refusal: Refusal | None) -> HttpResponse:
    intake = _intake(request.user, one.kind)
    expired = not one.file or (now() >= one.expires_at and one.stage != Stage.APPLIED)
    context: dict[str, object] = {
        "one": one,
        "intake": intake,
        "refusal": refusal,
        "expired": expired,
        "again": reverse("tables:incoming", args=[one.pk]),
        "faults": _faults(one, intake) if one.stage == Stage.CHECKED else [],
        "before": _came_before(one),
    }
    naming = one.stage == Stage.MAPPING or "columns" in request.GET or refusal
    if naming and not expired and not one.under_way and one.stage in (
        Stage.MAPPING, Stage.CHECKED,
    ):  # fmt: skip
        context["columns"] = _columns(one, intake)
    part = "HX-Request" in request.headers
    name = "sheets/_incoming.html" if part else "sheets/incoming.html"
    return render(request, name, context, status=refusal.status if refusal else 200)


def _faults(one: Incoming, intake: Intake) -> list[dict[str, object]]:
    labels = {field.key: field.label for field in intake.fields}
    letters = {key: column_name(int(number)) for number, key in one.columns.items()}
    return [
        {
            "row": row,
            "letter": letters.get(key, ""),
            "label": labels.get(key, ""),
            "sentence": sentence,
            "mild": mild,
        }
        for row, key, sentence, mild in json.loads(one.faults or "[]")
    ]


def _came_before(one: Incoming) -> Incoming | None:
    """The same file, when it was applied already."""
    same = Incoming.objects.filter(digest=one.digest, kind=one.kind, stage=Stage.APPLIED)
    found: Incoming | None = same.exclude(pk=one.pk).order_by("-pk").first()
    return found


def _columns(one: Incoming, intake: Intake) -> list[dict[str, object]]:
    """Each column of the file with its heading, its first cells, and what it was taken for."""
    table = table_of(vault.content(one.file), intake)
    lines = [line.cells for _n, line in zip(range(SAMPLES), table.lines, strict=False)]
    found = []
    for number, heading in enumerate(table.headings):
        cells = [text_of(cells[number]) for cells in lines if number < len(cells)]
        if heading or any(cells):
            key = one.columns.get(str(number), "")
            found.append(
                {
                    "number": number,
                    "letter": column_name(number),
                    "heading": heading,
                    "samples": [cell[:20] for cell in cells if cell],
                    "key": key,
                }
            )
    return found


@signed_in
@require_POST
def columns(request: PersonRequest, pk: int) -> HttpResponse:
    """Say what the columns are; the check begins at once."""
    one = _mine(request.user, pk)
    if not one.file:
        raise Http404(_("文件已过保存期并删除，请重新上传。"))
    try:
        one = actions.name_columns(
            by=request.user, incoming=one, columns=forms.columns_named(request.POST), at=now()
        )
    except NotUnderstood as refusal:
        return _shown(request, one, refusal)
    return _worked(one)


@signed_in
@require_POST
def apply(request: PersonRequest, pk: int) -> HttpResponse:
    """Write the file in, all of it or nothing."""
    one = actions.apply(by=request.user, incoming=_mine(request.user, pk), at=now())
    return _worked(one)


def _worked(one: Incoming) -> HttpResponse:
    if vault.place(one.file).stat().st_size <= AT_ONCE and jobs.claim(one, at=now()):
        jobs.run(one, at=now())
    return redirect("tables:incoming", one.pk)


@signed_in
@require_POST
def drop(request: PersonRequest, pk: int) -> HttpResponse:
    """Give the file up."""
    actions.drop(by=request.user, incoming=_mine(request.user, pk), at=now())
    notices.success(request, _("已放弃，文件会被删除，没有写入任何数据。"))
    return redirect("tables:all")


@never_cache
@signed_in
@require_safe
def marked(request: PersonRequest, pk: int) -> HttpResponseBase:
    """The annotated copy of the user's own file."""
    one = _mine(request.user, pk)
    if not one.marked or one.progress == Progress.RUNNING:
        raise Http404(_("没有标注副本，或已过保存期并删除。"))
    stem = one.file_name.rsplit(".", 1)[0]
    response = StreamingHttpResponse(vault.pieces(one.marked), content_type=XLSX)
    return _download(response, _("%(name)s_检查结果") % {"name": stem})


def _download(response: HttpResponseBase, name: str) -> HttpResponseBase:
    response["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=f"{name}.xlsx"
    )
    return response


def _mine(person: Person, pk: int) -> Incoming:
    found: Incoming = get_object_or_404(Incoming.objects.of(person), pk=pk)
    return found

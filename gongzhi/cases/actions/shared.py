"""What a desk keeps for itself: reply templates, macros, saved searches."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from gongzhi.access.checks import may, require
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.cases import rules, wording
from gongzhi.cases.models import Macro, Reply, SavedSearch
from gongzhi.cases.reads.lists import Filters
from gongzhi.cases.words import Act, ReplyUse
from gongzhi.catalogue import reads as catalogue
from gongzhi.journal.record import record
from gongzhi.kernel.actions import action
from gongzhi.kernel.refusals import NotPossible, NotUnderstood, Overtaken
from gongzhi.places.models import Area

SEARCHES_MOST = 20  # of one person
ACTS_MOST = 5  # of one macro
NAME_MOST, TEXT_MOST = 40, 1000


@action
def write_reply(
    *,
    by: Person,
    area: Area,
    use: ReplyUse,
    name: str,
    text: str,
    at: datetime,
    item_code: str = "",
    replaces: Reply | None = None,
) -> Reply:
    """Keep a reply template for everybody of the area; `replaces` retires the one it improves.

    NotUnderstood names a field in braces that nothing could fill.
    """
    require(by, Can.DISPATCH_CASES, within=area)
    name, text = _named(name, NAME_MOST), rules.clean(text)
    if not rules.says_something(text) or len(text) > TEXT_MOST:
        raise NotUnderstood(
            _("模板内容要有 2 到 %(most)s 字。") % {"most": TEXT_MOST}, field="text"
        )
    if unknown := wording.unknown_fields(text):
        raise NotUnderstood(
            _("没有“{%(field)s}”这个字段。可用的有：%(fields)s。")
            % {"field": unknown[0], "fields": "、".join(wording.FIELDS)},
            field="text",
        )
    if item_code and catalogue.item(item_code) is None:
        raise NotUnderstood(_("所选的事项不存在，请重新选择或留空。"), field="item")
    if replaces is not None:
        retire_reply(by=by, reply=replaces, at=at)
    try:
        with transaction.atomic():
            reply = Reply.objects.create(
                area=area, use=use, name=name, text=text, item_code=item_code, by=by, at=at
            )
    except IntegrityError as error:
        raise NotPossible(_("已经有同名的模板，请换一个名称，或修改原来的。")) from error
    record("replies.written", about=reply, by=by, at=at, area_path=area.path, use=use.value)
    return reply


@action
def retire_reply(*, by: Person, reply: Reply, at: datetime) -> Reply:
    """Offer the template no longer; what was written with it stays."""
    require(by, Can.DISPATCH_CASES, within=reply.area)
    if not Reply.objects.filter(pk=reply.pk, retired_at=None).update(retired_at=at):
        raise Overtaken(_("这个模板刚刚被人改过或停用了，请刷新查看。"))
    record("replies.retired", about=reply, by=by, at=at, area_path=reply.area.path)
    return reply


@action
def keep_macro(
    *, by: Person, area: Area, name: str, acts: Sequence[dict[str, object]], at: datetime
) -> Macro:
    """Keep several acts under one name for everybody of the area; the same name is replaced."""
    require(by, Can.DISPATCH_CASES, within=area)
    if not 1 <= len(acts) <= ACTS_MOST or any(a.get("act") not in Act.values for a in acts):
        raise NotUnderstood(_("请选择一到五个操作。"), field="acts")
    for act in acts:
        if unknown := wording.unknown_fields(str(act.get("text", ""))):
            raise NotUnderstood(
                _("没有“{%(field)s}”这个字段。") % {"field": unknown[0]}, field="text"
            )
    macro, _new = Macro.objects.update_or_create(
        area=area,
        name=_named(name, NAME_MOST),
        defaults={"acts": list(acts), "by": by, "at": at},
    )
    record("macros.kept", about=macro, by=by, at=at, area_path=area.path)
    return macro


@action
def drop_macro(*, by: Person, macro: Macro, at: datetime) -> None:
    """Forget the macro."""
    require(by, Can.DISPATCH_CASES, within=macro.area)
    record("macros.dropped", about=macro, by=by, at=at, area_path=macro.area.path)
    macro.delete()


@action
def save_search(
    *, by: Person, name: str, query: str, at: datetime, share_with: Area | None = None
) -> SavedSearch:
    """Keep the list as filtered under a name, for oneself or with the desk of an area."""
    require(by, Can.SEE_CASES, within=None)
    if share_with is not None and not may(by, Can.DISPATCH_CASES, within=share_with):
        raise NotPossible(_("只有调度台的人可以与本台共享筛选。"))
    if not SavedSearch.objects.filter(owner=by, name=name).exists() and (
        SavedSearch.objects.filter(owner=by).count() >= SEARCHES_MOST
    ):
        raise NotPossible(
            _("最多保存 %(most)s 个常用筛选，请先删掉一些。") % {"most": SEARCHES_MOST}
        )
    saved, _new = SavedSearch.objects.update_or_create(
        owner=by,
        name=_named(name, 20),
        defaults={"query": _as_filters(query), "area": share_with, "at": at},
    )
    return saved


@action
def drop_search(*, by: Person, search: SavedSearch, at: datetime) -> None:
    """Forget an own search; a shared one goes for everybody."""
    SavedSearch.objects.filter(pk=search.pk, owner=by).delete()


def _as_filters(query: str) -> str:
    """Only what the list itself understands is kept, without the page."""
    from django.http import QueryDict

    return Filters.read(QueryDict(query[:800]).dict()).with_().query()[:400]


def _named(name: str, most: int) -> str:
    name = rules.clean(name).replace("\n", " ")
    if not rules.says_something(name, 1) or len(name) > most:
        raise NotUnderstood(_("请起一个名称，最多 %(most)s 字。") % {"most": most}, field="name")
    return name

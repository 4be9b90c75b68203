"""What is on record of a person is kept up at the desk: one form per verb, on the person's page."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar

from django.contrib import messages as notices
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from gongzhi.access.models import Person
from gongzhi.access.requests import PersonRequest, staff_with
from gongzhi.access.roles import Can
from gongzhi.kernel.numbers import whole
from gongzhi.kernel.refusals import NotUnderstood, Overtaken, Refusal
from gongzhi.kernel.sealed import masked_id
from gongzhi.places.models import Area, Dwelling
from gongzhi.places.words import Purpose, Source
from gongzhi.residents import actions, forms_staff
from gongzhi.residents.models import Fact, Phone, Relation, Resident, Tag
from gongzhi.residents.pages_staff import person_or_404, shown
from gongzhi.residents.reads.homes import homes_told
from gongzhi.residents.reads.search import Sought, search
from gongzhi.residents.reads.things import homes
from gongzhi.residents.rows import Collected, NewFact
from gongzhi.residents.words import LifeState, RelationKind

F = TypeVar("F", bound=forms_staff.KeepForm)
Doing = Callable[[F, Person, Resident, Collected, datetime], str]
Page = Callable[..., HttpResponseBase]
OFFERED = 8


def keeps(kind: type[F]) -> Callable[[Doing[F]], Page]:
    """A form on a person's page: faults stand at their field, with what was typed."""

    def decorated(doing: Doing[F]) -> Page:
        @never_cache
        @staff_with(Can.SEE_REGISTER)
        @require_POST
        @wraps(doing)
        def page(request: PersonRequest, pk: int) -> HttpResponse:
            one = person_or_404(request.user, pk)
            form, at = kind(one, request.user, request.POST), now()
            try:
                source = _source_of(form)
                done = doing(form, request.user, one, Collected(source, Purpose.COUNT, at), at)
            except Overtaken as refusal:  # what was typed rests on what is no more
                return shown(request, person_or_404(request.user, pk), refusal=refusal)
            except Refusal as refusal:
                form.refuse(refusal)
                return shown(request, one, refusal=refusal, filled=form)
            notices.success(request, done)
            return redirect("register:person", pk)

        return page

    return decorated


def _source_of(form: forms_staff.KeepForm) -> Source:
    """Where a change comes from. NotUnderstood with the first fault of the form."""
    if not form.is_valid():
        field, faults = next(iter(form.errors.items()))
        raise NotUnderstood(str(faults[0]), field=field)
    return Source(form.cleaned_data["source"])


@keeps(forms_staff.CorrectForm)
def correct(
    form: forms_staff.CorrectForm, by: Person, one: Resident, collected: Collected, at: datetime
) -> str:
    """Correct what is on record; somebody faster is told of."""
    seen = form.cleaned_data["seen"]
    actions.correct(by=by, resident=one, seen=seen, fields=form.told(), collected=collected, at=at)
    return _("已更正，原来的内容留在变更记录里。")


@keeps(forms_staff.MoveForm)
def move(
    form: forms_staff.MoveForm, by: Person, one: Resident, collected: Collected, at: datetime
) -> str:
    """The person lives elsewhere now; where the address is unknown, like ones are offered."""
    said = form.cleaned_data
    address, grid = said["address"], None
    told = homes_told([address]).get(address)
    home = Dwelling.objects.select_related("grid").get(pk=told.pk) if told else None
    if home is None and said["grid"]:
        grid = Area.objects.filter(code=said["grid"]).first()
    elif home is None:
        like = homes(by, {"q": address})[:OFFERED]
        form.offer("address", "address", [(d.address, d.address) for d in like])
        raise NotUnderstood(
            _("房屋登记里没有这个地址：请点选下面的房屋，改正地址，或选择所在网格按所填登记。")
            if like
            else _("房屋登记里没有这个地址：请改正地址，或选择所在网格按所填登记。"),
            field="address",
        )
    actions.move(
        by=by, resident=one, seen=said["seen"], home=home, address=address, grid=grid,
        collected=collected, at=at,
    )  # fmt: skip
    return _("住址已登记，标签已重新计算。")


@keeps(forms_staff.GoneForm)
def gone(
    form: forms_staff.GoneForm, by: Person, one: Resident, collected: Collected, at: datetime
) -> str:
    """Somebody moved out or died."""
    said = form.cleaned_data
    actions.mark_gone(
        by=by, resident=one, seen=said["seen"], state=LifeState(said["state"]),
        since=said["since"], collected=collected, at=at,
    )  # fmt: skip
    return _("已登记。自动标签已移除，记录保留。")


@keeps(forms_staff.PhoneForm)
def add_phone(
    form: forms_staff.PhoneForm, by: Person, one: Resident, collected: Collected, at: datetime
) -> str:
    """One more phone."""
    said = form.cleaned_data
    actions.add_phone(
        by=by, resident=one, number=said["number"], remark=said["remark"],
        collected=collected, at=at,
    )  # fmt: skip
    return _("电话已登记。")


@keeps(forms_staff.FactForm)
def set_fact(
    form: forms_staff.FactForm, by: Person, one: Resident, collected: Collected, at: datetime
) -> str:
    """What a department says of the person."""
    said = form.cleaned_data
    fact = NewFact(said["kind"], said["grade"], said["since"], said["until"])
    actions.set_fact(by=by, resident=one, fact=fact, collected=collected, at=at)
    return _("情况已登记，标签已重新计算。")


@keeps(forms_staff.TagForm)
def put_tag(
    form: forms_staff.TagForm, by: Person, one: Resident, collected: Collected, at: datetime
) -> str:
    """A tag by hand, with a reason and an end."""
    said = form.cleaned_data
    actions.put_tag(
        by=by, resident=one, code=said["code"], note=said["note"], until=said["until"],
        collected=collected, at=at,
    )  # fmt: skip
    return _("标签已添加，本人可以查阅理由。")


@keeps(forms_staff.RelateForm)
def relate(
    form: forms_staff.RelateForm, by: Person, one: Resident, collected: Collected, at: datetime
) -> str:
    """What somebody else is to the person; of several with that name one is pressed."""
    kind = RelationKind(form.cleaned_data["kind"])
    other = _meant(form, by, one)
    actions.relate(by=by, resident=one, other=other, kind=kind, collected=collected, at=at)
    return _("已登记：%(name)s是此人的%(kind)s。") % {"name": other.name, "kind": kind.label}


def _meant(form: forms_staff.RelateForm, by: Person, one: Resident) -> Resident:
    """The other person, whom the viewer may know of. NotUnderstood with those it may be."""
    said = form.cleaned_data
    if said["picked"]:
        found = list(Resident.objects.visible_to(by).filter(pk=said["picked"]))
    else:
        found = search(by, Sought(said["other"]), size=OFFERED + 1).people
        found = [person for person in found if person.pk != one.pk][:OFFERED]
    if len(found) == 1:
        return found[0]
    if not found:
        raise NotUnderstood(_("没有找到这个人：请核对姓名，或写电话、证件号码。"), field="other")
    form.offer("other", "picked", [(person.pk, _introduced(person)) for person in found])
    raise NotUnderstood(_("有几个人都符合，请点选其中一个。"), field="other")


def _introduced(person: Resident) -> str:
    number = masked_id(person.id_number) if person.id_number else ""
    return " · ".join(filter(None, (person.name, number, person.address or person.grid.name)))


# ── taking away ───────────────────────────────────────────────────────────────

Dropping = Callable[[Person, Resident, dict[str, Any], Collected, datetime], str]


def drops(doing: Dropping) -> Page:
    """The small form beside a line: what was there a moment ago may be gone, and that is said."""

    @never_cache
    @staff_with(Can.SEE_REGISTER)
    @require_POST
    @wraps(doing)
    def page(request: PersonRequest, pk: int) -> HttpResponse:
        one, at = person_or_404(request.user, pk), now()
        form = forms_staff.DropForm(request.POST)
        try:
            if not form.is_valid():
                fault = form.errors.get("source") or [_("页面不完整，请刷新后再试一次。")]
                raise NotUnderstood(str(fault[0]), field="source")
            collected = Collected(Source(form.cleaned_data["source"]), Purpose.COUNT, at)
            done = doing(request.user, one, form.cleaned_data, collected, at)
        except Refusal as refusal:
            dropping = f"{doing.__name__} {form.data.get('which', '')}"
            one = person_or_404(request.user, pk)
            return shown(request, one, refusal=refusal, dropping=dropping)
        notices.success(request, done)
        return redirect("register:person", pk)

    return page


@drops
def remove_phone(
    by: Person, one: Resident, said: dict[str, Any], collected: Collected, at: datetime
) -> str:
    """The phone is not theirs any more."""
    phone = one.phones.filter(pk=whole(said["which"]) or 0).first()
    phone = phone or Phone(pk=whole(said["which"]) or 0, resident=one)  # the verb says it is gone
    actions.remove_phone(by=by, resident=one, phone=phone, collected=collected, at=at)
    return _("电话已删去，留在变更记录里。")


@drops
def drop_fact(
    by: Person, one: Resident, said: dict[str, Any], collected: Collected, at: datetime
) -> str:
    """The fact was wrong or is over; not if somebody changed it since the page was shown."""
    fact = one.facts.filter(pk=whole(said["which"]) or 0, collection=said["seen"]).first()
    fact = fact or Fact(pk=whole(said["which"]) or 0, resident=one, collection_id=said["seen"])
    actions.drop_fact(by=by, resident=one, fact=fact, collected=collected, at=at)
    return _("情况已删去，标签已重新计算。")


@drops
def unrelate(
    by: Person, one: Resident, said: dict[str, Any], collected: Collected, at: datetime
) -> str:
    """They are not that to each other."""
    relation = one.relations.filter(pk=whole(said["which"]) or 0).first()
    relation = relation or Relation(pk=whole(said["which"]) or 0, resident=one)
    actions.unrelate(by=by, resident=one, relation=relation, collected=collected, at=at)
    return _("关系已删去。")


@drops
def remove_tag(
    by: Person, one: Resident, said: dict[str, Any], collected: Collected, at: datetime
) -> str:
    """Take away a tag that was put by hand."""
    tag = one.tags.filter(code=said["which"]).first()
    tag = tag or Tag(code=said["which"], resident=one)
    actions.remove_tag(by=by, resident=one, tag=tag, collected=collected, at=at)
    return _("标签已删去。")

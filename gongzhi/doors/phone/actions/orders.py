"""Orders to vetted providers: placed during the call, done at the home, asked about afterwards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from gongzhi.access.checks import require
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.cases import rules as case_rules
from gongzhi.doors.phone.actions.callbacks import end_with
from gongzhi.doors.phone.actions.whose import require_call
from gongzhi.doors.phone.agreed import terms
from gongzhi.doors.phone.models import Call, Provider, ServiceOrder
from gongzhi.doors.phone.words import OrderState, Result, Satisfaction
from gongzhi.journal.record import record
from gongzhi.kernel.actions import action
from gongzhi.kernel.refusals import NotPossible, NotUnderstood, Overtaken
from gongzhi.places.models import Area


@dataclass(frozen=True)
class Wish:
    """What a household wants, and where."""

    kind: str
    text: str
    address: str
    name: str = ""
    phone: str = ""


@action
def vet_provider(
    *, by: Person, name: str, phone: str, kinds: Sequence[str], area: Area, at: datetime
) -> Provider:
    """Admit a provider after looking at them; a known name is looked at anew."""
    require(by, Can.DISPATCH_CASES, within=area)
    name, phone = case_rules.clean(name), case_rules.clean(phone)
    if not 2 <= len(name) <= 60:
        raise NotUnderstood(_("请写明服务商名称，2 到 60 个字。"), field="name")
    if not case_rules.is_phone(phone):
        raise NotUnderstood(_("电话号码好像不对，请检查。"), field="phone")
    if not kinds or set(kinds) - set(terms().services):
        raise NotUnderstood(_("请至少选择一种服务。"), field="kinds")
    changes = {
        "phone": phone, "kinds": sorted(kinds), "area": area, "vetted_by": by, "vetted_at": at,
        "active": True,
    }  # fmt: skip
    provider, _new = Provider.objects.update_or_create(name=name, defaults=changes)
    record("phone.provider_vetted", about=provider, by=by, at=at, area_path=area.path)
    return provider


@action
def stop_provider(*, by: Person, provider: Provider, at: datetime) -> Provider:
    """Give the provider no more orders; those they have go on."""
    require(by, Can.DISPATCH_CASES, within=provider.area)
    if Provider.objects.filter(pk=provider.pk, active=True).update(active=False):
        record("phone.provider_stopped", about=provider, by=by, at=at, area_path=provider.area.path)
    provider.refresh_from_db()
    return provider


@action
def place_order(
    *, by: Person, call: Call, wish: Wish, provider: Provider, at: datetime
) -> ServiceOrder:
    """Give the wish of a caller to a vetted provider; the same call orders a kind once."""
    require_call(by, call)
    if wish.kind not in terms().services:
        raise NotUnderstood(_("请选择服务项目。"), field="kind")
    if not provider.active or wish.kind not in provider.kinds:
        raise NotPossible(_("这家服务商现在不做这项服务，请另选一家。"))
    if not case_rules.says_something(wish.address):
        raise NotUnderstood(_("请写明上门地址。"), field="address")
    if len(wish.text) > 400 or len(wish.address) > case_rules.ADDRESS_MOST:
        raise NotUnderstood(_("要求或地址太长了，请写得简短些。"), field="text")
    order, is_new = ServiceOrder.objects.get_or_create(
        call=call,
        kind=wish.kind,
        defaults={
            "area": call.area,
            "text": case_rules.clean(wish.text),
            "address": case_rules.clean(wish.address),
            "contact_name": case_rules.clean(wish.name)[: case_rules.NAME_MOST],
            "contact_phone": wish.phone if case_rules.is_phone(wish.phone) else "",
            "provider": provider,
            "placed_by": by,
            "placed_at": at,
        },
    )
    if is_new:
        Call.objects.filter(pk=call.pk, result="").update(result=Result.SERVICE, agent=by)
        end_with(call, by, at)
        record(
            "phone.order_placed", about=order, by=by, at=at, area_path=call.area.path,
            service=wish.kind,
        )  # fmt: skip
    return order


@action
def finish_order(*, by: Person, order: ServiceOrder, note: str, at: datetime) -> ServiceOrder:
    """The provider was there; now the household is asked."""
    changes = {"state": OrderState.DONE, "done_at": at, "note": case_rules.clean(note)[:400]}
    return _move(order, OrderState.PLACED, changes, "phone.order_done", by, at)


@action
def rate_order(
    *, by: Person, order: ServiceOrder, satisfaction: str, note: str, at: datetime
) -> ServiceOrder:
    """What the household says; whoever is not satisfied says why."""
    if satisfaction not in Satisfaction.values:
        raise NotUnderstood(_("请选择满意度。"), field="satisfaction")
    note = case_rules.clean(note)
    if satisfaction == Satisfaction.UNSATISFIED and not case_rules.says_something(note):
        raise NotUnderstood(_("请写明哪里不满意。"), field="note")
    changes = {
        "state": OrderState.RATED, "rated_at": at, "satisfaction": satisfaction, "note": note[:400],
    }  # fmt: skip
    return _move(order, OrderState.DONE, changes, "phone.order_rated", by, at)


@action
def cancel_order(*, by: Person, order: ServiceOrder, note: str, at: datetime) -> ServiceOrder:
    """The household or the provider does not want it any more."""
    changes = {"state": OrderState.CANCELLED, "note": case_rules.clean(note)[:400]}
    return _move(order, OrderState.PLACED, changes, "phone.order_cancelled", by, at)


def _move(
    order: ServiceOrder,
    before: OrderState,
    changes: Mapping[str, object],
    name: str,
    by: Person,
    at: datetime,
) -> ServiceOrder:
    require(by, Can.DISPATCH_CASES, within=order.area)
    if not ServiceOrder.objects.filter(pk=order.pk, state=before).update(**changes):
        raise Overtaken(_("这张服务单刚刚已经有人处理，请刷新后再看。"))
    record(name, about=order, by=by, at=at, area_path=order.area.path)
    order.refresh_from_db()
    return order

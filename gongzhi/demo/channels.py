"""What came by the doors lately: numbers on the other side, calls at the desk, service orders."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random

from gongzhi.access.models import Person
from gongzhi.cases.models import Case
from gongzhi.cases.words import Source
from gongzhi.demo.outside import admit_partners
from gongzhi.demo.people import Cast
from gongzhi.doors.hotline.models import Order
from gongzhi.doors.models import Entry, Partner
from gongzhi.doors.phone.models import Call, Callback, Provider, ServiceOrder
from gongzhi.doors.phone.words import OrderState, Result, Satisfaction, Why
from gongzhi.doors.words import Door
from gongzhi.kernel.sealed import blind_index
from gongzhi.places import reads as places

LATELY = timedelta(days=10)
DOORS: Mapping[str, tuple[Door, str]] = {
    Source.HOTLINE: (Door.HOTLINE, "hotline"),
    Source.API: (Door.WEBHOOK, "city_management"),
    Source.MAIL: (Door.MAILBOX, ""),
    Source.WECHAT: (Door.WECHAT, ""),
    Source.PHONE: (Door.PHONE, "exchange"),
}
NUMBERS = {
    Door.HOTLINE: "HF{day:%Y%m%d}{pk:06d}",
    Door.WEBHOOK: "CG-{pk}",
    Door.MAILBOX: "letter-{pk}@mail.example.cn",
    Door.WECHAT: "2{pk:016d}",
    Door.PHONE: "C{day:%Y%m%d}{pk:06d}",
}
KINDS = ["投诉", "求助", "咨询", "建议"]
PROVIDERS = [
    ("惠民水电维修部", "0551-6000-1001", ["plumbing", "electric", "drain"]),
    ("安心家政", "0551-6000-1002", ["cleaning", "haircut"]),
    ("老兵开锁", "0551-6000-1003", ["lock"]),
    ("望湖家电服务站", "0551-6000-1004", ["appliance", "electric"]),
]
WISHES = [
    ("plumbing", "厨房水龙头关不严，一直滴水"),
    ("cleaning", "两室一厅擦窗，周末上午方便"),
    ("lock", "门锁打不开，人在门口等"),
    ("appliance", "冰箱不制冷"),
    ("drain", "卫生间下水慢"),
    ("electric", "客厅插座没电"),
    ("haircut", "老人卧床，想上门理发"),
]
CALLS_TODAY = 46
PROMISED = ("问清供热时间后告诉她", "老旧电梯加装的政策，问住建局后答复")


def settle_channels(cast: Cast, rng: Random, at: datetime) -> None:
    """Partners, the entries of the last days with what each door keeps of them, and the desk."""
    partners = admit_partners(at)
    cases = Case.objects.filter(source__in=DOORS, reported_at__gt=at - LATELY).select_related(
        "area"
    )
    found = [_entry(case, partners, rng) for case in cases]
    entries = Entry.objects.bulk_create(found)
    Order.objects.bulk_create(_order(entry, rng) for entry in entries if entry.door == Door.HOTLINE)
    calls = [
        _call(entry, partners["exchange"], rng) for entry in entries if entry.door == Door.PHONE
    ]
    Call.objects.bulk_create(calls)
    _desk(cast, partners["exchange"], rng, at)


def _entry(case: Case, partners: Mapping[str, Partner], rng: Random) -> Entry:
    door, code = DOORS[case.source]
    sent_at = case.reported_at - timedelta(seconds=rng.randint(5, 200))
    return Entry(
        case=case,
        door=door,
        issuer=code if door in {Door.WEBHOOK, Door.PHONE} else "",
        external_id=NUMBERS[door].format(day=case.reported_at, pk=case.pk),
        partner=partners.get(code),
        sent_at=sent_at,
        at=case.reported_at,
    )


def _order(entry: Entry, rng: Random) -> Order:
    case, came = entry.case, entry.at
    return Order(
        entry=entry,
        kind=rng.choice(KINDS),
        due_at=case.due_at,
        receive_by=came + timedelta(hours=4),
        return_by=came + timedelta(days=2),
        received_at=case.dispatched_at,
    )


def _call(entry: Entry, partner: Partner, rng: Random) -> Call:
    case, rang = entry.case, entry.at - timedelta(minutes=3)
    return Call(
        partner=partner,
        external_id=entry.external_id,
        line="12319",
        area=case.area,
        seat="801",
        caller=case.contact_phone,
        caller_index=blind_index(case.contact_phone),
        rang_at=rang,
        answered_at=rang + timedelta(seconds=rng.randint(3, 20)),
        ended_at=entry.at + timedelta(minutes=1),
        result=Result.CASE,
        case=case,
    )


def _desk(cast: Cast, partner: Partner, rng: Random, at: datetime) -> None:
    """Calls of today with the waits that people have, providers, and orders to them."""
    district = places.district()
    clerk = cast.dispatchers[district.pk][0]
    vetted = Provider.objects.bulk_create(
        Provider(
            name=name, phone=phone, kinds=kinds, area=district, vetted_by=clerk,
            vetted_at=at - timedelta(days=rng.randint(20, 200)),
        )
        for name, phone, kinds in PROVIDERS
    )  # fmt: skip
    calls = []
    for n in range(CALLS_TODAY):
        rang = at - timedelta(minutes=4 + n * 9)
        missed = n % 31 == 7
        wait = timedelta(seconds=min(40, int(rng.gammavariate(3, 2.6))))
        caller = f"100{rng.randrange(10**8):08d}"
        service = n % 4 == 0
        calls.append(
            Call(
                partner=partner,
                external_id=f"D{rang:%Y%m%d}{n:04d}",
                line="96345" if service else "12319",
                area=district,
                seat="" if missed else "801",
                caller=caller,
                caller_index=blind_index(caller),
                agent=None if missed else clerk,
                rang_at=rang,
                answered_at=None if missed else rang + wait,
                ended_at=rang + timedelta(minutes=2),
                result="" if missed else Result.SERVICE if service else Result.ANSWERED,
            )
        )
    Call.objects.bulk_create(calls)
    _call_back(calls, clerk, at)
    served = [call for call in calls if call.result == Result.SERVICE]
    ServiceOrder.objects.bulk_create(
        _service(call, n, vetted, rng) for n, call in enumerate(served)
    )


def _call_back(calls: list[Call], clerk: Person, at: datetime) -> None:
    """Those nobody answered, and two whom the clerk promised an answer."""
    missed = [call for call in calls if call.answered_at is None]
    promised = [call for call in calls if call.result == Result.ANSWERED][:2]
    Call.objects.filter(pk__in=[call.pk for call in promised]).update(result=Result.CALLBACK)
    rows = [(call, Why.MISSED, "", call.rang_at + timedelta(minutes=32)) for call in missed]
    for n, (call, about) in enumerate(zip(promised, PROMISED, strict=True)):
        rows.append((call, Why.PROMISED, about, at + timedelta(minutes=20 + 45 * n)))
    Callback.objects.bulk_create(
        Callback(
            call=call,
            area=call.area,
            why=why,
            about=about,
            caller=call.caller,
            caller_index=call.caller_index,
            due_at=due_at,
            owner=clerk if why == Why.PROMISED else None,
            at=call.rang_at,
        )
        for call, why, about, due_at in rows
    )


def _service(call: Call, n: int, vetted: list[Provider], rng: Random) -> ServiceOrder:
    kind, text = WISHES[n % len(WISHES)]
    provider = next(one for one in vetted if kind in one.kinds)
    state = [OrderState.PLACED, OrderState.DONE, OrderState.RATED][n % 3]
    rated = state == OrderState.RATED
    happy = rng.random() < 0.9
    placed = call.rang_at
    return ServiceOrder(
        call=call,
        area=call.area,
        kind=kind,
        text=text,
        address=f"望湖花园{rng.randint(1, 20)}栋{rng.randint(1, 6)}0{rng.randint(1, 4)}室",
        contact_name=rng.choice("王李张陈周吴") + "女士",
        contact_phone=call.caller,
        provider=provider,
        state=state,
        satisfaction=(Satisfaction.SATISFIED if happy else Satisfaction.ORDINARY) if rated else "",
        placed_by=call.agent,
        placed_at=placed,
        done_at=None if state == OrderState.PLACED else placed + timedelta(minutes=50),
        rated_at=placed + timedelta(minutes=80) if rated else None,
    )

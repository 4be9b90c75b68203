"""Puts some 25,000 people behind the doors of the demo town, with tags and shops."""

from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from gongzhi.access.models import Person, Post
from gongzhi.access.roles import Role
from gongzhi.demo.components import stand_components
from gongzhi.demo.families import Families
from gongzhi.demo.people import FIRST, SECOND, SURNAMES
from gongzhi.demo.pouring import Sea, counted_on
from gongzhi.places.models import Building, Collection, Dwelling, Stairwell
from gongzhi.places.reads import areas_at
from gongzhi.places.rules import dwelling_code
from gongzhi.places.words import Purpose, Source
from gongzhi.residents import actions
from gongzhi.residents.actions.tagging import retag_everybody
from gongzhi.residents.models import Organisation, Resident
from gongzhi.residents.reads.plans_homes import in_one_line
from gongzhi.residents.reads.search import Sought
from gongzhi.residents.rows import Collected
from gongzhi.residents.words import OrganisationKind, RequestKind
from gongzhi.visits import actions as visits
from gongzhi.visits.words import Outcome

HOMES = 10_800  # as far as the round of the grid workers has come
SHOPS = 240
TRADES = [
    ("便利店", OrganisationKind.SHOP), ("面馆", OrganisationKind.SHOP),
    ("早餐店", OrganisationKind.SHOP), ("水果店", OrganisationKind.SHOP),
    ("理发店", OrganisationKind.SHOP), ("大药房", OrganisationKind.SHOP),
    ("电动车行", OrganisationKind.SHOP), ("物业服务有限公司", OrganisationKind.FIRM),
    ("信息科技有限公司", OrganisationKind.FIRM), ("幼儿园", OrganisationKind.SCHOOL),
    ("社区卫生服务站", OrganisationKind.CLINIC), ("志愿服务队", OrganisationKind.SOCIAL),
]  # fmt: skip


def settle_register(now: datetime, rng: Random) -> None:
    """Write homes, households, shops and components into a town that stands; then decide tags."""
    round_made = Collection.objects.create(
        source="visit",
        purpose="count",
        source_ref="年度入户采集",
        collected_at=now - timedelta(days=40),
    )
    homes = _homes(round_made, rng)
    families, sea = Families(7, now.date()), Sea(round_made.pk, now)
    for home in homes:
        sea.move_in(families.household(), home.pk, home.address, home.grid_id)
    sea.pour_out()
    counted_on()
    _shops(round_made, rng)
    stand_components(round_made, rng)
    retag_everybody(by=None, at=now)
    _stories(now, rng)


def _homes(collection: Collection, rng: Random) -> list[Dwelling]:
    """Some doors of every stairwell."""
    stairwells = list(Stairwell.objects.select_related("building__estate__area").order_by("pk"))
    buildings = {s.building_id: s.building for s in stairwells}
    spots = [(b.lng, b.lat) for b in buildings.values()]
    grids = dict(zip(buildings, areas_at(spots), strict=True))
    each = HOMES / max(len(stairwells), 1)
    homes = []
    for stairwell in stairwells:
        building = stairwell.building
        area = grids[building.pk] or building.estate.area
        doors = [f"{f}{d:02d}" for f in range(1, building.floors + 1) for d in (1, 2)]
        count = int(each) + (rng.random() < each % 1)
        for door in sorted(rng.sample(doors, min(count, len(doors)))):
            homes.append(
                Dwelling(
                    code=dwelling_code(building.estate.area.place or 0, stairwell.pk, door),
                    stairwell=stairwell,
                    name=door,
                    address=in_one_line(building.estate.name, building.name, stairwell.name, door),
                    grid_id=area.place or 0,
                    floor=int(door[:-2]),
                    use=rng.choices(["own", "let", "empty"], [8, 2, 1])[0],
                    collection=collection,
                )
            )
    return Dwelling.objects.bulk_create(homes, batch_size=1000)


def _shops(collection: Collection, rng: Random) -> None:
    buildings = list(Building.objects.select_related("estate__area").order_by("pk"))
    chosen = rng.sample(buildings, min(SHOPS, len(buildings)))
    grids = areas_at([(b.lng, b.lat) for b in chosen])
    rows = []
    for building, grid in zip(chosen, grids, strict=True):
        trade, kind = rng.choice(TRADES)
        name = rng.choice(SURNAMES) + rng.choice(FIRST)
        rows.append(
            Organisation(
                name=f"{name}{trade}",
                kind=kind,
                address=f"{building}门面",
                grid=grid or building.estate.area,
                lng=building.lng,
                lat=building.lat,
                chief=name[0] + rng.choice(SECOND),
                staff=rng.randint(1, 30),
                collection=collection,
            )
        )
    Organisation.objects.bulk_create(rows, batch_size=500)


def _stories(now: datetime, rng: Random) -> None:
    """Tags by hand and a person who wants a tag looked at, for staff to answer."""
    for post in Post.objects.filter(role=Role.GRID_WORKER).select_related("person", "area"):
        old = Resident.objects.filter(grid=post.area_id and post.area.place, tags__code="aged")
        for resident in old.order_by("pk")[:2]:
            actions.put_tag(
                by=post.person, resident=resident, code="key_visit", note="术后恢复，需常去看看",
                until=now.date() + timedelta(days=rng.randint(20, 90)), at=now - timedelta(days=3),
                collected=Collected(Source.VISIT, Purpose.SERVICE, now - timedelta(days=3)),
            )  # fmt: skip
    account = Person.objects.filter(posts__role=Role.RESIDENT).order_by("pk").first()
    worker = Post.objects.filter(role=Role.COMMUNITY_WORKER).select_related("area").first()
    if account is None or worker is None:
        return
    first, last = worker.area.span
    alone = Resident.objects.filter(
        grid__gte=first, grid__lte=last, tags__code="living_alone"
    ).first()
    if alone is None:
        return
    actions.link_account(by=worker.person, resident=alone, account=account, at=now)
    actions.ask(
        by=account, resident=alone, kind=RequestKind.REVIEW, tag="living_alone",
        text="女儿上个月搬来同住了，请改一下。", at=now - timedelta(days=1),
    )  # fmt: skip
    _visits(worker, now)


def _visits(worker: Post, now: datetime) -> None:
    """A round that is half done: who lives alone in the community, before the cold comes."""
    begun = now - timedelta(days=2)
    one = visits.begin(
        by=worker.person,
        new=visits.NewRound(
            key=UUID(int=1),
            title="独居老人冬季走访",
            due_on=now.date() + timedelta(days=5),
            sought=Sought(area=worker.area, tags=("living_alone",)),
            note="看看取暖和冬衣，问问有没有困难。",
        ),
        at=begun,
    )
    for number, stop in enumerate(one.stops.select_related("grid", "round__area").order_by("pk")):
        outcome = [Outcome.MET, Outcome.AWAY, None, Outcome.MET, None][number % 5]
        if outcome:
            at = begun + timedelta(hours=2, minutes=11 * number % 300)
            visits.visit(by=worker.person, stop=stop, outcome=outcome, note="", at=at)

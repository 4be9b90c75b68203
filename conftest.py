"""The cast and the small world that tests play in: a district, its people, a catalogue, a clock."""

import gc
import os
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import yaml
from django.core.cache import cache
from django.test import Client
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from tests.schema import django_db_keepdb, django_db_modify_db_settings  # noqa: F401 - fixtures

# How long an example takes says more about the machine than about the rule.
hypothesis_settings.register_profile(
    "unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("unhurried")

ROOT = Path(__file__).resolve().parent
# A Wednesday, an ordinary working day at noon; two working spans lie around it.
NOON = datetime(2026, 3, 4, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
HERE = (117.306, 31.792)  # WGS-84, in the middle of grid_1
PASSWORD = "long-enough-to-be-taken"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Journeys run only when asked for (-m e2e); some tests mean something on PostgreSQL only."""
    on_postgresql = "GONGZHI_PG_NAME" in os.environ
    asked = "e2e" in config.option.markexpr
    left_out = [
        item
        for item in items
        if (item.get_closest_marker("e2e") and not asked)
        or (item.get_closest_marker("postgres") and not on_postgresql)
    ]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def pytest_collection_finish() -> None:
    """What costs every test something and gives none anything is done once or not at all."""
    from django.contrib.auth.management import create_permissions
    from django.contrib.contenttypes.management import create_contenttypes
    from django.db.models.signals import post_migrate

    # Modules and collected tests stay to the end; the collector need not look through them again.
    gc.freeze()
    # Emptying the tables after a test that commits would make Django's permissions anew, a quarter
    # of a second each time. The product has its own (gongzhi/access) and never reads these.
    post_migrate.disconnect(
        create_permissions, dispatch_uid="django.contrib.auth.management.create_permissions"
    )
    post_migrate.disconnect(create_contenttypes)


@pytest.fixture(autouse=True)
def _nothing_remembered(settings) -> Iterator[None]:
    """Each test starts with empty memories and its own store of photos."""
    settings.PHOTO_DIR = settings.DATA_DIR / "photos" / uuid4().hex
    _forget_all()
    yield
    _forget_all()


def _forget_all() -> None:
    from gongzhi.calendars import reads as calendars
    from gongzhi.catalogue import reads as catalogue
    from gongzhi.flows import reads as flows
    from gongzhi.kernel import limits
    from gongzhi.places import locate

    for module in (calendars, catalogue, flows, limits, locate):
        forget: Callable[[], None] | None = getattr(module, "forget", None)
        if forget:
            forget()
    cache.clear()


@pytest.fixture(name="NOON")
def noon() -> datetime:
    """12:00 in Shanghai on Wednesday, 4 March 2026."""
    return NOON


# ── places ────────────────────────────────────────────────────────────────


def square(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    """A rectangle as a GeoJSON polygon."""
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def _area(code: str, name: str, level: str, parent: Any, box: tuple[float, ...]) -> Any:
    from gongzhi.places.models import Area

    west, south, east, north = box
    return Area.objects.create(
        code=code,
        name=name,
        level=level,
        parent=parent,
        polygon=square(west, south, east, north),
        lng=round((west + east) / 2, 6),
        lat=round((south + north) / 2, 6),
    )


@pytest.fixture
def district(db) -> Any:
    """望湖区: 117.304–117.320 E, 31.790–31.798 N."""
    box = (117.304, 31.790, 117.320, 31.798)
    return _area("349901000000", "望湖区", "district", None, box)


@pytest.fixture
def township(district) -> Any:
    """滨河街道, the western half of the district."""
    box = (117.304, 31.790, 117.312, 31.798)
    return _area("349901001000", "滨河街道", "township", district, box)


@pytest.fixture
def other_township(district) -> Any:
    """云岭街道, the eastern half of the district."""
    box = (117.312, 31.790, 117.320, 31.798)
    return _area("349901002000", "云岭街道", "township", district, box)


@pytest.fixture
def community(township) -> Any:
    """望湖社区, the south of 滨河街道; holds grid_1 and grid_2."""
    box = (117.304, 31.790, 117.312, 31.794)
    return _area("349901001001", "望湖社区", "community", township, box)


@pytest.fixture
def other_community(township) -> Any:
    """柳岸社区, the north of 滨河街道; holds grid_3."""
    box = (117.304, 31.794, 117.312, 31.798)
    return _area("349901001002", "柳岸社区", "community", township, box)


@pytest.fixture
def far_community(other_township) -> Any:
    """云岭社区, all of 云岭街道; holds far_grid."""
    box = (117.312, 31.790, 117.320, 31.798)
    return _area("349901002001", "云岭社区", "community", other_township, box)


@pytest.fixture
def grid_1(community) -> Any:
    """第01网格 around HERE."""
    box = (117.304, 31.790, 117.308, 31.794)
    return _area("349901001001-01", "第01网格", "grid", community, box)


@pytest.fixture
def grid_2(community) -> Any:
    """第02网格, east of grid_1 in the same community; (117.310, 31.792) is its middle."""
    box = (117.308, 31.790, 117.312, 31.794)
    return _area("349901001001-02", "第02网格", "grid", community, box)


@pytest.fixture
def grid_3(other_community) -> Any:
    """第01网格 of the other community; (117.308, 31.796) is its middle."""
    box = (117.304, 31.794, 117.312, 31.798)
    return _area("349901001002-01", "第01网格", "grid", other_community, box)


@pytest.fixture
def far_grid(far_community) -> Any:
    """A grid of the other sub-district; (117.316, 31.794) is its middle."""
    box = (117.312, 31.790, 117.320, 31.798)
    return _area("349901002001-01", "第01网格", "grid", far_community, box)


# ── calendar and catalogue ────────────────────────────────────────────────


@pytest.fixture
def calendar(db) -> Any:
    """The working calendar of config/calendar.yaml is loaded; gives it as rules see it."""
    from datetime import time, timedelta

    from gongzhi.calendars import reads
    from gongzhi.calendars.models import PublishedYear, SpecialDay, WorkSpan

    content = _calendar_file()
    WorkSpan.objects.bulk_create(
        WorkSpan(begins=time.fromisoformat(b), ends=time.fromisoformat(e))
        for b, e in content["spans"]
    )
    days = {}
    for table in content["years"].values():
        for name, (first, last) in table["holidays"].items():
            for n in range((last - first).days + 1):
                days[first + timedelta(days=n)] = ("holiday", name)
        for name, listed in table["workdays"].items():
            days.update(dict.fromkeys(listed, ("workday", name)))
    SpecialDay.objects.bulk_create(
        SpecialDay(day=day, kind=kind, name=name) for day, (kind, name) in days.items()
    )
    PublishedYear.objects.bulk_create(
        PublishedYear(year=year, source=table["source"]) for year, table in content["years"].items()
    )
    reads.forget()
    return reads.in_force()


_read: dict[str, Any] = {}


def _calendar_file() -> dict[str, Any]:
    if not _read:
        _read.update(yaml.safe_load((ROOT / "config/calendar.yaml").read_text(encoding="utf-8")))
    return _read


RUBBISH, LAMP, MANHOLE, GAS, FIRE_ROUTE = "01002", "02001", "02002", "03001", "03003"

_CLASSES = [
    ("01", "市容环境", "trash-2"),
    ("02", "公共设施", "lightbulb"),
    ("03", "公共安全", "shield-alert"),
]
_AFTER = ["photo_after"]
_ITEMS: list[tuple[str, str, list[str], str, str, str, list[tuple[str, int, str]], list[str]]] = [
    (RUBBISH, "暴露垃圾", ["垃圾成堆", "乱倒垃圾", "垃圾没人扫"], "ordinary", "grid", "sanitation",
     [("处置", 4, "wh")], _AFTER),
    (LAMP, "路灯不亮", ["路灯坏了", "路灯不亮", "没有路灯"], "ordinary", "community", "lighting",
     [("修复", 2, "wd")], _AFTER),
    (MANHOLE, "井盖缺失破损", ["井盖没了", "井盖破了"], "serious", "community", "municipal",
     [("警戒", 2, "wh"), ("修复", 1, "wd")], _AFTER),
    (GAS, "燃气泄漏", ["燃气味", "煤气泄漏", "闻到煤气"], "urgent", "township", "gas_supply",
     [("到场", 1, "h"), ("止漏", 4, "h")], ["text"]),
    (FIRE_ROUTE, "占用堵塞消防通道", ["消防通道堵了", "消防通道停车"], "serious", "community",
     "fire", [("清障", 2, "wh"), ("整改", 1, "wd")], ["text"]),
]  # fmt: skip


@pytest.fixture
def edition(db) -> Any:
    """A small catalogue is in force: three classes and the items RUBBISH … FIRE_ROUTE."""
    from gongzhi.catalogue import reads
    from gongzhi.catalogue.models import Edition, Item, ItemClass

    edition = Edition.objects.create(number=1, digest="t" * 64, loaded_at=NOON, active=True)
    classes = {
        code: ItemClass.objects.create(edition=edition, code=code, name=name, icon=icon)
        for code, name, icon in _CLASSES
    }
    Item.objects.bulk_create(
        Item(
            edition=edition,
            item_class=classes[code[:2]],
            code=code,
            name=name,
            synonyms=synonyms,
            grade=grade,
            tier=tier,
            lead=lead,
            stages=[{"name": n, "limit": limit, "unit": unit} for n, limit, unit in stages],
            evidence=evidence,
            closing="问题已解决，现场恢复正常。",
            check_by_other=grade != "ordinary",
            emergency=(
                {"call": "119", "notice": "请立即撤离并拨打119。"} if grade == "urgent" else None
            ),
        )
        for code, name, synonyms, grade, tier, lead, stages, evidence in _ITEMS
    )
    if forget := getattr(reads, "forget", None):
        forget()
    return edition


@pytest.fixture
def item(edition) -> Callable[[str], Any]:
    """`item(LAMP)`: the item of the small catalogue with that code."""
    return lambda code: edition.items.get(code=code)


@pytest.fixture
def world(grid_1, grid_2, grid_3, far_grid, calendar, edition) -> Any:
    """All areas, the calendar and the catalogue: what most journeys need. Gives the district."""
    return grid_1.district


# ── people ────────────────────────────────────────────────────────────────


@pytest.fixture
def somebody(db) -> Callable[..., Any]:
    """`somebody("li", Role.GRID_WORKER, grid_1)`: a person with a post; `unit=` for unit staff.

    Called again with the same username, the person gets another post.
    """
    from gongzhi.access.models import Person, Post

    def make(username: str, role: str, area: Any, unit: Any = None, *, name: str = "") -> Any:
        person, new = Person.objects.get_or_create(
            username=username, defaults={"name": name or username}
        )
        if new:
            person.set_password(PASSWORD)
            person.save()
        Post.objects.create(person=person, role=role, area=area, unit=unit)
        return Person.objects.get(pk=person.pk)  # posts are remembered per object

    return make


@pytest.fixture
def wang(somebody, grid_1) -> Any:
    """王秀英, a resident of grid_1 with an account."""
    return somebody("wang", "resident", grid_1, name="王秀英")


@pytest.fixture
def zhou(somebody, grid_2) -> Any:
    """周建国, a resident of grid_2 with an account."""
    return somebody("zhou", "resident", grid_2, name="周建国")


@pytest.fixture
def li(somebody, grid_1) -> Any:
    """李强, grid worker of grid_1."""
    return somebody("li", "grid_worker", grid_1, name="李强")


@pytest.fixture
def zhao(somebody, far_grid) -> Any:
    """赵敏, grid worker of far_grid."""
    return somebody("zhao", "grid_worker", far_grid, name="赵敏")


@pytest.fixture
def sun(somebody, community) -> Any:
    """孙丽, community worker of 望湖社区."""
    return somebody("sun", "community_worker", community, name="孙丽")


@pytest.fixture
def chen(somebody, township) -> Any:
    """陈静, dispatcher of 滨河街道."""
    return somebody("chen", "dispatcher", township, name="陈静")


@pytest.fixture
def gu(somebody, other_township) -> Any:
    """顾磊, dispatcher of 云岭街道."""
    return somebody("gu", "dispatcher", other_township, name="顾磊")


@pytest.fixture
def he(somebody, district) -> Any:
    """何伟, dispatcher of the district's centre."""
    return somebody("he", "dispatcher", district, name="何伟")


@pytest.fixture
def lighting(district) -> Any:
    """路灯管理所, a unit of the district."""
    from gongzhi.access.models import Unit

    return Unit.objects.create(kind="lighting", name="望湖区路灯管理所", area=district)


@pytest.fixture
def wu(somebody, district, lighting) -> Any:
    """吴刚, who works for 路灯管理所."""
    return somebody("wu", "unit_staff", district, unit=lighting, name="吴刚")


@pytest.fixture
def qian(somebody, district) -> Any:
    """钱红, leader of the district."""
    return somebody("qian", "leader", district, name="钱红")


@pytest.fixture
def shen(somebody, district) -> Any:
    """沈平, auditor of the district."""
    return somebody("shen", "auditor", district, name="沈平")


@pytest.fixture
def guan(somebody, district) -> Any:
    """管宁, administrator of the district."""
    return somebody("guan", "administrator", district, name="管宁")


@pytest.fixture
def as_(db) -> Callable[..., Client]:
    """`as_(chen).get(…)`: a browser in which the person is signed in; `as_(None)` a stranger's."""

    def browser(person: Any, **kwargs: Any) -> Client:
        client = Client(**kwargs)
        if person is not None:
            client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return browser


# ── cases ─────────────────────────────────────────────────────────────────


@pytest.fixture
def lamp_post(grid_1) -> Any:
    """A registered lamp post some steps east of HERE."""
    from gongzhi.places.models import Collection, Component

    made = Collection.objects.create(source="table", purpose="upkeep", collected_at=NOON)
    return Component.objects.create(
        code="3499010104000012", kind="01", name="路灯", grid=grid_1, lng=HERE[0] + 0.0001,
        lat=HERE[1], address="3栋北门", collection=made,
    )  # fmt: skip


@pytest.fixture
def report(world) -> Callable[..., Any]:
    """`report("路灯不亮", by=wang)`: a case, reported at NOON in the middle of grid_1.

    `by=None` is a stranger with the device "d:stranger". Any field of NewReport may be given;
    `at=` says when.
    """
    from gongzhi.cases import actions

    def take(text: str = "路灯不亮，晚上看不见路", by: Any = None, **given: Any) -> Any:
        at = given.pop("at", NOON)
        fields = {
            "key": uuid4(),
            "reporter_ref": f"p:{by.pk}" if by else "d:stranger",
            "person": by,
            "lng": HERE[0],
            "lat": HERE[1],
            "address": "望湖花园3栋北门",
        }
        return actions.report(by=by, new=actions.NewReport(text=text, **{**fields, **given}), at=at)

    return take

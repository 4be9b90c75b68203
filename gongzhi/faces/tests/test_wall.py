"""The command screen: for whom it is, what it says without script, what it weighs."""

import gzip
import json
import re
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from conftest import NOON
from gongzhi.cases import actions
from gongzhi.cases.words import DeclineGround
from gongzhi.faces import wall_charts, wall_figures

STATIC = Path(__file__).resolve().parent.parent / "static"
BUDGET = 750_000  # bytes, compressed, on a cold cache


@pytest.fixture
def at_noon(monkeypatch):
    """The pages believe that it is NOON."""
    monkeypatch.setattr("gongzhi.faces.pages_wall.now", lambda: NOON)


def body(response) -> str:
    return response.content.decode()


# ── for whom ──────────────────────────────────────────────────────────────

ADDRESSES = [
    "/wall/",
    "/wall/numbers.json",
    "/wall/points.json",
    "/wall/feed/",
    "/wall/scene.json",
]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(
    ("who", "status"),
    [
        (None, 302),
        ("wang", 403),
        ("li", 403),
        ("wu", 403),
        ("shen", 403),
        ("guan", 403),
        ("sun", 200),
        ("chen", 200),
        ("qian", 200),
    ],
)
def test_the_wall_is_for_those_who_may_watch_it(address, who, status, world, as_, request):
    person = request.getfixturevalue(who) if who else None
    assert as_(person).get(address).status_code == status


@pytest.mark.parametrize("address", [a for a in ADDRESSES if "scene" not in a])
def test_the_wall_shows_ones_own_area_and_what_lies_below(
    address, world, township, other_township, community, district, chen, as_
):
    watching = as_(chen)
    assert watching.get(address, {"area": community.code}).status_code == 200
    for foreign in (other_township.code, district.code, "nothing"):
        assert watching.get(address, {"area": foreign}).status_code == 404


def test_of_several_posts_the_highest_area_is_shown_first(
    world, somebody, community, district, as_
):
    somebody("both", "community_worker", community)
    both = somebody("both", "leader", district)
    assert "望湖区一张图" in body(as_(both).get("/wall/"))


def test_a_case_of_another_area_does_not_exist(report, gu, chen, as_):
    case = report()
    assert as_(chen).get(f"/wall/case/{case.pk}/").status_code == 200
    assert as_(gu).get(f"/wall/case/{case.pk}/").status_code == 404


def test_feed_and_points_hold_nothing_of_other_areas(report, gu, chen, as_, at_noon):
    case = report("消防通道停车，进不去")
    assert f'data-id="{case.pk}"' in body(as_(chen).get("/wall/feed/"))
    assert "消防通道" not in body(as_(gu).get("/wall/feed/"))
    assert as_(chen).get("/wall/points.json").json()["points"] == [
        [case.pk, 117.306, 31.792, "new", case.area_id, 1, 0]
    ]
    assert as_(gu).get("/wall/points.json").json() == {"points": []}


# ── without script ────────────────────────────────────────────────────────


def test_without_script_figures_tables_and_feed_are_there(report, qian, chen, as_, at_noon):
    report("路灯坏了")
    case = report("垃圾成堆没人扫")
    actions.decline(
        by=chen, case=case, ground=DeclineGround.REPEATED, answer="已经答复过了", at=NOON
    )
    page = body(as_(qian).get("/wall/"))
    figures = re.findall(r'id="figure-(\w+)".*?<b class="n">(.*?)</b>', page)
    assert figures == [
        ("reported", "2"),
        ("closed", "0"),
        ("rate", "0.0"),
        ("took", "—"),
        ("open", "1"),
        ("late", "0"),
    ]
    assert re.search(r"<th scope=\"row\">随手拍</th><td class=\"n\">2</td>", page)
    assert re.search(r"<th scope=\"row\">公共设施</th>", page)
    assert f'href="/wall/case/{case.pk}/?area=349901000000"' in page
    assert "没有启用脚本" in page
    assert "办结率 = 已办结 ÷（上报 − 不予受理）" in page


def test_the_page_has_no_inline_script_and_no_inline_style(report, qian, as_):
    report()
    page = body(as_(qian).get("/wall/"))
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    assert not re.search(r"\sstyle=", page)
    assert not re.search(r"\son\w+=", page)


def test_the_page_may_listen_to_the_stream_on_its_own_port(world, qian, as_, settings):
    settings.LIVE_PORT = 8001
    answer = as_(qian).get("/wall/", headers={"host": "127.0.0.1:8000"})
    assert "connect-src 'self' http://127.0.0.1:8001" in answer["Content-Security-Policy"]
    assert 'data-live="http://127.0.0.1:8001/live/"' in body(answer)


def test_a_case_opens_as_a_page_of_its_own_and_as_a_part(report, qian, as_):
    case = report()
    page = as_(qian).get(f"/wall/case/{case.pk}/")
    part = as_(qian).get(f"/wall/case/{case.pk}/", headers={"X-Fragment": "1"})
    assert body(page).startswith("<!doctype html>")
    assert body(part).startswith("<article")
    assert case.number in body(part)
    assert "X-Fragment" in part["Vary"]


def test_the_card_says_nothing_about_the_reporter(report, wang, qian, as_):
    case = report(
        "漏水了，打10012345678找我", by=wang, contact_name="王秀英", contact_phone="10087654321"
    )
    part = body(as_(qian).get(f"/wall/case/{case.pk}/", headers={"X-Fragment": "1"}))
    for secret in ("王秀英", "10087654321", "10012345678", case.secret):
        assert secret not in part


def test_only_those_with_a_desk_are_shown_the_way_to_it(report, qian, chen, as_):
    address = f"/wall/case/{report().pk}/"
    assert "/desk/cases/" in body(as_(chen).get(address))
    assert "/desk/cases/" not in body(as_(qian).get(address))


# ── what the page's script asks for ───────────────────────────────────────


def test_numbers_come_as_figures_and_drawn_panels(report, qian, as_, at_noon):
    report()
    told = as_(qian).get("/wall/numbers.json").json()
    assert told["at"] == "2026-03-04T12:00:00.000+08:00"
    assert [figure["key"] for figure in told["figures"]][:2] == ["reported", "closed"]
    assert set(told["panels"]) == {"classes", "days", "doors", "ranking"}
    assert "公共设施" in told["panels"]["classes"]


def test_words_of_reports_cannot_become_markup(report, qian, as_):
    report("<img src=x onerror=alert(1)>路灯坏了")
    assert "<img" not in body(as_(qian).get("/wall/feed/"))
    assert "&lt;img" in body(as_(qian).get("/wall/feed/"))


def test_the_scene_is_sent_once_and_kept_until_it_changes(world, qian, as_):
    browser = as_(qian)
    first = browser.get("/wall/scene.json", headers={"accept-encoding": "gzip"})
    assert first["Content-Encoding"] == "gzip"
    assert set(json.loads(gzip.decompress(first.content))) == {"unit", "layers"}
    again = browser.get("/wall/scene.json", headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304
    plain = browser.get("/wall/scene.json")
    assert not plain.has_header("Content-Encoding")
    assert plain.json()["unit"] > 0


def test_wherever_one_is_signed_out_the_page_is_told(world):
    answer = Client().get("/wall/feed/", headers={"X-Fragment": "1"})
    assert answer.status_code == 302


def test_questions_to_the_database_do_not_grow_with_the_cases(
    report, qian, as_, django_assert_max_num_queries
):
    for _ in range(20):
        report()
    browser = as_(qian)
    with django_assert_max_num_queries(20):
        browser.get("/wall/")


# ── what it weighs ────────────────────────────────────────────────────────


@pytest.mark.slow
def test_the_wall_keeps_its_budget(report, qian, as_):
    report()
    page = body(as_(qian).get("/wall/"))
    files = set(re.findall(r'"/static/(faces/[^"]+\.(?:m?js|css|woff2))"', page))
    files -= {"faces/wall/flat.js"}  # instead of MapLibre, where there is no WebGL
    assert any("maplibre-gl-worker" in name for name in files)
    weights = {name: len(gzip.compress((STATIC / name).read_bytes())) for name in files}
    scene = 80_000  # of the demo district, zipped
    total = sum(weights.values()) + len(gzip.compress(page.encode())) + scene
    assert total < BUDGET, sorted(weights.items(), key=lambda one: -one[1])


@pytest.mark.parametrize("script", sorted((STATIC / "faces" / "wall").glob("*.js")))
def test_scripts_stay_small(script):
    assert script.read_text(encoding="utf-8").count("\n") < 250


# ── the drawings ──────────────────────────────────────────────────────────

COUNTS = st.lists(st.integers(0, 5000), min_size=2, max_size=31)


@given(COUNTS)
def test_a_scale_is_even_and_holds_every_count(counts):
    marks = wall_charts.ticks(max(counts))
    steps = {a - b for a, b in pairwise(marks)}
    assert len(marks) == 5
    assert len(steps) == 1
    assert marks[-1] == 0
    assert marks[0] >= max(counts)
    assert marks[0] > 0


def numbers_in(path: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"(-?[\d.]+),(-?[\d.]+)", path)]


@given(COUNTS)
def test_a_line_passes_through_every_count_and_never_overshoots(counts):
    top = wall_charts.ticks(max(counts))[0]
    area = numbers_in(wall_charts.line(counts, top).area)
    passed, bends = area[::3], [p for n, p in enumerate(area) if n % 3]
    assert [100 - 100 * count / top for count in counts] == pytest.approx(
        [y for _x, y in passed], abs=0.01
    )
    for n in range(len(counts) - 1):
        low, high = sorted((passed[n][1], passed[n + 1][1]))
        for _x, y in bends[2 * n : 2 * n + 2]:
            assert low - 0.011 <= y <= high + 0.011


@given(st.lists(st.integers(0, 10**6), max_size=8))
def test_a_ring_is_closed_and_shows_no_empty_part(counts):
    slices = wall_charts.ring([(str(n), count) for n, count in enumerate(counts)])
    assert [s.count for s in slices] == [count for count in counts if count]
    assert sum(s.percent for s in slices) == pytest.approx(100 if any(counts) else 0)
    ends = [float(s.dash.split()[0]) - float(s.offset) for s in slices]
    assert all(end > begin - 0.011 for begin, end in pairwise(ends)), "each begins behind the other"


@given(st.lists(st.integers(0, 10**6), max_size=12))
def test_a_ring_has_a_colour_for_each_part_and_leaves_nobody_out(counts):
    rows = [(str(n), count) for n, count in enumerate(counts)]
    shown = wall_figures.foremost(rows)
    assert len(shown) == min(len(rows), wall_figures.SLICES)
    assert sum(count for _name, count in shown) == sum(counts)
    assert shown == rows or [c for _n, c in shown[:5]] == sorted(counts, reverse=True)[:5]


def test_the_drawings_are_well_formed(report, qian, as_):
    report()
    page = body(as_(qian).get("/wall/"))
    drawings = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert len(drawings) == 3
    for drawing in drawings:
        ElementTree.fromstring(drawing)

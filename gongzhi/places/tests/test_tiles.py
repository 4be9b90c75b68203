"""The drawn map: every picture is sound, names are whole, nothing asked for breaks it."""

import json
import math
import os
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.places import basemap, labels, mercator, tiles
from gongzhi.places.palette import LIGHT
from gongzhi.places.tests.conftest import CENTRE

SVG = "{http://www.w3.org/2000/svg}"


def tile_of(lng, lat, zoom):
    """The numbers of the tile that holds the position."""
    x, y = mercator.to_unit(lng, lat)
    return zoom, int(x * 2**zoom), int(y * 2**zoom)


def parsed(svg):
    return ElementTree.fromstring(svg)


def texts(svg):
    return "".join(e.text for e in parsed(svg).iter(f"{SVG}text"))


def test_the_unit_square_has_the_known_corners():
    assert mercator.to_unit(-180, 85.0511287798) == pytest.approx((0, 0), abs=1e-4)
    assert mercator.to_unit(0, 0) == pytest.approx((0.5, 0.5))
    assert mercator.metres_per_pixel(0.5, 0) == pytest.approx(156_543.03, rel=1e-4)


@given(st.floats(-180, 180), st.floats(-85, 85))
def test_a_latitude_comes_back_from_the_square(lng, lat):
    assert mercator.to_lat(mercator.to_unit(lng, lat)[1]) == pytest.approx(lat, abs=1e-9)


@pytest.mark.parametrize("zoom", range(mercator.MOST_ZOOM + 1))
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_tile_of_any_zoom_is_sound_svg(drawn, zoom, theme):
    root = parsed(tiles.tile(*tile_of(*CENTRE, zoom), theme))
    assert root.tag == f"{SVG}svg"
    assert root.get("viewBox") == "0 0 2560 2560"


def test_without_a_base_map_a_tile_is_plain(settings):
    assert not settings.BASEMAP.exists()
    root = parsed(tiles.tile(16, 0, 0))
    assert [child.tag for child in root] == [f"{SVG}rect"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"water": 5}', '{"road": {"features": [1]}}'])
def test_a_broken_base_map_is_told_in_the_log_and_drawn_plain(settings, caplog, text):
    settings.BASEMAP.write_text(text)
    assert basemap.current() is basemap.EMPTY
    assert "cannot be read" in caplog.text


def test_a_changed_file_is_read_again(drawn, settings):
    before = basemap.current()
    assert basemap.current() is before
    drawn["water"]["features"] = []
    settings.BASEMAP.write_text(json.dumps(drawn))
    os.utime(settings.BASEMAP, ns=(1, 1))
    assert basemap.current().version != before.version
    assert basemap.current().layers["water"].shapes == []


def test_names_are_escaped(drawn):
    svg = tiles.minimap(
        CENTRE[0] + 0.003, CENTRE[1] - 0.002, size=(400, 300), zoom=17, theme="light", notice="<&>"
    )
    assert "<翠微>小学 & 园" in texts(svg)
    assert "<&>" in texts(svg)
    assert b"<\xe7\xbf\xa0" not in svg


def test_the_number_of_a_building_is_readable_when_one_is_close(drawn):
    spot = (CENTRE[0] + 0.00125, CENTRE[1] - 0.0019)
    look = {"size": (300, 200), "theme": "light", "notice": ""}
    assert "3栋" in texts(tiles.minimap(*spot, zoom=18, **look))
    assert "3栋" not in texts(tiles.minimap(*spot, zoom=16, **look))


def test_a_hole_in_the_water_stays_a_hole(drawn):
    svg = tiles.minimap(
        CENTRE[0] - 0.0025, CENTRE[1] + 0.002, size=(600, 500), zoom=17, theme="light", notice=""
    )
    paths = parsed(svg).iter(f"{SVG}path")
    water = [path for path in paths if path.get("fill") == LIGHT.water]
    assert water[0].get("d").count("M") == 2


def test_a_name_crosses_the_edge_of_tiles_unbroken(drawn):
    """Each tile that a label touches draws it, so that the halves fit together."""
    for zoom in (15, 16, 17):
        cells = labels.on_map(zoom)
        for (x, y), held in cells.items():
            for label in held:
                spread = [c for c in cells if label in cells[c]]
                assert (x, y) in spread
                inside = {(int(g.x // 256), int(g.y // 256)) for g in label.glyphs}
                assert inside <= set(spread)


def test_labels_do_not_overlap(drawn):
    """Two labels of one tile never share the middle of a piece of text."""
    for zoom in (14, 15, 16, 17, 18):
        for held in labels.on_map(zoom).values():
            spots = [(g.x, g.y) for label in set(held) for g in label.glyphs]
            for i, one in enumerate(spots):
                for other in spots[i + 1 :]:
                    assert math.dist(one, other) > 8


def test_own_tiles_carry_the_version_and_those_of_others_do_not(drawn, settings):
    assert tiles.url() == f"/tiles/{{z}}/{{x}}/{{y}}.svg?v={basemap.current().version}"
    settings.TILE_URL = "https://tiles.example.org/{z}/{x}/{y}.png"
    assert tiles.url() == "https://tiles.example.org/{z}/{x}/{y}.png"


def test_while_there_is_no_map_browsers_keep_nothing_for_long():
    assert tiles.url() == "/tiles/{z}/{x}/{y}.svg"

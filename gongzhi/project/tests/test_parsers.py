"""What comes from outside is spoilt at random: it is taken, or refused by an error of our own.

Each parser has tests of its own; these start from something good and damage it, which gets further
in than pure noise does.
"""

import copy
import io
import json
import time
from contextlib import suppress
from email.message import EmailMessage

import pytest
import yaml
from django.conf import settings
from django.test import Client
from django.utils.timezone import now
from hypothesis import HealthCheck, given
from hypothesis import settings as tries
from hypothesis import strategies as st
from openpyxl import Workbook
from PIL import Image

from conftest import NOON
from gongzhi.cases.models import Case
from gongzhi.cases.pictures import remake
from gongzhi.catalogue.rules import content as catalogue
from gongzhi.doors import actions as doors
from gongzhi.doors import signing
from gongzhi.doors.conftest import KEY
from gongzhi.doors.mail.letters import read_letter
from gongzhi.doors.words import Door
from gongzhi.flows.rules import Flow, flow_from
from gongzhi.kernel.refusals import Refusal
from gongzhi.sensing.wire import Garbled, from_topic
from gongzhi.sheets.reading import open_source, open_table

often = tries(max_examples=60, deadline=None, derandomize=True)
seldom = tries(often, max_examples=25, suppress_health_check=list(HealthCheck))
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([10**400, -1e308, "9" * 400, "\ud800", "\x00", "2026-13-45"])
    | st.floats()
    | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)


@st.composite
def damaged(draw, good: bytes):
    """The bytes with pieces cut out, put in, turned around or overwritten."""
    content = bytearray(good)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(content)))
        piece = draw(st.binary(max_size=12))
        how = draw(st.sampled_from(["cut", "put in", "overwrite", "end", "double"]))
        if how == "cut":
            del content[at : at + draw(st.integers(1, 200))]
        elif how == "put in":
            content[at:at] = piece
        elif how == "overwrite":
            content[at : at + len(piece)] = piece
        elif how == "end":
            del content[at:]
        else:
            content[at:at] = content[at : at + 100]
    return bytes(content)


@st.composite
def spoilt(draw, good):
    """The data with something else, or nothing, in one or two of its places."""
    data = copy.deepcopy(good)
    for _ in range(draw(st.integers(1, 2))):
        node = data
        while True:
            keys = list(node) if isinstance(node, dict) else list(range(len(node)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            if isinstance(node[key], dict | list) and node[key] and draw(st.booleans()):
                node = node[key]
                continue
            if draw(st.booleans()):
                node[key] = draw(json_values)
            else:
                del node[key]
            break
    return data


# ── files ─────────────────────────────────────────────────────────────────────


def photo(kind: str) -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").resize((40, 30)).save(out, kind, quality=50)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_damaged_photo(kind):
    @often
    @given(damaged(photo(kind)))
    def check(content):
        with suppress(Refusal):
            picture = remake(io.BytesIO(content))
            assert picture.full.startswith(b"\xff\xd8\xff")

    check()


def xlsx() -> bytes:
    book, out = Workbook(), io.BytesIO()
    sheet = book.active
    sheet.append(["姓名", "身份证号", "出生日期", "电话"])
    for n in range(4):
        sheet.append([f"某{n}", f"11010519491231002{n}", "1949-12-31", 10000000000 + n])
    sheet.merge_cells("A3:B3")
    sheet["D5"] = "=1/0"
    book.save(out)
    return out.getvalue()


CSV = '姓名,身份证号,电话\n某甲,"110105,19491231",10000000000\n某乙,,\n'


@pytest.mark.parametrize(
    "good", [xlsx(), CSV.encode(), CSV.encode("gb18030"), CSV.encode("utf-16")],
    ids=["xlsx", "utf-8", "gb18030", "utf-16"],
)  # fmt: skip
def test_a_damaged_table(good):
    @often
    @given(damaged(good))
    def check(content):
        with suppress(Refusal):
            table = open_table(content, is_heading=lambda texts: "姓名" in texts)
            assert all(line.number > 0 for line in table.lines)
        with suppress(Refusal):
            list(open_source(content).lines)

    check()


def letter() -> bytes:
    made = EmailMessage()
    made["From"], made["To"] = "王 <wang@mail.example>", "quzhang@wanghu.example.cn"
    made["Subject"], made["Message-ID"] = "路灯坏了", "<1@mail.example>"
    made.set_content("小区东门的路灯不亮。\n\n> 原来的话")
    made.add_alternative("<p>小区东门的路灯<b>不亮</b></p>", subtype="html")
    made.add_attachment(photo("JPEG"), maintype="image", subtype="jpeg", filename="灯.jpg")
    return made.as_bytes()


@often
@given(damaged(letter()))
def test_a_damaged_letter(content):
    with suppress(ValueError):
        assert "\x00" not in read_letter(content, own=frozenset()).text


# ── what operators write ──────────────────────────────────────────────────────

FLOWS = [
    yaml.safe_load(path.read_text(encoding="utf-8"))
    for path in sorted((settings.CONFIG_DIR / "flows").glob("*.yaml"))
]


@pytest.mark.parametrize("good", FLOWS, ids=lambda flow: flow["code"])
def test_a_spoilt_flow(good):
    @often
    @given(spoilt(good))
    def check(data):
        with suppress(ValueError):
            assert isinstance(flow_from(data), Flow)

    check()


@seldom
@given(st.data())
def test_a_spoilt_catalogue(data):
    paths = sorted((settings.CONFIG_DIR / "catalogue").glob("*.yaml"))
    files = {path.name: path.read_text(encoding="utf-8") for path in paths}
    name = data.draw(st.sampled_from(sorted(files)))
    good = yaml.safe_load(files[name])
    small = good if len(str(good)) < 3000 else _first_of_each(good)
    broken = data.draw(spoilt(small) if isinstance(small, dict | list) and small else json_values)
    files[name] = yaml.safe_dump(broken, allow_unicode=True)
    read, faults = catalogue.read({name: files[name]}, frozenset())
    assert (read is None) == bool(faults)


def _first_of_each(good):
    """The same shape with one entry in each list: quick to read, as easy to spoil."""
    if isinstance(good, dict):
        return {key: _first_of_each(value) for key, value in good.items()}
    return [_first_of_each(one) for one in good[:1]] if isinstance(good, list) else good


# ── what machines send ────────────────────────────────────────────────────────

READING = {
    "id": "1", "what": "opened", "at": "2026-03-04T12:00:00+08:00", "value": 1, "battery": 80,
    "tamper": False,
}  # fmt: skip


@often
@given(spoilt(READING) | spoilt([READING, READING]) | damaged(json.dumps(READING).encode()))
def test_a_spoilt_reading(told):
    payload = told if isinstance(told, bytes) else json.dumps(told).encode()
    with suppress(Garbled):
        from_topic("gongzhi/v1/g1/a1b2", payload, received=NOON)


ORDER = {
    "order_no": "HF202603040001", "created_at": "2026-03-04 11:40:00", "title": "路灯不亮",
    "content": "小区东门路灯不亮，请尽快维修。", "appeal_type": "投诉", "category_code": "020101",
    "caller": {"name": "张某某", "phone": "10012345678"}, "address": "望湖花园东门",
    "lng": 117.3117, "lat": 31.7899,
}  # fmt: skip
EVENT = {
    "taskNum": "CG000001", "createTime": "2026-03-04 11:50:00", "eventTypeName": "路灯",
    "eventTypeCode": "0105", "eventDesc": "望湖路路灯不亮两盏。", "address": "望湖路口",
    "coordinateX": 117.306, "coordinateY": 31.792,
    "reporter": {"name": "巡查员", "tel": "10012345678"}, "pictureUrl": "https://city.example/1.jpg",
}  # fmt: skip
SIGHTING = {
    "event_id": "ev-1", "occurred_at": "2026-03-04T12:00:00+08:00",
    "camera": {"id": "C-7", "place": "望湖花园北门", "lng": 117.306, "lat": 31.792},
    "object": {"type": "rubbish"}, "snapshot_url": "https://video.example/s/1.jpg",
}  # fmt: skip
CALL = {
    "call_id": "c1",
    "event": "ringing",
    "caller": "10012345678",
    "line": "12319",
    "seat": "801",
}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("door", "code", "path", "good"),
    [
        (Door.HOTLINE, "hotline", "/hooks/hotline/orders", ORDER),
        (Door.WEBHOOK, "city_management", "/hooks/events", EVENT),
        (Door.WEBHOOK, "camera", "/hooks/events", SIGHTING),
        (Door.PHONE, "exchange", "/hooks/phone/calls", CALL),
    ],
    ids=["order", "event", "sighting", "call"],
)
def test_a_spoilt_message_of_a_partner(world, door, code, path, good):
    """Over HTTP, with a right signature: the answer is never a failure, and says what is wrong."""
    doors.admit(by=None, name=code, code=code, key=KEY, door=door, at=now())
    before = Case.objects.count()
    seen = set()

    @seldom
    @given(spoilt(good) | json_values)
    def check(said):
        body = json.dumps(said).encode()
        headers = signing.headers(
            KEY, partner=code, timestamp=int(time.time()), nonce=f"n{len(seen)}-{hash(body)}",
            method="POST", path=path, body=body,
        )  # fmt: skip
        answer = Client().post(path, body, content_type="application/json", headers=headers)
        seen.add(answer.status_code)
        assert answer.status_code < 500, answer.content
        assert json.loads(answer.content)

    check()
    assert any(400 <= status < 500 for status in seen)
    assert Case.objects.count() >= before

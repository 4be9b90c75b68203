"""What a client posts, read in bounds: a form in UTF-8, a key, words, a place, answers."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, QueryDict, UnreadablePostError
from django.http.multipartparser import MultiPartParserError

from gongzhi.cases import rules as case_rules
from gongzhi.catalogue.models import Item
from gongzhi.doors.open311 import reads
from gongzhi.doors.open311.rules import DESCRIPTION_MOST, Fault, degrees
from gongzhi.doors.plain import plain
from gongzhi.doors.whereabouts import Gazetteer, Whereabouts

FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
ANSWER_MOST = 500  # characters of one answer to an attribute
PART_MOST = 1000  # of a supplement
COMPONENT_LENGTH = 16  # of the code of a city component
GOES_ON = "\n（描述较长，其余见补充）"
KEY = re.compile(r"[\x21-\x7e]{1,100}")
MEDIA = re.compile(r"https?://\S{1,500}")


def posted(request: HttpRequest) -> QueryDict:
    """The fields of the form. Fault 400 for what is no form, too much, or not UTF-8."""
    if request.content_type not in FORMS and request.META.get("CONTENT_LENGTH") not in {"", "0"}:
        raise Fault(400, "请用表单提交：application/x-www-form-urlencoded，UTF-8 编码。")
    try:
        said = request.POST
    except (SuspiciousOperation, BadRequest, MultiPartParserError, UnreadablePostError) as error:
        raise Fault(400, "表单读不了：太大、不完整，或不是 UTF-8 编码。") from error
    if any("\ufffd" in text for texts in said.lists() for text in (texts[0], *texts[1])):
        raise Fault(400, "内容不是 UTF-8 编码，请用 UTF-8 发送。")
    return said


def resend_key(request: HttpRequest) -> str:
    """What makes sending again safe: the header Idempotency-Key, else a key of our own.

    GeoReport has no number of the client's side; see docs/adr/0029-open311-sent-again.md.
    """
    given = request.headers.get("Idempotency-Key", "").strip().strip('"')
    if given and not KEY.fullmatch(given):
        raise Fault(400, "Idempotency-Key 应是 1 到 100 个英文字母、数字或符号。")
    return given or str(uuid4())


@dataclass(frozen=True)
class Place:
    """Where it is said to be: a position in WGS-84, or an area, and words."""

    where: Whereabouts
    address: str


def component_of(said: QueryDict) -> str:
    """The code of the city component it is about; empty for none. Fault 400 for an unknown one.

    Named by the attribute that asks for it, whatever the item, or by an address_id of ours.
    """
    answers = [
        "".join(answer.split())
        for code in reads.component_attributes()
        for name in (f"attribute[{code}]", f"attribute[{code}][]")
        for answer in said.getlist(name)
    ]
    codes = {code for code in answers if code}
    names, by_address = Gazetteer(), said.get("address_id", "").strip()
    if len(by_address) == COMPONENT_LENGTH and names.has_component(by_address):
        codes.add(by_address)
    if len(codes) > 1:
        raise Fault(400, "attribute 与 address_id 说的不是同一个部件，请只写一个。")
    for code in codes:
        if not names.has_component(code):
            raise Fault(400, f"没有登记过编号为 {code[:40]} 的部件，请核对 16 位部件标识码。")
        return code
    return ""


def place_of(said: QueryDict, component: str) -> Place:
    """lat and long, else the component, else what address_id or address_string name.

    Fault 400 without any, and for an address_id alone that we never gave out.
    """
    position = degrees(said.get("lat", ""), said.get("long", ""))
    code = said.get("address_id", "").strip()
    written = plain(said.get("address_string", "")).strip()
    if position is not None:
        return Place(Whereabouts(*position), written)
    if component:
        return Place(Whereabouts(), written)
    if not written and not code:
        raise Fault(400, "请给出 lat 和 long，或 address_string，或 address_id。")
    found = Gazetteer().find(written, code)
    if not written and found.area is None:
        raise Fault(
            400, f"没有 {code[:40]} 这个 address_id，请改用 lat 和 long，或 address_string。"
        )
    return Place(found, written or (found.area.full_name if found.area else ""))


def contact_of(said: QueryDict) -> tuple[str, str]:
    """Name and telephone, as far as they can be kept: neither is a reason to refuse a report."""
    last, first = said.get("last_name", "").strip(), said.get("first_name", "").strip()
    name = f"{first} {last}".strip() if (first + last).isascii() else last + first
    phone = said.get("phone", "").strip()
    return name[: case_rules.NAME_MOST], phone if case_rules.is_phone(phone) else ""


def words_of(said: QueryDict, item: Item) -> list[str]:
    """Description and answers to the item's attributes, for people: the report, then what is over.

    A description may have 4,000 characters and a report holds fewer; the rest becomes supplements.
    """
    description = said.get("description", "")
    if len(description) > DESCRIPTION_MOST:
        raise Fault(400, f"description 最多 {DESCRIPTION_MOST} 字。")
    lines = [plain(description).strip() or item.name]
    told_apart = reads.component_attributes()  # the case keeps the component itself
    asked_for = [a for a in reads.attributes_of(item) if a["code"] not in told_apart]
    lines += filter(None, (_answered(said, asked) for asked in asked_for))
    if media := MEDIA.fullmatch(said.get("media_url", "").strip()):
        lines.append(f"图片：{media.group()}")
    text = case_rules.clean("\n".join(lines))
    if len(text) <= case_rules.TEXT_MOST:
        return [text]
    cut = case_rules.TEXT_MOST - len(GOES_ON)
    rest = text[cut:]
    return [
        text[:cut] + GOES_ON,
        *(rest[start : start + PART_MOST] for start in range(0, len(rest), PART_MOST)),
    ]


def _answered(said: QueryDict, asked: dict[str, Any]) -> str:
    """One attribute and what was answered to it, as a line; empty without an answer."""
    code = asked["code"]
    given = [*said.getlist(f"attribute[{code}]"), *said.getlist(f"attribute[{code}][]")]
    answers = [answer.strip() for answer in given if answer.strip()]
    if not answers:
        if asked["required"]:
            raise Fault(400, f"请回答 attribute[{code}]：{asked['description']}")
        return ""
    if len(answers) > 1 and asked["datatype"] != "multivaluelist":
        raise Fault(400, f"attribute[{code}] 只能有一个回答。")
    for answer in answers:
        _require_fit(answer, asked)
    shown = "、".join(asked["values"].get(answer, plain(answer)) for answer in answers)
    return f"{asked['description']}{shown}"


def _require_fit(answer: str, asked: dict[str, Any]) -> None:
    """The answer is of the attribute's datatype. Fault 400 otherwise."""
    code, kind = asked["code"], asked["datatype"]
    if asked["values"] and answer not in asked["values"]:
        raise Fault(400, f"attribute[{code}] 没有 {answer[:40]} 这个选项。")
    if len(answer) > ANSWER_MOST:
        raise Fault(400, f"attribute[{code}] 最多 {ANSWER_MOST} 字。")
    try:
        if kind == "number":
            float(answer)
        elif kind == "datetime":
            datetime.fromisoformat(answer)
    except ValueError as error:
        raise Fault(400, f"attribute[{code}] 应是 {kind}，不能是 {answer[:40]}。") from error

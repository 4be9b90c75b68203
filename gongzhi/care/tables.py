"""The board of elders as a table: names masked, no address, as the board shows them."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext_lazy

from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.care.reads.board import ORDER, Elders, asked_for, search_in
from gongzhi.care.words import Mood, Sensitivity
from gongzhi.kernel.sealed import masked_name
from gongzhi.sheets.columns import Record, Told, listed, running_number, told

ESTATE, BUILDING, AREA = "home__building__estate__name", "home__building__name", "home__area__name"


def _where(record: Record) -> str:
    """As `reads.board.place_of` says it: the building, else the area; never the address."""
    known = record[BUILDING]
    return f"{record[ESTATE]}{known}" if known else str(record[AREA])


COLUMNS = (
    running_number(),
    Told(
        "mood", gettext_lazy("状态"), ("worry",), lambda record: str(ORDER[record["worry"]].label)
    ),
    Told(
        "name_masked",
        gettext_lazy("老人（掩码）"),
        ("name",),
        lambda record: masked_name(record["name"]),
    ),
    told("home", gettext_lazy("户号"), "home__code"),
    Told("where", gettext_lazy("楼栋"), (ESTATE, BUILDING, AREA), _where),
    told("grid", gettext_lazy("网格"), AREA),
    told("last_at", gettext_lazy("最后一次动静"), "standing__last_at"),
    told("alarm_at", gettext_lazy("再无动静，何时告警"), "standing__alarm_at"),
    told("sensitivity", gettext_lazy("灵敏度"), words=dict(Sensitivity.choices)),
    told("consented_at", gettext_lazy("同意时间"), usual=False),
    told("consent_ref", gettext_lazy("同意书编号"), usual=False),
)


def _found(person: Person, query: Mapping[str, str], at: datetime) -> Elders:
    return asked_for(person, query, at=at)


def _words(query: Mapping[str, str]) -> str:
    mood, line = query.get("mood", ""), search_in(query)
    said = [str(Mood(mood).label)] if mood in Mood.values else []
    return "、".join([*said, f"“{line}”"] if line else said)


ELDER_LIST = listed(
    "care.elders",
    gettext_lazy("独居老人守护名单"),
    can=Can.TAKE_OUT_LISTS,
    columns=COLUMNS,
    found=_found,
    words=_words,
    back="elders:board",
)

"""The inbox as filtered, as a table."""

from collections.abc import Mapping

from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.access.roles import Can
from gongzhi.cases.reads.lists import Filters, all_rows
from gongzhi.cases.reads.measured import Asked, asked_for, figure_words
from gongzhi.cases.tables.columns import of_case
from gongzhi.cases.words import DueWindow, Nature, Sort, Source, Status, Tab
from gongzhi.catalogue.models import ItemClass
from gongzhi.places.models import Area
from gongzhi.sheets.columns import listed, running_number

COLUMNS = (running_number(), *of_case())


def words(query: Mapping[str, str]) -> str:
    """The filters in words: "待办、望湖社区、近4小时到期、“路灯”"."""
    filters = Filters.read(query)
    said = [str(Tab(filters.tab).label)]
    if area := Area.objects.filter(code=filters.area).first():
        said.append(area.name)
    kinds = ItemClass.objects.filter(code=filters.kind, edition__active=True)
    said += kinds.values_list("name", flat=True)
    chosen = (
        (Status, filters.status),
        (DueWindow, filters.due),
        (Source, filters.source),
        (Nature, filters.nature),
        (Sort, filters.sort),
    )
    said += [str(known(value).label) for known, value in chosen if value]
    if filters.watched:
        said.append(_("我关注的"))
    if filters.q:
        said.append(f"“{filters.q}”")
    return "、".join(said)


CASE_LIST = listed(
    "cases.cases",
    gettext_lazy("事件清单"),
    can=Can.SEE_CASES,
    columns=COLUMNS,
    found=lambda person, query, at: all_rows(person, Filters.read(query), at=at),
    words=words,
    back="staff:inbox",
)
BEHIND_LIST = listed(
    "cases.behind",
    gettext_lazy("三率所依据的案件"),
    can=Can.SEE_CASES,
    columns=COLUMNS,
    found=lambda person, query, at: asked_for(person, Asked.read(query, at)),
    words=lambda query: figure_words(Asked.read(query, now())),
    back="staff:behind",
)

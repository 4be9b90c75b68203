"""One figure of the rates as an address asks for it, and the cases behind it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from gongzhi.access.models import Person
from gongzhi.cases import rules
from gongzhi.cases.models import Case
from gongzhi.cases.reads.rates import BY, OF_ANSWERS, OF_REPORTED, Month, basis_of, behind
from gongzhi.cases.words import Nature


@dataclass(frozen=True)
class Asked:
    """A month, how it is cut, which line of the table (None for the total), which figure."""

    month: Month
    by: str = "unit"
    row: str | None = None
    figure: str = "reported"

    @classmethod
    def read(cls, query: Mapping[str, str], at: datetime) -> "Asked":
        """From an address; what is not known is left out."""
        by, figure = query.get("by", ""), query.get("figure", "")
        return cls(
            Month.read(query.get("month", ""), at),
            by if by in BY else "unit",
            rules.clean(query["row"])[:80] if "row" in query else None,
            figure if figure in OF_REPORTED or figure in OF_ANSWERS else "reported",
        )

    def query(self) -> str:
        """As an address carries it."""
        said = {"month": self.month.name, "by": self.by, "figure": self.figure}
        return urlencode(said if self.row is None else {**said, "row": self.row})


def asked_for(person: Person, asked: Asked) -> QuerySet[Case]:
    """The cases behind the figure."""
    basis = basis_of(person, asked.month)
    if asked.row is not None:
        basis = basis.narrowed(asked.by, asked.row)
    return behind(basis, asked.figure)


def cuts() -> dict[str, str]:
    """By what the rates are compared, in words."""
    return {"unit": _("承办单位"), "item": _("事项"), "area": _("社区"), "nature": _("诉求性质")}


def unnamed(by: str) -> str:
    """What the line of those cases is called which have none of what the rates are cut by."""
    names = {"unit": _("网格员或尚未派出"), "item": _("未定事项"), "area": _("未归到社区")}
    return names.get(by, _("未定"))


def figure_words(asked: Asked) -> str:
    """The figure in words: "2026-03、路灯所、已解决"."""
    figures = {
        "reported": _("上报"),
        "declined": _("不予受理"),
        "closed": _("已办结"),
        "accepted": _("上报减去不予受理"),
        "answered_contacted": _("回答了是否联系过"),
        "contacted": _("办理时联系过"),
        "answered_solved": _("回答了是否解决"),
        "solved": _("已解决"),
        "answered_satisfied": _("回答了是否满意"),
        "satisfied": _("满意"),
        "unreached": _("没有联系上"),
    }
    said = [asked.month.name]
    if asked.row is not None:
        row = dict(Nature.choices).get(asked.row, asked.row) if asked.by == "nature" else asked.row
        said.append(str(row) or unnamed(asked.by))
    return "、".join([*said, figures[asked.figure]])

"""What is typed on the pages of tables, as values the verbs take."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.http import QueryDict
from django.utils.translation import gettext as _

from gongzhi.kernel.numbers import whole
from gongzhi.kernel.refusals import NotUnderstood
from gongzhi.sheets.actions.layouts import checked_columns
from gongzhi.sheets.kinds import Listing
from gongzhi.sheets.models import Layout
from gongzhi.sheets.words import Shape
from gongzhi.sheets.writing import Sheet

LONGEST = 4000  # characters of one filter: a piece drawn on a map is that long
NOT_FILTERS = {"layout", "ready", "page", "before", "csrfmiddlewaretoken"}


@dataclass
class ColumnLine:
    """One column on the form: whether it is chosen, where it stands, what it is called."""

    key: str
    label: str
    title: str
    place: int
    chosen: bool


@dataclass
class Draft:
    """The form of an export as it is shown: from a kept layout, the usual one, or as typed."""

    lines: list[ColumnLine]
    texts: dict[str, str] = field(default_factory=dict)  # title, header, footer, signature
    landscape: bool = True
    shape: str = Shape.XLSX
    reason: str = ""
    layout_name: str = ""

    @property
    def chosen(self) -> list[tuple[str, str]]:
        """(key, title) of the chosen columns in their order."""
        return [
            (line.key, line.title)
            for line in sorted(self.lines, key=lambda line: line.place)
            if line.chosen
        ]

    def sheet(self, listing: Listing) -> Sheet:
        """The sheet to be written. NotUnderstood when columns do not do."""
        return Sheet(
            checked_columns(listing, self.chosen),
            title=self.texts["title"],
            header=self.texts["header"],
            footer=self.texts["footer"],
            signature=self.texts["signature"],
            landscape=self.landscape,
        )


def tidy(text: str) -> str:
    """One line of text without anything that cannot be printed."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def filters_in(given: QueryDict) -> dict[str, str]:
    """The filters of the list in an address."""
    filters = {key: str(value)[:LONGEST] for key, value in given.items()}
    return {key: value for key, value in filters.items() if key not in NOT_FILTERS and value}


def drafted(listing: Listing, layout: Layout | None, words: str) -> Draft:
    """The form before anything is typed."""
    if layout is None:
        chosen = [(c.key, str(c.label)) for c in listing.columns if c.usual]
        texts = {"title": str(listing.label), "header": words, "footer": ""}
        texts["signature"] = _("制表人：____________　审核人：____________　日期：____________")
        return Draft(_lines(listing, chosen), texts)
    kept = [(str(key), str(title)) for key, title in layout.columns if listing.column(key)]
    texts = {name: getattr(layout, name) for name in ("title", "footer", "signature")}
    texts["header"] = layout.header or words
    texts["title"] = texts["title"] or str(listing.label)
    return Draft(_lines(listing, kept), texts, landscape=layout.landscape, layout_name=layout.name)


def _lines(listing: Listing, chosen: list[tuple[str, str]]) -> list[ColumnLine]:
    titles = dict(chosen)
    order = {key: number for number, (key, _title) in enumerate(chosen, start=1)}
    lines = [
        ColumnLine(c.key, str(c.label), titles.get(c.key, ""), order.get(c.key, 0), c.key in order)
        for c in listing.columns
    ]
    rest = len(order)
    for line in lines:
        if not line.place:
            rest += 1
            line.place = rest
    return sorted(lines, key=lambda line: line.place)


def typed(listing: Listing, said: QueryDict) -> Draft:
    """The form as it was sent."""
    lines = []
    for number, column in enumerate(listing.columns, start=1):
        place = whole(said.get(f"place_{column.key}", ""), 3)
        lines.append(
            ColumnLine(
                column.key,
                str(column.label),
                tidy(said.get(f"title_{column.key}", ""))[:40] or str(column.label),
                number if place is None else place,
                f"column_{column.key}" in said,
            )
        )
    most = {"title": 60, "header": 120, "footer": 120, "signature": 120}
    texts = {name: tidy(said.get(name, ""))[:length] for name, length in most.items()}
    texts["title"] = texts["title"] or str(listing.label)
    return Draft(
        sorted(lines, key=lambda line: line.place),
        texts,
        landscape=said.get("landscape") != "no",
        shape=said.get("shape", ""),
        reason=said.get("reason", ""),
        layout_name=tidy(said.get("layout_name", "")),
    )


def shape_of(text: str) -> Shape:
    """The shape somebody chose. NotUnderstood for anything else."""
    if text not in Shape.values:
        raise NotUnderstood(_("请选择导出格式。"), field="shape")
    return Shape(text)


def columns_named(said: Mapping[str, str]) -> dict[int, str]:
    """{number of the column: key} out of the fields column_0, column_1 …"""
    return {
        number: key
        for name, key in said.items()
        if name.startswith("column_") and (number := whole(name[7:], 6)) is not None
    }

"""What the pages of the quick desk show: rates as words and bars, fields in our look."""

from collections.abc import Sequence
from fractions import Fraction

from django import template
from django.forms.boundfield import BoundField
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from gongzhi.cases.measures import Counts, percent
from gongzhi.cases.reads.rates import Row
from gongzhi.cases.words import Act

register = template.Library()
BAR, GAP, NAME, WIDE = 9, 20, 160, 640  # px: a bar, between rows, room for names, the whole
BEHIND = {  # the figures that a rate divides
    "closing": ("closed", "accepted"),
    "response": ("contacted", "answered_contacted"),
    "solving": ("solved", "answered_solved"),
    "satisfied": ("satisfied", "answered_satisfied"),
}
LINE = 4 * (BAR + 2) + GAP


@register.filter
def four_rates(counts: Counts) -> list[dict[str, str]]:
    """办结率, 响应率, 解决率 and 满意率, each in words with what it was counted from."""
    return [
        {
            "name": name,
            "text": percent(share),
            "of": f"{part} / {whole}",
            "look": look,
            "part": str(part),
            "whole": str(whole),
            "part_key": BEHIND[look][0],
            "whole_key": BEHIND[look][1],
        }
        for name, share, part, whole, look in _rates(counts)
    ]


@register.filter
def rate_bars(rows: Sequence[Row], unnamed: str) -> SafeString:
    """A chart of horizontal bars, drawn by the server; the table below says the same in numbers.

    `unnamed` is what the line without a name is called.
    """
    some = [(row.name or unnamed, row, n) for n, row in enumerate(rows[:12])]
    lines = format_html_join("", "{}", ((_line(*one),) for one in some))
    height = LINE * min(len(rows), 12)
    legend = format_html_join(
        "",
        '<span class="key {}">{}</span>',
        ((look, name) for name, _s, _p, _w, look in _rates(Counts())),
    )
    return format_html(
        '<p class="keys-of-chart">{}</p><svg class="bars" viewBox="0 0 {} {}"'
        ' width="{}" height="{}" role="img" aria-label="{}">{}</svg>',
        legend, WIDE, height, WIDE, height, _("各行四个率的条形图，数字见下表"), lines,
    )  # fmt: skip


def _line(name: str, row: Row, n: int) -> SafeString:
    top = n * LINE
    short = name if len(name) <= 11 else name[:10] + "…"
    bars = format_html_join(
        "",
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="3"></rect>'
        '<text x="{}" y="{}">{}</text>',
        (
            (look, NAME, y, width, BAR, NAME + width + 6, y + BAR - 1, percent(share))
            for (_name, share, _part, _whole, look), y, width in (
                (rate, top + k * (BAR + 2), round((WIDE - NAME - 60) * float(rate[1] or 0)))
                for k, rate in enumerate(_rates(row.counts))
            )
        ),
    )  # fmt: skip
    return format_html(
        '<text class="name" x="{}" y="{}">{}</text>{}', NAME - 10, top + 24, short, bars
    )


def _rates(c: Counts) -> list[tuple[str, Fraction | None, int, int, str]]:
    return [
        (_("办结率"), c.closing, c.closed, c.reported - c.declined, "closing"),
        (_("响应率"), c.response, c.contacted, c.answered_contacted, "response"),
        (_("解决率"), c.solving, c.solved, c.answered_solved, "solving"),
        (_("满意率"), c.satisfaction, c.satisfied, c.answered_satisfied, "satisfied"),
    ]


@register.filter
def as_input(field: BoundField) -> SafeString:
    """A form's field in the look of the desk."""
    return field.as_widget(attrs={"class": "input"})


@register.filter
def act_label(act: str) -> str:
    """What an act of a macro is called."""
    return str(Act(act).label) if act in Act.values else act

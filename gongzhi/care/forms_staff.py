"""What the desk types to enrol an elder."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext_lazy as _

from gongzhi.access.checks import inside, scope
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.care.words import Tie
from gongzhi.places.models import Area, Building
from gongzhi.places.rules import path_above
from gongzhi.places.words import Level

CONTACTS = 2  # asked for at once; more can be added later


class EnrolForm(forms.Form):
    """The home, the elder, what they signed, and the first contacts."""

    code = forms.CharField(
        label=_("户号"), max_length=40, error_messages={"required": _("请填写户号。")}
    )
    area = forms.ModelChoiceField(
        Area.objects.none(),
        label=_("所在网格"),
        to_field_name="code",
        error_messages={
            "required": _("请选择所在网格。"),
            "invalid_choice": _("所选网格不在您的范围内。"),
        },
    )
    building = forms.ModelChoiceField(Building.objects.none(), label=_("楼栋"), required=False)
    address = forms.CharField(
        label=_("详细地址"), max_length=200, error_messages={"required": _("请填写详细地址。")}
    )
    name = forms.CharField(
        label=_("老人姓名"), max_length=40, error_messages={"required": _("请填写老人姓名。")}
    )
    phone = forms.RegexField(
        r"^\+?[0-9][0-9 \-]{6,18}$",
        label=_("老人电话"),
        required=False,
        error_messages={"invalid": _("电话号码只填数字，7到19位。")},
    )
    consented_by = forms.ChoiceField(
        label=_("签署人"),
        choices=[("self", _("本人")), ("guardian", _("监护人"))],
        error_messages={"required": _("请选择谁签署了同意书。")},
    )
    consent_ref = forms.CharField(
        label=_("单独同意书编号"),
        max_length=60,
        error_messages={"required": _("没有单独同意书不能守护，请填写编号。")},
    )
    told = forms.BooleanField(
        label=_("已向老人说明装哪些设备、看什么数据、谁能看、怎样撤回"),
        error_messages={"required": _("请先向老人说明，再勾选。")},
    )
    shares_with_family = forms.BooleanField(
        label=_("老人另行同意：登记的联系人可以查看平安状态"), required=False
    )
    trial = forms.BooleanField(
        label=_("先试运行14天：照常判断并记录，但不呼叫任何人"), required=False
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = inside(person, Can.GUARD_ELDERS, "path")
        above = {path_above(path) for path in scope(person, Can.GUARD_ELDERS)}
        estates = inside(person, Can.GUARD_ELDERS, "estate__area__path")
        estates |= Q(estate__area__path__in=above)
        grids = Area.objects.filter(here, level__in=[Level.GRID, Level.COMMUNITY])
        self.fields["area"].queryset = grids.order_by("path")  # type: ignore[attr-defined]
        buildings = Building.objects.filter(estates).select_related("estate")
        self.fields["building"].queryset = buildings.order_by(  # type: ignore[attr-defined]
            "estate__name", "pk"
        )
        for n in range(CONTACTS):
            self.fields[f"contact_name_{n}"] = forms.CharField(required=False, max_length=40)
            self.fields[f"contact_phone_{n}"] = forms.CharField(required=False, max_length=20)
            self.fields[f"contact_tie_{n}"] = forms.ChoiceField(choices=Tie.choices, required=False)

    def contacts(self) -> list[tuple[str, str, Tie]]:
        """The contacts that were typed: name, phone, tie."""
        typed = self.cleaned_data
        return [
            (
                typed[f"contact_name_{n}"],
                typed[f"contact_phone_{n}"],
                Tie(typed[f"contact_tie_{n}"] or Tie.CHILD),
            )
            for n in range(CONTACTS)
            if typed[f"contact_name_{n}"] or typed[f"contact_phone_{n}"]
        ]

    def trial_until(self, at: datetime) -> datetime | None:
        """The end of the trial's last day."""
        if not self.cleaned_data["trial"]:
            return None
        last = at.astimezone(get_current_timezone()).date() + timedelta(days=15)
        return datetime.combine(last, time(), get_current_timezone())

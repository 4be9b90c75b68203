"""What the desk types to register a device."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from gongzhi.access.checks import scope
from gongzhi.access.models import Person, Unit
from gongzhi.access.roles import Can
from gongzhi.places.rules import codes_on
from gongzhi.sensing.models import Gateway, Home
from gongzhi.sensing.words import DeviceKind

PERIODS = [(900, _("15分钟")), (3600, _("1小时")), (14400, _("4小时")), (86400, _("1天"))]


def owners_for(person: Person) -> QuerySet[Unit]:
    """Units that may keep a device working: of the person's areas and of those above them."""
    near = Q(pk__in=[])
    for path in scope(person, Can.GUARD_ELDERS):
        near |= Q(area__path__startswith=path) | Q(area__code__in=codes_on(path))
    return Unit.objects.filter(near).select_related("area").order_by("area__path", "name")


class DeviceForm(forms.Form):
    """One device: behind which gateway, in which home, who keeps it working."""

    gateway = forms.ModelChoiceField(
        Gateway.objects.filter(active=True).order_by("code"),
        label=_("网关"),
        to_field_name="code",
        error_messages={
            "required": _("请选择网关，没有的先登记网关。"),
            "invalid_choice": _("没有这个网关，或者它已经停用。"),
        },
    )
    serial = forms.RegexField(
        r"^[A-Za-z0-9_.\-]{1,40}$",
        label=_("设备编号"),
        error_messages={
            "required": _("请填写设备编号。"),
            "invalid": _("设备编号只用字母、数字和 - _ .，最多40个。"),
        },
    )
    home = forms.CharField(
        label=_("户号"), max_length=40, error_messages={"required": _("请填写户号。")}
    )
    kind = forms.ChoiceField(label=_("类型"), choices=DeviceKind.choices)
    owner = forms.ModelChoiceField(
        Unit.objects.none(), label=_("维护单位"), required=False, empty_label=_("还没有定")
    )
    period = forms.TypedChoiceField(label=_("心跳间隔"), choices=PERIODS, coerce=int, initial=3600)
    installed_on = forms.DateField(
        label=_("安装日期"),
        required=False,
        error_messages={"invalid": _("日期请写成 2026-03-04。")},
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._person = person
        self.fields["owner"].queryset = owners_for(person)  # type: ignore[attr-defined]

    def clean_home(self) -> Home:
        """The home with that code, where the person guards elders."""
        code = self.cleaned_data["home"].strip()
        home = Home.objects.visible_to(self._person).select_related("area").filter(code=code)
        if (found := home.first()) is None:
            raise forms.ValidationError(_("没有这个户号，请先登记守护。"))
        return found

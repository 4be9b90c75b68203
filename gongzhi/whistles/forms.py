"""What the forms about whistles carry, parsed."""

from datetime import datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from gongzhi.access.models import Unit
from gongzhi.cases import rules as case_rules
from gongzhi.whistles import rules
from gongzhi.whistles.actions import Meeting
from gongzhi.whistles.models import Called
from gongzhi.whistles.words import TaskKind


class Words(forms.Form):
    """Words, cleaned; whether they say enough is the verb's question."""

    text = forms.CharField(required=False, max_length=rules.MINUTES_MOST * 2)

    def clean_text(self) -> str:
        """Without characters that no database or screen can carry."""
        return case_rules.clean(self.cleaned_data["text"])


class BlowForm(Words):
    """Whom to call, where and when."""

    units = forms.ModelMultipleChoiceField(
        Unit.objects.select_related("area"),
        error_messages={"required": _("请至少选择一个要召集的单位。")},
    )
    place = forms.CharField(max_length=200, error_messages={"required": _("请写明在哪里集合。")})
    starts_at = forms.DateTimeField(
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        error_messages={
            "required": _("请选择集合时间。"),
            "invalid": _("集合时间要写成 2026-03-04 14:30 这样。"),
        },
    )
    radius = forms.IntegerField(required=False)
    lng = forms.FloatField(required=False)
    lat = forms.FloatField(required=False)

    def meeting(self) -> Meeting:
        """Where and when, as the verb takes it."""
        data = self.cleaned_data
        starts_at: datetime = data["starts_at"]
        return Meeting(
            starts_at=starts_at,
            place=data["place"],
            lng=data["lng"],
            lat=data["lat"],
            radius=data["radius"] or rules.NEAR,
        )


class SeenForm(Words):
    """Words with the version that the person had on screen."""

    seen = forms.IntegerField(min_value=1)


class TaskForm(Words):
    """Which unit, and what the task becomes."""

    unit = forms.ModelChoiceField(
        Unit.objects.select_related("area"), error_messages={"required": _("请选择单位。")}
    )
    kind = forms.ChoiceField(choices=TaskKind.choices)


class CalledForm(forms.Form):
    """Which of the called units."""

    called = forms.ModelChoiceField(Called.objects.select_related("whistle__case", "unit"))


class SignForm(forms.Form):
    """Where the phone says it is, in `datum`, give or take `accuracy` metres."""

    lng = forms.FloatField(required=False)
    lat = forms.FloatField(required=False)
    accuracy = forms.FloatField(required=False)
    datum = forms.CharField(required=False, max_length=10)

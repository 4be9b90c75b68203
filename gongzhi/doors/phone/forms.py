"""What is typed while somebody talks."""

from django import forms
from django.utils.translation import gettext_lazy

from gongzhi.cases import rules
from gongzhi.cases.words import Nature


class TakeDownForm(forms.Form):
    """A matter told on the telephone."""

    contact_name = forms.CharField(
        label=gettext_lazy("称呼"), required=False, max_length=rules.NAME_MOST
    )
    contact_phone = forms.CharField(label=gettext_lazy("回电号码"), required=False, max_length=20)
    nature = forms.ChoiceField(
        label=gettext_lazy("诉求性质"),
        choices=Nature.choices,
        initial=Nature.REPORT,
        required=False,
    )
    text = forms.CharField(
        label=gettext_lazy("反映内容"),
        max_length=rules.TEXT_MOST * 2,
        error_messages={"required": gettext_lazy("请写下发生了什么，至少两个字。")},
    )
    address = forms.CharField(
        label=gettext_lazy("地点"),
        max_length=rules.ADDRESS_MOST,
        error_messages={"required": gettext_lazy("请写明地点：小区、楼栋，或路名。")},
    )
    lng = forms.FloatField(required=False, widget=forms.HiddenInput)
    lat = forms.FloatField(required=False, widget=forms.HiddenInput)
    item = forms.CharField(label=gettext_lazy("归类"), required=False, max_length=8)
    component = forms.CharField(label=gettext_lazy("设施编号"), required=False, max_length=20)

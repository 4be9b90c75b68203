"""What the desk's forms carry, parsed; a form that cannot be read says so in a sentence."""

from typing import Any
from uuid import uuid4

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.access.models import Person, Unit
from gongzhi.cases import rules
from gongzhi.cases.reads.handlers import chosen
from gongzhi.cases.words import DeclineGround, Nature, RevealGround, Source
from gongzhi.catalogue.models import Item
from gongzhi.catalogue.words import Grade
from gongzhi.kernel.refusals import NotUnderstood
from gongzhi.places.models import Area


class StepForm(forms.Form):
    """Every step carries `seen`, the version of the case that the person had on screen."""

    takes_files = False  # whether photos and recordings may come with it

    seen = forms.IntegerField(min_value=1)
    text = forms.CharField(required=False, max_length=4000)

    def clean_text(self) -> str:
        """Without characters that no database or screen can carry."""
        return rules.clean(self.cleaned_data["text"])


class ClassifyForm(StepForm):
    """What it is and how grave."""

    item = forms.ModelChoiceField(
        Item.objects.filter(edition__active=True),
        to_field_name="code",
        required=False,
        error_messages={"invalid_choice": gettext_lazy("所选的事项不在现行目录里，请重新选择。")},
    )
    grade = forms.ChoiceField(
        choices=Grade.choices, error_messages={"required": gettext_lazy("请选择紧急程度。")}
    )


class DispatchForm(ClassifyForm):
    """What it is, how grave, and who gets it; with the dispatcher's opinion in `text`."""

    to = forms.CharField(
        max_length=20, error_messages={"required": gettext_lazy("请选择承办人或承办单位。")}
    )

    def clean_to(self) -> Person | Unit:
        """ "p:12" is a person, "u:5" a unit."""
        found = chosen(self.cleaned_data["to"])
        if found is None:
            raise forms.ValidationError(_("这个承办人已经不在了，请另选一个。"))
        return found


class DeclineForm(StepForm):
    """On which ground, and the answer that the reporter reads."""

    ground = forms.ChoiceField(
        choices=DeclineGround.choices,
        error_messages={"required": gettext_lazy("请选择不予受理的情形。")},
    )


class PlaceForm(StepForm):
    """Into which grid or community."""

    area = forms.ModelChoiceField(
        Area.objects.all(),
        to_field_name="code",
        error_messages={
            "required": gettext_lazy("请选择网格或社区。"),
            "invalid_choice": gettext_lazy("所选的网格不存在，请重新选择。"),
        },
    )


class RevealForm(forms.Form):
    """Why the number is needed."""

    ground = forms.ChoiceField(
        choices=RevealGround.choices,
        error_messages={"required": gettext_lazy("请选择查看联系方式的理由。")},
    )


class RegisterForm(forms.Form):
    """A report taken down for somebody who called or came."""

    key = forms.UUIDField(initial=uuid4)
    source = forms.ChoiceField(
        label=gettext_lazy("来源"),
        choices=[(s.value, s.label) for s in (Source.HOTLINE, Source.VISIT)],
        initial=Source.HOTLINE,
    )
    nature = forms.ChoiceField(
        label=gettext_lazy("诉求性质"),
        choices=Nature.choices,
        initial=Nature.REPORT,
        required=False,
    )
    contact_name = forms.CharField(label=gettext_lazy("反映人姓名"), required=False, max_length=40)
    contact_phone = forms.RegexField(
        r"^[0-9+\- ]{5,20}$",
        label=gettext_lazy("联系电话"),
        required=False,
        error_messages={"invalid": gettext_lazy("电话只能有数字、空格和“-”，请检查。")},
    )
    text = forms.CharField(
        label=gettext_lazy("反映内容"),
        max_length=rules.TEXT_MOST * 2,
        error_messages={"required": gettext_lazy("请写下发生了什么，至少两个字。")},
    )
    address = forms.CharField(
        label=gettext_lazy("地点"), required=False, max_length=rules.ADDRESS_MOST
    )
    lng = forms.FloatField(required=False, widget=forms.HiddenInput)
    lat = forms.FloatField(required=False, widget=forms.HiddenInput)
    item = forms.CharField(label=gettext_lazy("归类"), required=False, max_length=8)
    component = forms.CharField(label=gettext_lazy("设施编号"), required=False, max_length=20)
    safe = forms.BooleanField(required=False)


def read(form_class: type[forms.Form], data: QueryDict) -> dict[str, Any]:
    """The cleaned values of a form; NotUnderstood with its first complaint."""
    form = form_class(data)
    if form.is_valid():
        return form.cleaned_data
    field, complaints = next(iter(form.errors.as_data().items()))
    sentence = str(next(iter(complaints[0].messages)))
    if field == "seen":
        sentence = _("页面不完整，请刷新后再试一次。")
    raise NotUnderstood(sentence, field=field)

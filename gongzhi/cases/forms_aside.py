"""What the desk's forms carry among colleagues and after the end of a case."""

from datetime import datetime

from django import forms
from django.utils.timezone import get_current_timezone, is_naive, make_aware
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.access.models import Person
from gongzhi.cases import rules
from gongzhi.cases.forms_staff import StepForm
from gongzhi.cases.words import Act, Nature, NatureGround, ReplyUse
from gongzhi.catalogue.models import Item

YES_NO = [("yes", "yes"), ("no", "no")]


class NoteForm(StepForm):
    """What to write, and whom to tell beside those called in it."""

    tell = forms.ModelMultipleChoiceField(
        Person.objects.filter(is_active=True),
        required=False,
        error_messages={"invalid_choice": gettext_lazy("所选的同事已经不在了，请重新选择。")},
    )


class SnoozeForm(StepForm):
    """Until when: one of the moments offered, or another one typed in."""

    until = forms.CharField(required=False, max_length=40)
    other = forms.CharField(required=False, max_length=40)

    def clean(self) -> dict[str, object]:
        """The moment, aware; what was typed in counts more than what was picked."""
        data = super().clean() or {}
        said = str(data.get("other") or data.get("until") or "")
        try:
            moment = datetime.fromisoformat(said)
        except ValueError:
            raise forms.ValidationError(_("请选择推后到什么时候。")) from None
        data["moment"] = make_aware(moment, get_current_timezone()) if is_naive(moment) else moment
        return data


class NatureForm(StepForm):
    """What the matter is, and on which ground that is changed."""

    nature = forms.ChoiceField(
        choices=Nature.choices, error_messages={"required": gettext_lazy("请选择诉求性质。")}
    )
    ground = forms.ChoiceField(
        choices=NatureGround.choices,
        error_messages={"required": gettext_lazy("请选择改性质的理由。")},
    )


class VisitForm(forms.Form):
    """What came of asking back."""

    reached = forms.ChoiceField(
        choices=YES_NO, error_messages={"required": gettext_lazy("请选择是否联系上。")}
    )
    contacted = forms.ChoiceField(choices=YES_NO, required=False)
    solved = forms.ChoiceField(choices=YES_NO, required=False)
    satisfied = forms.ChoiceField(choices=YES_NO, required=False)
    text = forms.CharField(required=False, max_length=4000)


class DecisionForm(forms.Form):
    """Whether an appeal is upheld, and the answer."""

    upheld = forms.ChoiceField(
        choices=YES_NO, error_messages={"required": gettext_lazy("请选择是否支持申诉。")}
    )
    text = forms.CharField(required=False, max_length=4000)


class ReplyForm(forms.Form):
    """A reply template as its editor carries it."""

    use = forms.ChoiceField(label=gettext_lazy("用在哪里"), choices=ReplyUse.choices)
    name = forms.CharField(
        label=gettext_lazy("名称"),
        max_length=40,
        error_messages={"required": gettext_lazy("请起一个名称。")},
    )
    item = forms.ModelChoiceField(
        Item.objects.filter(edition__active=True),
        label=gettext_lazy("只用于事项"),
        to_field_name="code",
        required=False,
        empty_label=gettext_lazy("所有事项"),
    )
    text = forms.CharField(
        label=gettext_lazy("内容"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("请写模板的内容。")},
    )

    def clean_text(self) -> str:
        """Without characters that no database or screen can carry."""
        return rules.clean(self.cleaned_data["text"])


class ActForm(forms.Form):
    """One act of a bulk action or a macro; an empty one is left out."""

    act = forms.ChoiceField(
        label=gettext_lazy("操作"), choices=[("", "—"), *Act.choices], required=False
    )
    text = forms.CharField(label=gettext_lazy("文字"), required=False, max_length=1000)
    days = forms.IntegerField(
        label=gettext_lazy("推后天数"), required=False, min_value=1, max_value=60
    )

    def as_act(self) -> dict[str, object] | None:
        """As a macro keeps it; None when nothing was chosen."""
        data = self.cleaned_data
        if not data.get("act"):
            return None
        return {"act": data["act"], "text": rules.clean(data["text"]), "days": data["days"] or 1}

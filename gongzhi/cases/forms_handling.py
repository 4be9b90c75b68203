"""What the desk's forms carry beside the flow: desks, assists, time, pressing, merging."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.access.models import Unit
from gongzhi.cases import rules
from gongzhi.cases.forms_staff import StepForm
from gongzhi.cases.models import Assist, Case, Extension
from gongzhi.cases.words import PauseGround, SupervisionKind
from gongzhi.places.models import Area

CHOOSE_UNIT = gettext_lazy("请选择单位。")


class SendUpForm(StepForm):
    """To which desk above, the next one when not said; with what shows why."""

    takes_files = True

    desk = forms.ModelChoiceField(Area.objects.all(), to_field_name="code", required=False)


class SendDownForm(StepForm):
    """To which desk below."""

    desk = forms.ModelChoiceField(
        Area.objects.all(),
        to_field_name="code",
        error_messages={"required": gettext_lazy("请选择下派到哪里。")},
    )


class UnitForm(StepForm):
    """Which unit."""

    unit = forms.ModelChoiceField(
        Unit.objects.select_related("area"), error_messages={"required": CHOOSE_UNIT}
    )


class UnitOrNoneForm(StepForm):
    """Which unit, or none any more."""

    unit = forms.ModelChoiceField(Unit.objects.select_related("area"), required=False)


class AssistsForm(StepForm):
    """Which units shall help."""

    units = forms.ModelMultipleChoiceField(
        Unit.objects.select_related("area"), error_messages={"required": CHOOSE_UNIT}
    )


class WithdrawForm(StepForm):
    """Which assist is not needed any more."""

    assist = forms.ModelChoiceField(Assist.objects.select_related("case__desk", "case__area"))


class PauseForm(StepForm):
    """On which ground the clocks stand still."""

    ground = forms.ChoiceField(
        choices=PauseGround.choices,
        error_messages={"required": gettext_lazy("请选择暂停的情形。")},
    )


class ExtensionForm(StepForm):
    """Which request for time, and yes or no."""

    extension = forms.ModelChoiceField(Extension.objects.select_related("case__desk", "case__area"))
    granted = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")])


class SuperviseForm(StepForm):
    """How loudly."""

    kind = forms.ChoiceField(
        choices=SupervisionKind.choices,
        error_messages={"required": gettext_lazy("请选择督办的方式。")},
    )


class MergeForm(StepForm):
    """Into which case, by its number."""

    parent = forms.CharField(
        max_length=24, error_messages={"required": gettext_lazy("请填写主案的编号。")}
    )

    def clean_parent(self) -> Case:
        """The case of that number; whether the person may see it is asked by the page."""
        pk = rules.pk_of(self.cleaned_data["parent"])
        case = Case.objects.select_related("area").filter(pk=pk).first() if pk else None
        if case is None:
            raise forms.ValidationError(_("没有这个编号的案件，请检查。"))
        return case

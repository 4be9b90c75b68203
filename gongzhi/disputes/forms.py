"""What the forms about disputes carry, parsed."""

from django import forms
from django.utils.translation import gettext_lazy as _

from gongzhi.access.models import Person
from gongzhi.cases import rules as case_rules
from gongzhi.disputes import rules
from gongzhi.disputes.models import Mediator, Party
from gongzhi.disputes.words import GuideTo, Kind, RevealGround, Risk, Side
from gongzhi.places.models import Area

SIGNS = (
    ("violence", _("有动手、打砸或扬言报复")),
    ("suicide", _("有轻生言行")),
    ("weapon", _("有凶器或危险品")),
    ("crowd", _("多人聚集")),
    ("repeated", _("多次调解反复")),
    ("petition", _("准备或已经信访、诉讼")),
    ("money", _("金额大或涉及生计")),
    ("vulnerable", _("涉及老人、儿童、残疾人或精神障碍")),
    ("media", _("网上传播、媒体关注")),
)


class StepForm(forms.Form):
    """Every step carries `seen`, the version on screen, and words, cleaned."""

    seen = forms.IntegerField(min_value=1)
    text = forms.CharField(required=False, max_length=rules.AGREEMENT_MOST * 2)

    def clean_text(self) -> str:
        """Without characters that no database or screen can carry."""
        return case_rules.clean(self.cleaned_data["text"])


class SortForm(StepForm):
    """Of which class, at which desk."""

    kind = forms.ChoiceField(
        choices=Kind.choices, error_messages={"required": _("请选择纠纷的类别。")}
    )
    desk = forms.ModelChoiceField(
        Area.objects.all(),
        to_field_name="code",
        error_messages={"required": _("请选择由哪一级化解。")},
    )


class RiskForm(StepForm):
    """How dangerous, by which signs."""

    risk = forms.ChoiceField(
        choices=Risk.choices, error_messages={"required": _("请选择风险等级。")}
    )
    signs = forms.MultipleChoiceField(choices=SIGNS, required=False)


class AssignForm(StepForm):
    """To which mediator."""

    mediator = forms.ModelChoiceField(
        Mediator.objects.select_related("person", "area"),
        error_messages={"required": _("请选择调解员。")},
    )


class SessionForm(StepForm):
    """When and where they sat."""

    held_at = forms.DateTimeField(
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        error_messages={"required": _("请填写调解时间。"), "invalid": _("调解时间没有看懂。")},
    )
    place = forms.CharField(required=False, max_length=200)


class SettleForm(StepForm):
    """The agreement and the day on which to look again; signatures come by party."""

    date = forms.DateField(
        input_formats=["%Y-%m-%d"],
        error_messages={"required": _("请选择回访日期。"), "invalid": _("回访日期没有看懂。")},
    )


class GuideForm(StepForm):
    """Where they are shown the way."""

    to = forms.ChoiceField(
        choices=GuideTo.choices, error_messages={"required": _("请选择引导到哪里。")}
    )


class ReviewForm(StepForm):
    """One to five."""

    score = forms.IntegerField(error_messages={"required": _("请打分。")})


class PartyForm(forms.Form):
    """Somebody in the quarrel."""

    side = forms.ChoiceField(
        choices=Side.choices, error_messages={"required": _("请选择当事人的身份。")}
    )
    name = forms.CharField(max_length=80, error_messages={"required": _("请填写姓名。")})
    phone = forms.CharField(required=False, max_length=30)
    address = forms.CharField(required=False, max_length=200)


class PartyOnlyForm(forms.Form):
    """Which party."""

    party = forms.ModelChoiceField(Party.objects.select_related("dispute__area", "dispute__desk"))


class RevealForm(PartyOnlyForm):
    """Which party, and why."""

    ground = forms.ChoiceField(
        choices=RevealGround.choices, error_messages={"required": _("请选择查看的理由。")}
    )


class OpenForm(forms.Form):
    """A dispute found on a round or told at the counter."""

    text = forms.CharField(
        max_length=rules.WORDS_MOST * 2, error_messages={"required": _("请写下纠纷的经过。")}
    )
    area = forms.ModelChoiceField(
        Area.objects.all(),
        to_field_name="code",
        error_messages={"required": _("请选择在哪个网格或社区。")},
    )
    address = forms.CharField(required=False, max_length=200)
    kind = forms.ChoiceField(choices=Kind.choices, required=False)


class MediatorForm(forms.Form):
    """Who is on the register, where and for what."""

    person = forms.ModelChoiceField(
        Person.objects.filter(is_active=True),
        error_messages={"required": _("请选择人员。")},
    )
    area = forms.ModelChoiceField(
        Area.objects.all(),
        to_field_name="code",
        error_messages={"required": _("请选择负责的地方。")},
    )
    title = forms.CharField(max_length=80, error_messages={"required": _("请写明身份。")})
    kinds = forms.MultipleChoiceField(choices=Kind.choices, required=False)
    highest = forms.ChoiceField(choices=Risk.choices)
    most = forms.IntegerField()
    is_active = forms.BooleanField(required=False)

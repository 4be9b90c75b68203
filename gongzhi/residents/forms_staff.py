"""What is typed on a person's page, one form per verb; errors stand at the field they belong to."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from django import forms
from django.utils.timezone import localdate, now
from django.utils.translation import gettext_lazy as _

from gongzhi.access.models import Person
from gongzhi.access.reads import area_choices
from gongzhi.access.roles import Can
from gongzhi.kernel.refusals import Refusal
from gongzhi.places.words import Level, Source
from gongzhi.residents.models import Resident
from gongzhi.residents.reads import tags
from gongzhi.residents.words import FactKind, Gender, HouseholdRole, RelationKind, Residence

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

Words: TypeAlias = "_StrOrPromise"
Options = Sequence[tuple[Any, Any]]


def _text(
    label: Words, most: int, said: Words = "", *, required: bool = True, **kwargs: Any
) -> forms.CharField:
    example = kwargs.pop("example", "")
    hint = {"placeholder": example} if example else {}
    return forms.CharField(
        label=label, max_length=most, required=required, widget=forms.TextInput(hint),
        error_messages={
            "required": said or _("请填写。"), "max_length": _("最多%(limit_value)d个字。"),
        }, **kwargs,
    )  # fmt: skip


def _pick(
    label: Words, among: Options, said: Words = "", *, required: bool = True
) -> forms.ChoiceField:
    first = _("请选择") if required else "—"
    return forms.ChoiceField(
        label=label, choices=[("", first), *among], required=required,
        error_messages={
            "required": said or _("请选择。"), "invalid_choice": said or _("请从列表里选择。"),
        },
    )  # fmt: skip


def _day(label: Words, *, required: bool = False) -> forms.DateField:
    return forms.DateField(
        label=label, required=required, input_formats=["%Y-%m-%d"],
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("请填写日期。"), "invalid": _("日期不对，请写成 2026-03-04 这样。"),
        },
    )  # fmt: skip


class KeepForm(forms.Form):
    """One form of the page; `key` is its address, every change says from which source it comes."""

    key: ClassVar[str]
    title: ClassVar[Words]
    icon: ClassVar[str]
    button: ClassVar[Words] = _("保存")

    source = _pick(_("信息来源"), Source.choices, _("请选择信息来源。"))

    def __init__(self, one: Resident, viewer: Person, data: Any = None) -> None:
        super().__init__(data, auto_id=f"{self.key}-%s", label_suffix="", initial=self.first(one))
        self.order_fields([name for name in self.fields if name != "source"])
        for name, field in self.fields.items():
            field.widget.attrs["class"] = "input mono" if name in {"number"} else "input"
        self.prepare(one, viewer)
        self.is_open = data is not None
        # Offered below a field that did not say enough: the name of the button and its values.
        self.offered: Options = ()
        self.offered_at = self.offered_as = ""

    def first(self, one: Resident) -> dict[str, object]:
        """What the form holds before anything is typed."""
        return {"seen": one.version}

    def prepare(self, one: Resident, viewer: Person) -> None:
        """Choices that depend on whom the page is about and on who looks."""

    def offer(self, at: str, name: str, choices: Options) -> None:
        """Let the person press one of the choices instead of typing again."""
        self.offered_at, self.offered_as, self.offered = at, name, choices

    def refuse(self, refusal: Refusal) -> None:
        """Say what a verb refused, at the field if it is one of this form."""
        if refusal.field in self.fields and refusal.field not in self.errors:
            self.add_error(refusal.field, refusal.sentence)


class SeenForm(KeepForm):
    """A form that carries the version of the person that was on screen."""

    seen = forms.IntegerField(
        min_value=0, max_value=10**8, widget=forms.HiddenInput,
        error_messages=dict.fromkeys(("required", "invalid"), _("页面不完整，请刷新后再试一次。")),
    )  # fmt: skip


class CorrectForm(SeenForm):
    """What is on record of the person themselves."""

    key, title, icon, button = "correct", _("更正基本信息"), "pencil", _("保存更正")

    name = _text(_("姓名"), 60, _("请填写姓名。"))
    id_number = _text(_("证件号码"), 30, required=False, help_text=_("不改就留空"))
    gender = _pick(_("性别"), Gender.choices, required=False)
    born = _day(_("出生日期"))
    ethnicity = _text(_("民族"), 20, required=False)
    residence = _pick(_("人户关系"), Residence.choices, required=False)
    registered_address = _text(_("户籍地址"), 160, required=False)
    role = _pick(_("与户主关系"), HouseholdRole.choices, required=False)

    def first(self, one: Resident) -> dict[str, object]:
        """As it stands; the number is never shown, so empty means "as it is"."""
        names = [name for name in self.base_fields if name not in {"seen", "source", "id_number"}]
        return {name: getattr(one, name) for name in names} | {"seen": one.version}

    def told(self) -> dict[str, object]:
        """The fields as the verb takes them."""
        fields = {k: v for k, v in self.cleaned_data.items() if k not in {"seen", "source"}}
        if not fields["id_number"]:
            del fields["id_number"]
        return fields


class MoveForm(SeenForm):
    """Where the person lives now."""

    key, title, icon, button = "move", _("登记迁入或换住址"), "house", _("登记住址")

    address = _text(
        _("现住址"), 160, _("请填写现住址。"), example=_("望湖花园3栋2单元501室"),
        help_text=_("写到户，与房屋登记的地址一致，或填标准地址编码"),
    )  # fmt: skip
    grid = _pick(_("所在网格"), (), required=False)

    def prepare(self, one: Resident, viewer: Person) -> None:
        """The grids in which the viewer keeps the register."""
        field = self.fields["grid"]
        field.help_text = _("房屋登记里没有这个地址时才选")
        groups: dict[str, list[tuple[str, str]]] = {}
        above: dict[str, str] = {}
        for area in area_choices(viewer, Can.KEEP_REGISTER):
            above[area.path] = area.name
            if area.level == Level.GRID:
                parent = above.get(area.path.rpartition("/")[0], "")
                groups.setdefault(parent, []).append((area.code, area.name))
        field.choices = [("", "—"), *groups.items()]  # type: ignore[attr-defined]
        if one.state != "present":
            self.title = _("登记迁回")  # type: ignore[misc]


class PhoneForm(KeepForm):
    """One more phone."""

    key, title, icon, button = "add_phone", _("添加电话"), "phone", _("添加")

    number = _text(_("电话"), 20, _("请填写电话。"))
    remark = _text(_("说明"), 40, required=False, example=_("例如：女儿的"))


class FactForm(KeepForm):
    """What a department says of the person."""

    key, title, icon, button = "set_fact", _("登记情况"), "file-badge", _("保存情况")

    kind = _pick(_("情况"), FactKind.choices, _("请选择一种情况。"))
    grade = forms.IntegerField(
        label=_("等级（残疾等级等）"), min_value=1, max_value=99, required=False,
        widget=forms.TextInput({"inputmode": "numeric"}),
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), _("等级写 1 到 99。")),
    )  # fmt: skip
    since = _day(_("开始"))
    until = _day(_("截止"))


class TagForm(KeepForm):
    """A tag by hand."""

    key, title, icon, button = "put_tag", _("手工加标签"), "tag", _("添加")

    code = _pick(_("标签"), (), _("请选择标签。"))
    until = _day(_("到期日"))
    note = _text(_("理由（本人可以查阅）"), 200, _("请写明为什么加这个标签，本人可以查阅。"))

    def prepare(self, one: Resident, viewer: Person) -> None:
        """The tags of the configuration."""
        known = [(kind.code, kind.name) for kind in tags.kinds().values()]
        self.fields["code"].choices = [("", _("请选择")), *known]  # type: ignore[attr-defined]


class RelateForm(KeepForm):
    """What somebody else in the register is to the person."""

    key, title, icon, button = "relate", _("登记亲属与联系人"), "users", _("登记关系")

    other = _text(
        _("对方"), 60, _("请填写对方是谁。"), help_text=_("姓名、电话或证件号码；须已登记在人房库"),
    )  # fmt: skip
    picked = forms.IntegerField(required=False, widget=forms.HiddenInput)
    kind = _pick(_("对方是此人的"), RelationKind.choices, _("请选择是什么关系。"))


class GoneForm(SeenForm):
    """Moved out or dead."""

    key, title, icon, button = "gone", _("登记迁出或死亡"), "log-out", _("登记")

    state = _pick(
        _("登记为"), [("moved_out", _("迁出")), ("deceased", _("死亡"))], _("请选择迁出或死亡。")
    )
    since = _day(_("日期"), required=True)

    def prepare(self, one: Resident, viewer: Person) -> None:
        """No day after today."""
        self.fields["since"].widget.attrs["max"] = localdate(now()).isoformat()


class DropForm(forms.Form):
    """Take one line away: which, as it was seen, and who said so."""

    which = forms.CharField(max_length=24)
    seen = forms.IntegerField(required=False)
    source = _pick(_("信息来源"), Source.choices, _("请选择是谁说的，再删去。"))


FORMS: tuple[type[KeepForm], ...] = (
    CorrectForm, MoveForm, PhoneForm, FactForm, TagForm, RelateForm, GoneForm,
)  # fmt: skip


def forms_of(one: Resident, viewer: Person, filled: KeepForm | None) -> list[KeepForm]:
    """The forms that make sense for the person; one of them as it was filled in."""
    found = [filled if filled and kind is type(filled) else kind(one, viewer) for kind in FORMS]
    if one.state != "present":
        found = [form for form in found if form.key != "gone"]
    if one.state == "deceased":
        found = [form for form in found if form.key != "move"]
    return found

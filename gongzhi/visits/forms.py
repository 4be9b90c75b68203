"""What is typed to begin a round, as the verb takes it."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid4

from django.http import QueryDict
from django.utils.translation import gettext as _

from gongzhi.kernel.refusals import NotUnderstood
from gongzhi.residents.reads import tags
from gongzhi.visits import rules


@dataclass(frozen=True)
class Draft:
    """The form as it was typed, so that it can be shown again as it was."""

    key: str
    title: str
    note: str
    due_on: str

    @classmethod
    def blank(cls, codes: tuple[str, ...], today: date) -> "Draft":
        """With a name made of the tags, and a week's time."""
        named = "、".join(tags.name_of(code) for code in codes[:3])
        title = _("%(whom)s走访") % {"whom": named} if named else _("入户走访")
        due = today + timedelta(days=rules.USUAL_DAYS)
        return cls(str(uuid4()), title, "", due.isoformat())

    @classmethod
    def typed(cls, sent: QueryDict) -> "Draft":
        """What was sent."""
        return cls(*(sent.get(name, "").strip() for name in ("key", "title", "note", "due_on")))

    def form_key(self) -> UUID:
        """The key of the form. NotUnderstood for one that is none of ours."""
        try:
            return UUID(self.key)
        except ValueError:
            raise NotUnderstood(_("页面内容不完整，请刷新后再试。")) from None

    def due(self) -> date:
        """The day. NotUnderstood when it is none."""
        try:
            return date.fromisoformat(self.due_on)
        except ValueError:
            raise NotUnderstood(_("请选完成期限。"), field="due_on") from None

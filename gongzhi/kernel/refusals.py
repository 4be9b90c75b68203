"""The ways in which the product says no; raised anywhere, answered once for pages and API each."""

from django.utils.translation import gettext as _


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """A request that cannot be met, with a sentence for the person who asked."""

    status = 400

    def __init__(self, sentence: str, *, field: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field  # the form field the sentence belongs to, if there is one


class NotUnderstood(Refusal):
    """The request itself is wrong: something is missing, too long or of the wrong kind."""

    status = 422


class NotAllowed(Refusal):
    """The person may not do this here."""

    status = 403


class NotPossible(Refusal):
    """Allowed to this person, but the thing is not in a state for it."""

    status = 409


class Overtaken(NotPossible):
    """Somebody else was faster; look at what they did."""


class TooMany(Refusal):
    """Too many requests in too short a time; try again later."""

    status = 429


class Busy(Refusal):
    """The database does not answer, or somebody holds what is needed; nothing was kept."""

    status = 503

    @classmethod
    def now(cls) -> "Busy":
        """What to say of any OperationalError: the next try may succeed."""
        return cls(_("系统正忙，刚才的操作没有保存。请过一分钟再试。"))


class TooLarge(Refusal):
    """More than is taken in: a body, a photo or a list beyond its bound."""

    status = 413

"""What a reporter may say after the end, and what became of what they said."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from gongzhi.cases import rules
from gongzhi.cases.models import Appeal, Case, FollowUp
from gongzhi.cases.words import Status


@dataclass
class Objecting:
    """The case as its reporter sees it after the end; each part is read when it is shown."""

    case: Case
    at: datetime

    @cached_property
    def asked(self) -> FollowUp | None:
        """The question “is it fixed?” that waits for an answer."""
        if self.case.status != Status.CLOSED:
            return None
        owed = self.case.followups.owed().filter(kind="again", begins_at__lte=self.at)
        return owed.order_by("begins_at").first()

    @property
    def _in_time(self) -> bool:
        ended = self.case.ended_at
        return ended is not None and self.at <= ended + timedelta(days=rules.OBJECTING_DAYS)

    @property
    def _dissatisfied(self) -> bool:
        stars = self.case.stars
        return stars is not None and stars <= rules.DISSATISFIED_STARS

    @property
    def may_have_redone(self) -> bool:
        """Whether their word alone has it done again."""
        closed = self.case.status == Status.CLOSED
        return closed and self._dissatisfied and self._in_time and not self.case.reopened

    @property
    def may_appeal(self) -> bool:
        """Whether the level above can be asked now."""
        if not self._in_time or self._of_this_round:
            return False
        refused = self.case.status == Status.DECLINED
        return refused or (self.case.status == Status.CLOSED and self._dissatisfied)

    @cached_property
    def appeals(self) -> list[Appeal]:
        """What was appealed, the latest last."""
        return list(self.case.appeals.select_related("desk").order_by("pk"))

    @property
    def waiting(self) -> Appeal | None:
        """The appeal that waits for its answer."""
        return next((one for one in self.appeals if one.decided_at is None), None)

    @property
    def _of_this_round(self) -> bool:
        return any(one.round == self.case.reopened for one in self.appeals)

"""What was changed, by whom, from which source; and what people asked about themselves."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.kernel.sealed import SealedTextField
from gongzhi.places.models import Collection
from gongzhi.residents.models.people import Resident
from gongzhi.residents.models.reach import within_reach
from gongzhi.residents.words import RequestKind, RequestState, Subject


class Change(models.Model):
    """One field of one row before and after. Both are sealed: the past is personal data too."""

    subject = models.CharField(max_length=12, choices=Subject.choices)
    subject_id = models.BigIntegerField()
    field = models.CharField(max_length=24)
    before = SealedTextField(blank=True, default="")
    after = SealedTextField(blank=True, default="")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    at = models.DateTimeField()
    collection = models.ForeignKey(Collection, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("变更")
        indexes = [models.Index(fields=["subject", "subject_id", "id"], name="change_of_subject")]

    def __str__(self) -> str:
        return f"{self.subject}:{self.subject_id} {self.field}"


class RequestQuerySet(models.QuerySet["Request"]):
    """Requests, narrowed to what somebody may know of."""

    def visible_to(self, person: Person) -> Self:
        """Those about people where the person answers such requests."""
        return self.filter(within_reach(person, Can.ANSWER_REQUESTS, "resident__grid"))

    def open(self) -> Self:
        """Those that wait for an answer."""
        return self.filter(state=RequestState.OPEN)


class Request(models.Model):
    """Somebody asks to see, correct, review or erase what is kept about them (PIPL 24, 44–47)."""

    resident = models.ForeignKey(Resident, models.CASCADE, related_name="requests")
    kind = models.CharField(_("类型"), max_length=8, choices=RequestKind.choices)
    tag = models.CharField(max_length=24, blank=True, default="", help_text="which tag to review")
    text = SealedTextField(_("请求内容"), blank=True, default="")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    asked_at = models.DateTimeField(_("提出时间"))
    state = models.CharField(
        _("状态"), max_length=8, choices=RequestState.choices, default=RequestState.OPEN
    )
    answer = SealedTextField(_("答复"), blank=True, default="")
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    answered_at = models.DateTimeField(null=True)

    objects: ClassVar[RequestQuerySet] = RequestQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("本人请求")
        constraints = [
            models.UniqueConstraint(
                fields=["resident", "kind", "tag"],
                condition=models.Q(state="open"),
                name="one_open_request_of_a_kind",
            )
        ]
        indexes = [models.Index(fields=["state", "asked_at"], name="request_by_state")]

    def __str__(self) -> str:
        return f"{self.kind} {self.resident_id}"

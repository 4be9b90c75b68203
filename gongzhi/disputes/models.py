"""Disputes, their parties, mediators, sessions and agreements; what people said is sealed."""

from datetime import timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from gongzhi.access.checks import inside, scope
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.cases.models import Case
from gongzhi.disputes import rules
from gongzhi.disputes.words import Kind, Risk, Side, SignedHow, Status
from gongzhi.flows.models import FlowVersion
from gongzhi.kernel.sealed import SealedTextField, blind_index
from gongzhi.places.models import Area


class DisputeQuerySet(models.QuerySet["Dispute"]):
    """What a person may see: quarrels are nobody's business but the desk's and the mediator's."""

    def visible_to(self, person: Person) -> Self:
        """Those at desks where they dispatch or check, and those they mediate; never their own."""
        held = models.Q(mediator=person)
        for path in {*scope(person, Can.DISPATCH_CASES), *scope(person, Can.CHECK_CASES)}:
            held |= models.Q(area__path__startswith=path)
        rows = self.filter(held)
        if person.phone_index:  # whoever is a party does not read the file of their own quarrel
            own = Party.objects.filter(phone_index=person.phone_index).values("dispute")
            rows = rows.exclude(pk__in=own)
        units = [post.unit_id for post in person.held if post.unit_id]
        return rows.exclude(case__complained_of__in=units) if units else rows

    def open(self) -> Self:
        """Not yet ended."""
        return self.exclude(status__in=rules.ENDED)


class Dispute(models.Model):
    """A quarrel between people, taken through the six steps."""

    case = models.OneToOneField(Case, models.PROTECT, null=True, related_name="dispute")
    area = models.ForeignKey(Area, models.PROTECT, related_name="disputes")
    desk = models.ForeignKey(Area, models.PROTECT, related_name="+", help_text="who runs it")
    title = models.CharField(_("纠纷"), max_length=60)
    story = SealedTextField(_("经过"))
    address = models.CharField(_("地点"), max_length=200, blank=True, default="")
    kind = models.CharField(_("类别"), max_length=12, choices=Kind.choices, default=Kind.OTHER)
    status = models.CharField(
        _("步骤"), max_length=12, choices=Status.choices, default=Status.FOUND
    )
    flow = models.ForeignKey(
        FlowVersion, models.PROTECT, null=True, related_name="disputes", db_index=False
    )
    version = models.PositiveIntegerField(default=1, help_text="raised by every change")
    risk = models.CharField(_("风险"), max_length=8, choices=Risk.choices, blank=True, default="")
    signs = models.JSONField(default=list, help_text="what the risk was rated by")
    mediator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="mediates"
    )
    found_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    found_at = models.DateTimeField(_("受理时间"))
    assigned_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    follow_up_on = models.DateField(_("回访日期"), null=True)
    reminded_at = models.DateTimeField(null=True)
    kept = models.BooleanField(_("已履行"), null=True)
    score = models.PositiveSmallIntegerField(_("考评"), null=True, help_text="1 to 5")
    ended_at = models.DateTimeField(null=True)
    press_at = models.DateTimeField(
        null=True, help_text="when the step is warned of or pressed for"
    )
    pressed = models.PositiveSmallIntegerField(default=0, help_text="warned, late, taken above")

    objects = DisputeQuerySet.as_manager()

    class Meta:
        ordering = ["-found_at", "-pk"]
        indexes = [
            models.Index(fields=["desk", "status"], name="dispute_at_desk"),
            models.Index(fields=["mediator", "status"], name="dispute_of_mediator"),
            models.Index(
                fields=["follow_up_on"],
                name="dispute_to_follow_up",
                condition=models.Q(status="settled"),
            ),
            models.Index(
                fields=["press_at"],
                name="dispute_to_press",
                condition=models.Q(press_at__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(score__isnull=True) | models.Q(score__range=(1, 5)),
                name="dispute_score_from_one_to_five",
            )
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """The number on the file: JF, the local date, the running number."""
        return f"JF{localtime(self.found_at):%y%m%d}{self.pk:05d}"

    @property
    def is_open(self) -> bool:
        """Whether a step is still owed."""
        return self.status not in rules.ENDED

    @property
    def took(self) -> timedelta | None:
        """From taking it in to the agreement."""
        return self.settled_at - self.found_at if self.settled_at else None


class Party(models.Model):
    """Somebody in the quarrel; sealed, found by a blind index, masked on screen."""

    dispute = models.ForeignKey(Dispute, models.CASCADE, related_name="parties")
    side = models.CharField(_("身份"), max_length=12, choices=Side.choices)
    name = SealedTextField(_("姓名"))
    phone = SealedTextField(_("电话"), blank=True, default="")
    phone_index = models.CharField(max_length=32, blank=True, default="", db_index=True)
    address = SealedTextField(_("住址"), blank=True, default="")
    agreed_at = models.DateTimeField(null=True, help_text="when they agreed to be mediated")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{Side(self.side).label} {self.pk}"

    def seal_index(self) -> "Party":
        """Keep the blind index in step with the phone; called by whoever writes the row."""
        self.phone_index = blind_index(self.phone)
        return self


class MediatorQuerySet(models.QuerySet["Mediator"]):
    """What a person may see."""

    def visible_to(self, person: Person) -> Self:
        """Those of the areas whose desk they keep."""
        return self.filter(inside(person, Can.DISPATCH_CASES))


class Mediator(models.Model):
    """Somebody on the register: where, for what, up to which risk, how much at once."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="mediator")
    area = models.ForeignKey(Area, models.PROTECT, related_name="mediators")
    title = models.CharField(_("身份"), max_length=40, help_text="e.g. 人民调解员, 律师")
    kinds = models.JSONField(default=list, help_text="classes they are skilled in; empty: any")
    highest = models.CharField(
        _("可调解的最高风险"), max_length=8, choices=Risk.choices, default=Risk.MEDIUM
    )
    most = models.PositiveSmallIntegerField(_("同时最多"), default=6)
    is_active = models.BooleanField(_("在册"), default=True)

    objects: ClassVar[MediatorQuerySet] = MediatorQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["area__path", "pk"]

    def __str__(self) -> str:
        return f"{self.person} · {self.title}"


class Session(models.Model):
    """One sitting of the mediation, written down; sealed."""

    dispute = models.ForeignKey(Dispute, models.CASCADE, related_name="sessions")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    held_at = models.DateTimeField(_("调解时间"))
    place = models.CharField(_("调解地点"), max_length=200, blank=True, default="")
    text = SealedTextField(_("调解记录"))
    at = models.DateTimeField()

    class Meta:
        ordering = ["held_at", "pk"]

    def __str__(self) -> str:
        return f"{self.dispute_id} {self.held_at:%m-%d}"


class Agreement(models.Model):
    """What was agreed; sealed. A broken one is kept beside the next."""

    dispute = models.ForeignKey(Dispute, models.CASCADE, related_name="agreements")
    text = SealedTextField(_("协议内容"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.dispute_id} {self.at:%Y-%m-%d}"


class Signature(models.Model):
    """A signature under an agreement: a small JPEG, sealed as base64."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="signatures")
    party = models.ForeignKey(Party, models.PROTECT, null=True, related_name="signatures")
    how = models.CharField(max_length=8, choices=SignedHow.choices)
    image = SealedTextField(help_text="JPEG, base64")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint("agreement", "party", name="a_party_signs_once")]

    def __str__(self) -> str:
        return f"{self.agreement_id}/{self.party_id}"


class Note(models.Model):
    """What somebody wrote in taking a step; sealed, apart from the record so it can be erased."""

    dispute = models.ForeignKey(Dispute, models.CASCADE, related_name="notes")
    event = models.BigIntegerField(unique=True, help_text="the journal's number of the step")
    text = SealedTextField(blank=True, default="")
    answers = SealedTextField(
        blank=True, default="", help_text="JSON: key of a field that the flow asks for → the answer"
    )

    def __str__(self) -> str:
        return f"{self.dispute_id} #{self.event}"

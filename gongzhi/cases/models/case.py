"""Cases, what is attached to them and who else is waiting for them."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F
from django.db.models.functions import Cast
from django.utils.timezone import get_default_timezone
from django.utils.translation import gettext_lazy as _

from gongzhi.access.checks import inside
from gongzhi.access.models import Person, Unit
from gongzhi.access.roles import Can, Role
from gongzhi.cases import rules
from gongzhi.cases.words import (
    FileKind,
    FileMoment,
    Nature,
    RemarkKind,
    Source,
    Status,
    SupervisionKind,
)
from gongzhi.catalogue.models import Item
from gongzhi.catalogue.words import Evidence, Grade
from gongzhi.flows.models import FlowVersion
from gongzhi.journal.models import Event
from gongzhi.kernel.sealed import SealedTextField
from gongzhi.places.models import Area, Component


class CaseQuerySet(models.QuerySet["Case"]):
    """What a person may see lives here, and nowhere else."""

    def visible_to(self, person: Person) -> Self:
        """Their own reports, all cases where they may see cases, and what their unit was given."""
        held = models.Q(reported_by=person) | models.Q(handler=person)
        held |= inside(person, Can.SEE_CASES)
        if units := [p.unit_id for p in person.held if p.role == Role.UNIT_STAFF]:
            helping = Assist.objects.filter(unit__in=units, withdrawn_at__isnull=True)
            held |= models.Q(unit__in=units) | models.Q(pk__in=helping.values("case"))
        # Whoever is complained of neither handles the matter nor learns who spoke up.
        own = [post.unit_id for post in person.held if post.unit_id]
        return self.filter(held).exclude(complained_of__in=own)

    def named_by(self, field: str) -> models.Exists:
        """That one of these is named by `field` of an outer row.

        It is asked row by row: a few rows cost little, however many cases there are. A list of all
        numbers to look into would be made anew for each question.
        """
        return models.Exists(self.filter(pk=models.OuterRef(field)))

    def open(self) -> Self:
        """Cases that somebody still owes something."""
        return self.filter(status__in=rules.OPEN)

    def for_lists(self) -> Self:
        """With what a row of a list shows, so that a list costs one query."""
        return self.select_related("area", "desk", "item__item_class", "unit", "handler")


class Case(models.Model):
    """One thing somebody reported, from the first word to the answer."""

    key = models.UUIDField(help_text="made on the phone; makes resending safe")
    reporter_ref = models.CharField(
        max_length=70, help_text="p:<person> or d:<fingerprint of a device's own token>"
    )
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="cases_reported"
    )
    contact_name = SealedTextField(blank=True, default="")
    contact_phone = SealedTextField(blank=True, default="")
    secret = models.CharField(max_length=8, help_text="with the number, lets a stranger track it")
    source = models.CharField(_("来源"), max_length=10, choices=Source.choices)

    title = models.CharField(_("标题"), max_length=40)
    text = models.TextField(_("内容"))
    area = models.ForeignKey(Area, models.PROTECT, related_name="cases")
    lng = models.FloatField(null=True, help_text="WGS-84")
    lat = models.FloatField(null=True, help_text="WGS-84")
    address = models.CharField(_("地点"), max_length=200, blank=True, default="")
    component = models.ForeignKey(
        Component,
        models.PROTECT,
        null=True,
        related_name="cases",
        db_index=False,  # most cases are about none; the index below holds the others
        help_text="the city component it is about",
    )

    nature = models.CharField(
        _("诉求性质"), max_length=10, choices=Nature.choices, default=Nature.REPORT
    )
    item = models.ForeignKey(Item, models.PROTECT, null=True, related_name="cases")
    grade = models.CharField(_("级别"), max_length=10, choices=Grade.choices)
    suggestion = models.JSONField(default=dict, help_text="what the scorer said and why")

    status = models.CharField(
        _("状态"), max_length=12, choices=Status.choices, default=Status.REPORTED
    )
    flow = models.ForeignKey(
        FlowVersion,
        models.PROTECT,
        null=True,
        related_name="cases",
        db_index=False,  # asked for together with the status, which has an index
        help_text="the version it began with and stays on; empty: the first standard one",
    )
    version = models.PositiveIntegerField(default=1, help_text="raised by every change")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="cases")
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="cases_handled"
    )
    reported_at = models.DateTimeField(_("上报时间"))
    due_at = models.DateTimeField(_("办结时限"))
    dispatched_at = models.DateTimeField(null=True)
    handled_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    desk = models.ForeignKey(
        Area, models.PROTECT, related_name="cases_at_desk", help_text="whose dispatcher has it now"
    )
    desk_since = models.DateTimeField(help_text="start of the level's clock")
    transfers = models.PositiveSmallIntegerField(default=0, help_text="how often it was returned")
    is_bound = models.BooleanField(default=False, help_text="ruled upon: cannot be returned again")
    complained_of = models.ForeignKey(
        Unit, models.PROTECT, null=True, related_name="complaints", help_text="recused"
    )
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged")
    paused_at = models.DateTimeField(null=True, help_text="since when the clocks stand still")
    warn_at = models.DateTimeField(null=True, help_text="when to warn; empty once warned")
    overdue_at = models.DateTimeField(null=True, help_text="first found overdue; never taken back")
    press_at = models.DateTimeField(null=True, help_text="when to press for it again")
    pressed = models.PositiveSmallIntegerField(default=0, help_text="steps of pressing taken")
    stars = models.PositiveSmallIntegerField(_("评分"), null=True)
    joined = models.PositiveIntegerField(default=0, help_text="how many others said: me too")
    snoozed_until = models.DateTimeField(null=True, help_text="the desk looks at it again then")
    reopened_at = models.DateTimeField(null=True, help_text="start of the clock of the last redo")
    reopened = models.PositiveSmallIntegerField(default=0, help_text="how often it was redone")
    spot = models.GeneratedField(
        expression=Cast(F("lng") * 1000, models.BigIntegerField()) * 1_000_000
        + Cast(F("lat") * 1000, models.BigIntegerField()),
        output_field=models.BigIntegerField(null=True),
        db_persist=True,
        help_text="the square of about 100 m it lies in, by which places are counted",
    )

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("事件")
        constraints = [
            models.UniqueConstraint("reporter_ref", "key", name="one_case_per_report"),
            models.CheckConstraint(
                condition=models.Q(stars__isnull=True) | models.Q(stars__range=(1, 5)),
                name="stars_from_one_to_five",
            ),
            models.CheckConstraint(
                condition=models.Q(lng__isnull=True, lat__isnull=True)
                | models.Q(lng__range=(-180, 180), lat__range=(-90, 90)),
                name="case_position_is_on_earth",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "due_at"], name="case_worklist"),
            models.Index(fields=["area", "status", "due_at"], name="case_worklist_of_area"),
            models.Index(fields=["handler", "status", "due_at"], name="case_worklist_of_person"),
            models.Index(fields=["unit", "status", "due_at"], name="case_worklist_of_unit"),
            models.Index(fields=["-reported_at", "-id"], name="case_newest"),
            models.Index(fields=["ended_at"], name="case_ended"),
            models.Index(fields=["desk", "status", "due_at"], name="case_worklist_of_desk"),
            models.Index(
                fields=["warn_at"],
                name="case_to_warn",
                condition=models.Q(warn_at__isnull=False),
            ),
            models.Index(
                fields=["press_at"],
                name="case_to_press",
                condition=models.Q(press_at__isnull=False),
            ),
            models.Index(fields=["reporter_ref", "-reported_at"], name="case_of_reporter"),
            models.Index(fields=["spot", "-reported_at"], name="case_of_spot"),
            models.Index(fields=["item", "area", "-reported_at"], name="case_of_matter"),
            models.Index(
                fields=["item", "-ended_at"],
                name="case_ended_of_item",
                condition=models.Q(ended_at__isnull=False),
            ),
            models.Index(
                fields=["component", "-reported_at"],
                name="case_of_component",
                condition=models.Q(component__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """The number told to people: with the district's date, whoever asks from wherever."""
        return rules.number(self.pk, self.reported_at.astimezone(get_default_timezone()))

    @property
    def is_open(self) -> bool:
        """Whether somebody still owes something."""
        return self.status in rules.OPEN

    @property
    def where(self) -> str:
        """The place in words: the address, or the area when none was given."""
        return self.address or self.area.name


class Attachment(models.Model):
    """A photo or voice note, stored outside the web root under a name nobody can guess."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="files")
    token = models.CharField(max_length=43, unique=True, help_text="256 random bits")
    kind = models.CharField(max_length=8, choices=FileKind.choices)
    moment = models.CharField(max_length=8, choices=FileMoment.choices)
    shows = models.CharField(
        max_length=16, blank=True, default="", choices=Evidence.choices,
        help_text="which paper it is a photo of; empty for photos of the place",
    )  # fmt: skip
    media_type = models.CharField(max_length=40)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    size = models.PositiveIntegerField(help_text="bytes")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{FileKind(self.kind).label} {self.token[:6]}"


class Remark(models.Model):
    """What somebody wrote in taking a step; kept apart from the record so that it can be erased."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="remarks")
    event = models.OneToOneField(Event, models.CASCADE, related_name="remark")
    kind = models.CharField(max_length=12, choices=RemarkKind.choices)
    ground = models.CharField(max_length=20, blank=True, default="")
    text = models.TextField(blank=True, default="")

    def __str__(self) -> str:
        return f"{RemarkKind(self.kind).label} {self.case_id}"


class Claimant(models.Model):
    """Somebody else who says “me too” to a case and is told what happens to it."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="claimants")
    reporter_ref = models.CharField(max_length=70)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="claims"
    )
    source = models.CharField(max_length=10, choices=Source.choices)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("case", "reporter_ref", name="me_too_once")]
        indexes = [models.Index(fields=["reporter_ref"], name="claim_of_reporter")]

    def __str__(self) -> str:
        return f"{self.reporter_ref} on {self.case_id}"


class Assist(models.Model):
    """A unit asked to help; the lead cannot finish while it owes its answer."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="assists")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="assists")
    asked = models.CharField(_("协办要求"), max_length=1000)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField(_("协办时限"))
    answer = models.CharField(_("协办意见"), max_length=1000, blank=True, default="")
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                "case",
                "unit",
                condition=models.Q(withdrawn_at__isnull=True),
                name="a_unit_assists_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["unit", "due_at"],
                name="assist_owed",
                condition=models.Q(answered_at__isnull=True, withdrawn_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.unit} → {self.case}"

    @property
    def is_owed(self) -> bool:
        """Whether the unit still has to answer."""
        return self.answered_at is None and self.withdrawn_at is None


class Extension(models.Model):
    """More time asked for by the handler; decided once, by somebody else."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="extensions")
    days = models.PositiveSmallIntegerField(_("延长工作日"))
    reason = models.CharField(_("理由"), max_length=1000)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    granted = models.BooleanField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                "case",
                condition=models.Q(granted__isnull=True) | models.Q(granted=True),
                name="extended_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.case} +{self.days}"


class Supervision(models.Model):
    """A reminder, a card or a leader's instruction: a clock of its own on the case."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="supervisions")
    kind = models.CharField(_("类型"), max_length=12, choices=SupervisionKind.choices)
    text = models.CharField(_("要求"), max_length=1000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    due_at = models.DateTimeField(_("答复时限"))
    answer = models.CharField(_("答复"), max_length=1000, blank=True, default="")
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="supervision_owed",
                condition=models.Q(answered_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{SupervisionKind(self.kind).label} {self.case}"


class Precedent(models.Model):
    """A ruling on who answers for a kind of matter in an area; shown at the next dispatch."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="ruling")
    item_code = models.CharField(max_length=8, blank=True, default="")
    area = models.ForeignKey(Area, models.PROTECT, related_name="precedents")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="precedents")
    ruling = models.CharField(_("裁定"), max_length=1000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["item_code", "area"], name="precedent_of_item")]

    def __str__(self) -> str:
        return f"{self.item_code} → {self.unit}"

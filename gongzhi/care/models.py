"""Elders who consented to be guarded, whom to call, and each alert with its ladder."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from gongzhi.access.checks import inside
from gongzhi.access.models import Person
from gongzhi.access.roles import Can, Role
from gongzhi.care.words import Call, CloseCode, Ground, Outcome, Party, Sensitivity, Tie
from gongzhi.kernel.sealed import SealedTextField, blind_index
from gongzhi.places.rules import path_above
from gongzhi.places.words import Level
from gongzhi.sensing.models import Home

GUARD = "guard"  # the name of the guard's own duty


def guarded_by(person: Person, to_home: str) -> models.Q:
    """The rows whose home lies where the person guards elders; `to_home` is the way there."""
    return inside(person, Can.GUARD_ELDERS, f"{to_home}__area__path")


class ElderQuerySet(models.QuerySet["Elder"]):
    """Elders, narrowed to consent and to what a person may know of."""

    def visible_to(self, person: Person) -> Self:
        """The elders in the areas where the person guards elders."""
        return self.filter(guarded_by(person, "home"))

    def guarded(self) -> Self:
        """Those whose consent stands."""
        return self.filter(withdrawn_at=None)


class Elder(models.Model):
    """Somebody who lives alone and consented, apart from everything else, to be guarded."""

    home = models.OneToOneField(Home, models.PROTECT, related_name="elder")
    name = SealedTextField(_("姓名"))
    phone = SealedTextField(_("电话"), blank=True, default="")
    consented_at = models.DateTimeField(_("同意时间"))
    consented_by = models.CharField(
        _("同意人"), max_length=10, choices=[("self", _("本人")), ("guardian", _("监护人"))]
    )
    consent_ref = models.CharField(
        _("同意书编号"), max_length=60, help_text="where the signed paper is kept"
    )
    withdrawn_at = models.DateTimeField(null=True)
    sensitivity = models.CharField(
        _("灵敏度"), max_length=8, choices=Sensitivity.choices, default=Sensitivity.LOW
    )
    sensitivity_until = models.DateTimeField(null=True, help_text="then it is low again")
    shares_with_family = models.BooleanField(
        _("同意家属查看状态"), default=False, help_text="a consent of its own"
    )
    testing_until = models.DateTimeField(null=True, help_text="until then nobody is called")
    company_until = models.DateTimeField(null=True, help_text="visitors: nothing is learnt")
    revision = models.PositiveIntegerField(
        default=0, help_text="raised when the guard must look at the home's record anew"
    )

    objects: ClassVar[ElderQuerySet] = ElderQuerySet.as_manager()  # type: ignore[assignment]

    def __str__(self) -> str:
        return self.home.code


class Contact(models.Model):
    """Somebody to call about an elder; the smallest `order` first."""

    elder = models.ForeignKey(Elder, models.CASCADE, related_name="contacts")
    order = models.PositiveSmallIntegerField()
    name = SealedTextField(_("姓名"))
    phone = SealedTextField(_("电话"))
    phone_index = models.CharField(max_length=32, blank=True, default="", db_index=True)
    tie = models.CharField(_("关系"), max_length=10, choices=Tie.choices)

    class Meta:
        ordering = ["order"]
        constraints = [models.UniqueConstraint("elder", "order", name="one_contact_per_place")]

    def __str__(self) -> str:
        return f"{self.elder_id}:{self.order}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the blind index in step with the phone."""
        self.phone_index = blind_index(self.phone)
        super().save(*args, **kwargs)


class FamilyLink(models.Model):
    """A private address at which one contact sees how the elder is; its secret is not kept."""

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="links")
    secret_hash = models.CharField(max_length=64, unique=True, help_text="SHA-256 of 256 bits")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"link of {self.contact_id}"


class SettingChange(models.Model):
    """One change of how closely a home is watched: who, why, until when. Never changed again."""

    elder = models.ForeignKey(Elder, models.CASCADE, related_name="changes")
    before = models.CharField(max_length=8, choices=Sensitivity.choices)
    after = models.CharField(max_length=8, choices=Sensitivity.choices)
    reason = SealedTextField()
    expires_at = models.DateTimeField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.elder_id}: {self.before} → {self.after}"


class Standing(models.Model):
    """How a home's present silence stands against its own rhythm; written by the guard alone."""

    elder = models.OneToOneField(Elder, models.CASCADE, primary_key=True, related_name="standing")
    last_at = models.DateTimeField(null=True, help_text="the last human event")
    notice_at = models.DateTimeField(null=True, help_text="when a notice comes if nothing happens")
    alarm_at = models.DateTimeField(null=True, help_text="when an alarm comes if nothing happens")
    share = models.FloatField(default=1.0, help_text="of usual events that can be heard")
    days = models.PositiveSmallIntegerField(default=0, help_text="valid days learnt from")
    line = models.JSONField(
        default=list, help_text="hours of silence allowed after an event at 0, 1 … 23 o'clock"
    )
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["alarm_at"], name="standing_by_alarm")]

    def __str__(self) -> str:
        return f"standing of {self.elder_id}"


class Absence(models.Model):
    """An elder is away, with an end; silence and electricity are not judged meanwhile."""

    elder = models.ForeignKey(Elder, models.CASCADE, related_name="absences")
    begins_at = models.DateTimeField(_("开始"))
    ends_at = models.DateTimeField(_("结束"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["elder", "ends_at"], name="absence_of_elder")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("begins_at")), name="absence_has_length"
            )
        ]

    def __str__(self) -> str:
        return f"{self.elder_id} {self.begins_at:%Y-%m-%d}"


class Duty(models.Model):
    """When a process that must never stop was last seen at work."""

    name = models.CharField(max_length=20, unique=True)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class AlertQuerySet(models.QuerySet["Alert"]):
    """Alerts, narrowed to open ones and to what a person may know of."""

    def visible_to(self, person: Person) -> Self:
        """The alerts of elders in the areas where the person guards elders, or was sent to."""
        return self.filter(guarded_by(person, "elder__home") | sent_next_door(person))

    def sent_next_door(self, person: Person) -> Self:
        """Those to which the ladder sent the grid workers of the whole community, them too."""
        return self.filter(sent_next_door(person))

    def open(self) -> Self:
        """Those nobody has closed."""
        return self.filter(closed_at=None)


def sent_next_door(person: Person) -> models.Q:
    """Alerts of other grids that the person, a grid worker of the community, was asked to go to.

    For as long as the alert is open; afterwards for whoever went.
    """
    found = models.Q(pk__in=[])
    for post in person.held:
        if post.role == Role.GRID_WORKER and post.area.level == Level.GRID:
            community = path_above(post.area.path)
            asked = Step.objects.filter(call=Call.NEXT_WORKER, outcome=Outcome.ASKED)
            there = asked.filter(alert__elder__home__area__path__startswith=community)
            found |= models.Q(pk__in=there.values("alert"))
    return found & (models.Q(closed_at=None) | models.Q(worker=person))


class Alert(models.Model):
    """Something about an elder that somebody must look at, with all that the decision rests on."""

    elder = models.ForeignKey(Elder, models.PROTECT, related_name="alerts")
    ground = models.CharField(_("原因"), max_length=12, choices=Ground.choices)
    is_notice = models.BooleanField(default=False, help_text="shown at the desk; calls nobody")
    raised_at = models.DateTimeField(_("时间"))
    since = models.DateTimeField(null=True, help_text="the last event before it")
    basis = models.JSONField(
        default=dict, help_text="q, e, thetas, r, model: see rules.clock.Alarm"
    )
    worker = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="alerts"
    )
    accepted_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True)
    heard_at = models.DateTimeField(null=True, help_text="the first human event after it")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    close_code = models.CharField(max_length=14, choices=CloseCode.choices, blank=True, default="")
    note = SealedTextField(blank=True, default="", help_text="what was found, in their own words")
    learnt = models.BooleanField(default=False, help_text="whether the guard knows how it ended")

    objects: ClassVar[AlertQuerySet] = AlertQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["elder", "ground", "is_notice"],
                condition=models.Q(closed_at__isnull=True),
                name="one_open_alert_per_ground",
            )
        ]
        indexes = [models.Index(fields=["-raised_at"], name="alert_newest")]

    def __str__(self) -> str:
        return f"{self.ground} {self.elder_id}"


class Step(models.Model):
    """One rung of an alert's ladder, and what became of it."""

    alert = models.ForeignKey(Alert, models.CASCADE, related_name="steps")
    call = models.CharField(max_length=14, choices=Call.choices)
    order = models.PositiveSmallIntegerField(default=0, help_text="which contact")
    due_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.WAITING)
    taken_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["due_at", "pk"]
        indexes = [
            models.Index(fields=["due_at"], name="step_due", condition=models.Q(outcome="waiting"))
        ]

    def __str__(self) -> str:
        return f"{self.call} of {self.alert_id}"


class Ring(models.Model):
    """One telephone call of a rung: to whom, in which words, what came of it."""

    step = models.ForeignKey(Step, models.CASCADE, related_name="rings")
    party = models.CharField(max_length=8, choices=Party.choices)
    contact = models.ForeignKey(Contact, models.SET_NULL, null=True, related_name="rings")
    phone = SealedTextField()
    words = SealedTextField()
    rung_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.CALLING)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["rung_at", "pk"]
        indexes = [
            models.Index(
                fields=["rung_at"], name="ring_open", condition=models.Q(outcome="calling")
            )
        ]

    def __str__(self) -> str:
        return f"ring {self.pk} of {self.step_id}"


class ShadowRun(models.Model):
    """A replay of the deployment's own record, asked for on a page and done by the worker."""

    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    area_path = models.CharField(max_length=140)
    days = models.PositiveSmallIntegerField()
    inject = models.PositiveIntegerField(default=0, help_text="collapses put in")
    seed = models.PositiveIntegerField(default=1)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    failed = models.TextField(blank=True, default="")
    report = models.JSONField(default=dict, help_text="figures as printed by `gongzhi replay`")

    class Meta:
        ordering = ["-asked_at"]

    def __str__(self) -> str:
        return f"shadow run {self.pk}"

"""What the people of a desk share: replies, macros, searches; who watches, who has it open."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from gongzhi.access.models import Person
from gongzhi.cases.models.case import Case
from gongzhi.cases.words import ReplyUse
from gongzhi.places.models import Area


def _above_or_own(person: Person) -> models.Q:
    """Rows of the areas in which the person holds a post, and of all areas above them."""
    codes = {code for post in person.held for code in post.area.path.strip("/").split("/")}
    return models.Q(area__code__in=codes)


class ReplyQuerySet(models.QuerySet["Reply"]):
    """What a desk shares is there for everybody who works in its area."""

    def visible_to(self, person: Person) -> Self:
        """Those of the person's own areas and of the areas above."""
        return self.filter(_above_or_own(person))

    def in_use(self) -> Self:
        """Those not retired."""
        return self.filter(retired_at=None)


class Reply(models.Model):
    """A text the desk writes again and again, with fields that are filled from the case."""

    area = models.ForeignKey(Area, models.PROTECT, related_name="replies")
    use = models.CharField(_("用在哪里"), max_length=10, choices=ReplyUse.choices)
    item_code = models.CharField(_("事项"), max_length=8, blank=True, default="")
    name = models.CharField(_("名称"), max_length=40)
    text = models.CharField(_("内容"), max_length=1000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    objects = ReplyQuerySet.as_manager()

    class Meta:
        verbose_name = _("答复模板")
        ordering = ["use", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                "area", "use", "name",
                condition=models.Q(retired_at__isnull=True),
                name="one_reply_per_name",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name


class MacroQuerySet(models.QuerySet["Macro"]):
    """What a desk shares is there for everybody who works in its area."""

    def visible_to(self, person: Person) -> Self:
        """Those of the person's own areas and of the areas above."""
        return self.filter(_above_or_own(person))


class Macro(models.Model):
    """Several acts done together to each of the chosen cases, under one name."""

    area = models.ForeignKey(Area, models.PROTECT, related_name="macros")
    name = models.CharField(_("名称"), max_length=40)
    acts = models.JSONField(help_text='[{"act": "dispatch", "text": "…", "days": 2}]')
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = MacroQuerySet.as_manager()

    class Meta:
        verbose_name = _("批量操作组合")
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint("area", "name", name="one_macro_per_name")]

    def __str__(self) -> str:
        return self.name


class SavedSearchQuerySet(models.QuerySet["SavedSearch"]):
    """Own searches and those the desk shares."""

    def visible_to(self, person: Person) -> Self:
        """The person's own, and those shared in their areas and above."""
        return self.filter(models.Q(owner=person) | _above_or_own(person))


class SavedSearch(models.Model):
    """A list as filtered, kept under a name; shared with the desk of `area` when there is one."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_searches"
    )
    area = models.ForeignKey(Area, models.CASCADE, null=True, related_name="saved_searches")
    name = models.CharField(_("名称"), max_length=20)
    query = models.CharField(max_length=400, help_text="as the address of the list carries it")
    at = models.DateTimeField()

    objects = SavedSearchQuerySet.as_manager()

    class Meta:
        verbose_name = _("常用筛选")
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint("owner", "name", name="one_search_per_name")]

    def __str__(self) -> str:
        return self.name


class Watch(models.Model):
    """Somebody who wants to hear of every step of a case."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="watches")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="watches")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("case", "person", name="watched_once")]
        indexes = [models.Index(fields=["person", "case"], name="watch_of_person")]

    def __str__(self) -> str:
        return f"{self.person} ⌕ {self.case}"


class Presence(models.Model):
    """Which case a member of staff opened last; counts for minutes, then nobody looks at it."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="looking_at"
    )
    case = models.ForeignKey(Case, models.CASCADE, related_name="lookers")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["case", "-at"], name="who_has_it_open")]

    def __str__(self) -> str:
        return f"{self.person} @ {self.case}"

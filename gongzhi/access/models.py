"""People with accounts, the units they work for and the posts they hold."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from gongzhi.access.roles import Role
from gongzhi.kernel.sealed import SealedTextField, blind_index
from gongzhi.places.models import Area


class PersonManager(BaseUserManager["Person"]):
    """Makes accounts; a password is always hashed."""

    def create_user(self, username: str, name: str, password: str | None = None) -> "Person":
        """A new account; without a password nobody can sign in to it."""
        person = self.model(username=username, name=name)
        person.set_password(password)
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser):
    """Somebody with an account: a resident, a grid worker, a dispatcher …"""

    username = models.CharField(_("账号"), max_length=40, unique=True)
    name = models.CharField(_("姓名"), max_length=40)
    phone = SealedTextField(_("电话"), blank=True, default="")
    phone_index = models.CharField(max_length=32, blank=True, default="", db_index=True)
    is_active = models.BooleanField(_("启用"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects: ClassVar[PersonManager] = PersonManager()

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the blind index in step with the phone."""
        self.phone_index = blind_index(self.phone)
        super().save(*args, **kwargs)

    @cached_property
    def held(self) -> list["Post"]:
        """The posts this person holds, with area and unit, read once per request."""
        return list(self.posts.select_related("area", "unit").order_by("pk"))

    @property
    def is_resident_only(self) -> bool:
        """Whether there is no desk or round for this person to go to."""
        return all(post.role == Role.RESIDENT for post in self.held)

    @property
    def post_name(self) -> str:
        """What to print under the name: 滨河街道 调度员."""
        if not self.held:
            return str(Role.RESIDENT.label)
        post = next((p for p in self.held if p.role != Role.RESIDENT), self.held[0])
        where = post.unit.name if post.unit else post.area.name
        return f"{where} {Role(post.role).label}"


class Unit(models.Model):
    """A body that handles cases: a bureau, a property firm, a community's committee."""

    kind = models.CharField(max_length=40, help_text="a code from config/units.yaml")
    name = models.CharField(max_length=80)
    area = models.ForeignKey(Area, models.PROTECT, related_name="units")
    phone = models.CharField(max_length=20, blank=True, default="", help_text="duty desk")

    class Meta:
        constraints = [models.UniqueConstraint("area", "kind", "name", name="one_unit_per_name")]
        indexes = [models.Index(fields=["kind", "area"], name="unit_by_kind")]

    def __str__(self) -> str:
        return self.name


class Post(models.Model):
    """A role that a person holds in an area, and in a unit where the role asks for one."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="posts")
    role = models.CharField(max_length=20, choices=Role.choices)
    area = models.ForeignKey(Area, models.PROTECT, related_name="posts")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="posts")

    class Meta:
        constraints = [
            models.UniqueConstraint("person", "role", "area", "unit", name="one_post_in_a_unit"),
            models.UniqueConstraint(  # SQLite knows no "nulls not distinct"
                "person",
                "role",
                "area",
                condition=models.Q(unit__isnull=True),
                name="one_post_without_a_unit",
            ),
            models.CheckConstraint(
                condition=~models.Q(role=Role.UNIT_STAFF) | models.Q(unit__isnull=False),
                name="unit_staff_has_a_unit",
            ),
        ]
        indexes = [models.Index(fields=["area", "role"], name="post_by_area")]

    def __str__(self) -> str:
        return f"{self.person} · {Role(self.role).label}"

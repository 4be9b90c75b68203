"""What can be begun with people chosen from the register; packages above add theirs.

The register knows no visits and no notices; each names its page, which takes the list's filters.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse

from gongzhi.access.checks import may
from gongzhi.access.models import Person
from gongzhi.access.roles import Can

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as Words
else:
    Words = str  # or a lazy translation of it


@dataclass(frozen=True)
class Start:
    """One thing to begin: what the button says, and the page that takes the filters."""

    label: Words
    icon: str
    page: str
    can: Can

    @property
    def url(self) -> str:
        """The page's address, to which the filters are added."""
        return reverse(self.page)


STARTS: list[Start] = []


def starts_of(person: Person) -> list[Start]:
    """What the person may begin."""
    return [one for one in STARTS if may(person, one.can, within=None)]

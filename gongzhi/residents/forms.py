"""What is chosen on the register's pages, as the reads take it."""

from dataclasses import dataclass
from typing import TypedDict
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from gongzhi.access.models import Person
from gongzhi.kernel.refusals import NotUnderstood
from gongzhi.places.models import Area
from gongzhi.residents.reads import tags
from gongzhi.residents.reads.search import Sought
from gongzhi.residents.rules import selection
from gongzhi.residents.rules.selection import EVERYWHERE, Selection
from gongzhi.residents.words import RequestKind


@dataclass(frozen=True)
class Chosen:
    """The filters of the list of people, as an address carries them."""

    q: str = ""
    area: str = ""
    tag: tuple[str, ...] = ()
    gone: bool = False
    within: Selection = EVERYWHERE

    @classmethod
    def read(cls, query: QueryDict) -> "Chosen":
        """From an address; unknown tags are left out, so that an old bookmark still opens."""
        known = tags.kinds()
        codes = [code for said in query.getlist("tag") for code in said.split(",") if code in known]
        boxes = {name: ",".join(query.getlist(name)) for name in ("grid", "estate")}
        return cls(
            " ".join(query.get("q", "").split())[:60],
            query.get("area", "")[:20],
            tuple(dict.fromkeys(codes)),
            query.get("gone") == "1",
            selection.read({"draw": query.get("draw", ""), **boxes}),
        )

    def sought(self, person: Person) -> Sought:
        """As the search takes it."""
        area = Area.objects.filter(code=self.area).first() if self.area else None
        return Sought(self.q, area, self.tag, self.gone, self.within)

    def query(self, **changes: object) -> str:
        """As an address carries it; tags in one value."""
        said = {
            "q": self.q, "area": self.area, "tag": ",".join(self.tag),
            "gone": "1" if self.gone else "", **self.within.params(), **changes,
        }  # fmt: skip
        return urlencode({key: value for key, value in said.items() if value})

    def toggled(self, code: str) -> str:
        """The address with the tag switched on or off."""
        on = tuple(c for c in self.tag if c != code) if code in self.tag else (*self.tag, code)
        return self.query(tag=",".join(on))

    @property
    def narrowed(self) -> bool:
        """Whether anything was asked for."""
        return self != Chosen()


class Asked(TypedDict):
    """What somebody asks about themselves, as `actions.ask` takes it."""

    kind: RequestKind
    tag: str
    text: str


def asked(said: QueryDict) -> Asked:
    """Read the form, the person's own or the counter's. NotUnderstood when no kind was chosen."""
    kind = said.get("kind", "")
    if kind not in RequestKind.values:
        raise NotUnderstood(_("请选择请求类型。"), field="kind")
    return Asked(
        kind=RequestKind(str(kind)), tag=str(said.get("tag", "")), text=str(said.get("text", ""))
    )

"""What follows from a whistle: the called units hear of it, in time."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from gongzhi.access.models import Person
from gongzhi.journal.models import Event
from gongzhi.journal.record import reacts_to
from gongzhi.messages.models import Message
from gongzhi.messages.tell import tell
from gongzhi.whistles.models import Whistle


@reacts_to("whistles.blown", called="whistles.tell_the_called")
def tell_the_called(event: Event) -> None:
    """Everyone of the called units hears where and when."""
    _tell(event, "whistles/blown", event.facts["units"])


@reacts_to("whistles.called_off", called="whistles.tell_that_it_is_off")
def tell_that_it_is_off(event: Event) -> None:
    """Nobody comes for nothing."""
    units = Whistle.objects.get(pk=event.facts["whistle"]).called.values_list("unit", flat=True)
    _tell(event, "whistles/called_off", units)


@reacts_to("whistles.ended", called="whistles.tell_the_absent")
def tell_the_absent(event: Event) -> None:
    """Whoever did not come hears that this is on record."""
    _tell(event, "whistles/absent", event.facts["absent"])


def _tell(event: Event, template: str, units: Iterable[int]) -> None:
    people = Person.objects.filter(is_active=True, posts__unit__in=list(units)).distinct()
    once = f"event:{event.pk}:{template}"
    tell(people, template, once=once, at=event.at, whistle=event.facts["whistle"])


def worded(message: Message) -> tuple[str, str]:
    """A message about a whistle in words, and the page it leads to."""
    whistle = Whistle.objects.select_related("case").filter(pk=message.facts["whistle"]).first()
    if whistle is None:
        return _("这次召集已经不在了。"), ""
    sentences = {
        "whistles/blown": _("吹哨：请您单位 %(time)s 到%(place)s集合，会商“%(matter)s”。"),
        "whistles/called_off": _("原定 %(time)s 在%(place)s的召集取消：%(why)s"),
        "whistles/absent": _("您单位没有到%(place)s报到（%(time)s），已记录在案。"),
    }
    said = sentences[message.template] % {
        "time": f"{localtime(whistle.starts_at):%m-%d %H:%M}",
        "place": whistle.place,
        "matter": whistle.case.title,
        "why": whistle.called_off_why,
    }
    return said, reverse("whistles_patrol:show", args=[whistle.pk])

"""What follows from a round: the workers of its grids hear of it, and who began it of its end."""

from django.urls import reverse
from django.utils.translation import gettext as _

from gongzhi.access.models import Person
from gongzhi.access.roles import Role
from gongzhi.journal.models import Event
from gongzhi.journal.record import reacts_to
from gongzhi.messages.models import Message
from gongzhi.messages.tell import tell
from gongzhi.visits.models import Round


@reacts_to("visits.begun", called="visits.tell_grid_workers")
def tell_grid_workers(event: Event) -> None:
    """Everyone posted to one of the grids hears of the round once."""
    workers = Person.objects.filter(
        is_active=True, posts__role=Role.GRID_WORKER, posts__area__code__in=event.facts["grids"]
    ).distinct()
    once = f"event:{event.pk}"
    tell(workers, "visits/begun", once=once, at=event.at, round=event.facts["round"])


@reacts_to("visits.finished", called="visits.tell_who_began")
def tell_who_began(event: Event) -> None:
    """Whoever began the round hears that every home was visited."""
    one = Round.objects.select_related("begun_by").get(pk=event.facts["round"])
    tell([one.begun_by], "visits/finished", once=f"event:{event.pk}", at=event.at, round=one.pk)


def worded(message: Message) -> tuple[str, str]:
    """A message about a round in words, and the page it leads to."""
    one = Round.objects.filter(pk=message.facts["round"]).first()
    if one is None:
        return _("这项走访任务已经不在了。"), ""
    if message.template == "visits/finished":
        said = _("走访任务“%(title)s”全部走访完了。") % {"title": one.title}
        return said, reverse("visits:show", args=[one.pk])
    said = _("新的走访任务“%(title)s”，请在 %(due)s 前走访完您网格里的人家。") % {
        "title": one.title,
        "due": f"{one.due_on:%m-%d}",
    }
    return said, reverse("visits_patrol:list")

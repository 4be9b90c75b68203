"""When a grid worker must knock at an elder's door, a case is opened and they are told."""

from uuid import NAMESPACE_URL, uuid5

from django.utils.translation import gettext as _

from gongzhi.access.models import Person, Post
from gongzhi.access.roles import Role
from gongzhi.care.models import Alert, Step
from gongzhi.care.words import Call, Ground, Outcome
from gongzhi.cases import actions as cases
from gongzhi.cases.words import Source
from gongzhi.journal.models import Event
from gongzhi.journal.record import reacts_to
from gongzhi.messages.tell import tell

KNOCKS = frozenset({Call.GRID_WORKER, Call.NEXT_WORKER})


@reacts_to("care.step_taken", called="crossings.alarm_opens_case")
def alarm_opens_case(event: Event) -> None:
    """One case an alert, whichever rung asks; it names the home by its code, not by its address.

    Where somebody goes already, nobody else is told to.
    """
    step = Step.objects.select_related("alert__elder__home__area").get(pk=event.facts["step"])
    if step.call not in KNOCKS or step.outcome == Outcome.SKIPPED:
        return
    alert, home = step.alert, step.alert.elder.home
    if alert.closed_at is not None:
        return
    new = cases.NewReport(
        key=uuid5(NAMESPACE_URL, f"gongzhi:alert:{alert.pk}"),
        reporter_ref=f"g:{alert.pk}",
        text=_text(alert),
        area=home.area,
        address=str(home.building or ""),
        source=Source.SENSOR,
    )
    case = cases.report(by=None, new=new, at=event.at)
    if step.outcome == Outcome.COMING:
        return
    once = f"event:{event.pk}:care/knock"
    tell(_workers(alert, step), "care/knock", once=once, at=event.at, alert=alert.pk, case=case.pk)


def _text(alert: Alert) -> str:
    return _("独居老人守护：%(ground)s，请在30分钟内上门查看（户号 %(home)s）。") % {
        "ground": Ground(alert.ground).label,
        "home": alert.elder.home.code,
    }


def _workers(alert: Alert, step: Step) -> list[Person | None]:
    """The grid's own workers first; everyone on duty in the community when nobody accepted."""
    area = alert.elder.home.area
    if step.call == Call.NEXT_WORKER:
        area = area.community or area
    posts = Post.objects.filter(
        area__path__startswith=area.path,
        role__in=[Role.GRID_WORKER, Role.COMMUNITY_WORKER],
        person__is_active=True,
    )
    return [post.person for post in posts.select_related("person")]

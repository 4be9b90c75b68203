"""A report that came by a printed code is noted as such."""

from gongzhi.cases.models import Case
from gongzhi.doors.models import Entry
from gongzhi.doors.qr.models import Code
from gongzhi.doors.words import Door
from gongzhi.journal.models import Event
from gongzhi.journal.record import reacts_to


@reacts_to("cases.reported", called="qr.note_the_code", only_with="via")
def note_the_code(event: Event) -> None:
    """The case gets an entry of the code; a mark that is no code's is left alone."""
    code = Code.objects.filter(token=str(event.facts["via"])).first()
    if code is None:
        return
    case = Case.objects.get(pk=event.subject_id)
    Entry.objects.get_or_create(
        door=Door.QR,
        issuer=str(code.pk),
        external_id=case.number,
        defaults={"case": case, "at": event.at},
    )

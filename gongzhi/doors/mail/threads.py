"""Which case a letter belongs to: by the number in its subject, or the letters it answers."""

from gongzhi.cases import rules as case_rules
from gongzhi.cases.models import Case
from gongzhi.doors.mail.letters import Letter
from gongzhi.doors.mail.models import Taken
from gongzhi.doors.mail.rules import CASE_NUMBER, OUR_ID
from gongzhi.doors.models import Answer, Entry
from gongzhi.kernel.sealed import blind_index


def ref_of(sender: str) -> str:
    """Who writes: the same address is the same person; never the address itself."""
    return f"x:mailbox:{blind_index(sender)}"


def our_id(answer: Answer) -> str:
    """The Message-ID of an answer: the same whenever it is sent, and nobody can guess it."""
    return _id(answer.pk, answer.entry_id)


def our_id_of_regret(pk: int) -> str:
    """The Message-ID of a letter that says why there is no case; it has no entry."""
    return _id(pk, 0)


def ours(message_id: str) -> tuple[int, int] | None:
    """The answer and entry that a Message-ID of ours names, or a regret and 0; None when forged."""
    match = OUR_ID.fullmatch(message_id)
    if match is None or match[3] != _seal_of(int(match[1]), int(match[2])):
        return None
    return int(match[1]), int(match[2])


def _id(pk: int, entry: int) -> str:
    return f"gongzhi.{pk}.{entry}.{_seal_of(pk, entry)}"


def case_of(letter: Letter) -> Case | None:
    """The open case that the writer continues; None for a new matter.

    Only its own reporter continues a case: whoever else names its number starts a new one.
    """
    ref = ref_of(letter.sender)
    pks = {
        pk
        for number in CASE_NUMBER.findall(letter.subject)
        if (pk := case_rules.pk_of(number)) is not None
    }
    if entries := {named[1] for named in map(ours, letter.threads) if named and named[1]}:
        pks |= set(Entry.objects.filter(pk__in=entries).values_list("case_id", flat=True))
    if letter.threads and not pks:
        theirs = [thread.strip("<>")[:180] for thread in letter.threads]
        before = Taken.objects.filter(
            message_id__in=theirs, sender=blind_index(letter.sender), entry__isnull=False
        )
        pks = {pk for pk in before.values_list("entry__case_id", flat=True) if pk}
    if not pks:
        return None
    found = Case.objects.filter(pk__in=[pk for pk in pks if pk < 2**62], reporter_ref=ref)
    return next(
        (case for case in found.select_related("area").order_by("-pk") if case.is_open), None
    )


def _seal_of(answer: int, entry: int) -> str:
    return blind_index(f"mail:{answer}:{entry}")[:16]

"""What staff wrote for whoever reported: on the case, else on the one it was merged into."""

from collections.abc import Iterable

from gongzhi.cases.models import Case, Remark
from gongzhi.cases.words import RemarkKind

REPLIES = (RemarkKind.HANDLING, RemarkKind.DECLINE)


def reply_to(case: Case) -> str:
    """How it was solved, or why it was not taken up; the latest of both, empty before."""
    return replies_to([case]).get(case.pk, "")


def replies_to(cases: Iterable[Case]) -> dict[int, str]:
    """The reply to each case that has one, by pk, in one query."""
    parents = {case.pk: case.parent_id for case in cases}
    asked = {*parents, *(pk for pk in parents.values() if pk is not None)}
    written = dict(
        Remark.objects.filter(case__in=asked, kind__in=REPLIES)
        .order_by("pk")
        .values_list("case_id", "text")
    )
    return {
        pk: text
        for pk, parent in parents.items()
        if (text := written.get(pk) or written.get(parent or 0))
    }

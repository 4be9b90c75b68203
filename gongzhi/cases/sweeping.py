"""Stored files that no case came for are removed after a day."""

from datetime import datetime, timedelta
from itertools import islice

from gongzhi.cases import files
from gongzhi.cases.models import Attachment
from gongzhi.journal.chores import chore

WAITS = timedelta(hours=24)
AT_ONCE = 500  # files looked up together, so that a large store needs little memory


@chore("cases.sweep_files", every=timedelta(hours=6))
def sweep_by_and_by(at: datetime) -> bool:
    """The worker's part; several may sweep at once, since removing twice does no harm."""
    sweep(written_before=at - WAITS)
    return False  # one look was enough


def sweep(*, written_before: datetime) -> int:
    """Remove files without a case, and unfinished ones, last written before; how many it was."""
    removed = 0
    old = files.older_than(written_before)
    while lot := list(islice(old, AT_ONCE)):
        tokens = {token for token, _path in lot}
        rows = Attachment.objects.filter(token__in=tokens)
        wanted = set(rows.values_list("token", flat=True))
        for token, path in lot:
            if token not in wanted or path.name.endswith(".part"):
                path.unlink(missing_ok=True)
                removed += 1
    return removed

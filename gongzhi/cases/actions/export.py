"""Taking a list out of the house."""

from datetime import datetime

from gongzhi.access.models import Person
from gongzhi.cases.reads.lists import Filters, all_rows
from gongzhi.journal.record import record
from gongzhi.kernel.actions import action


@action
def export_list(*, by: Person, filters: Filters, at: datetime) -> int:
    """Keep on record that the person took out the list as filtered; gives its number of rows.

    What was searched for is left out of the record, since people search for names.
    """
    rows = all_rows(by, filters, at=at).count()
    record(
        "cases.list_exported",
        about=by,
        by=by,
        at=at,
        area_path=by.held[0].area.path if by.held else "",
        rows=rows,
        filters=filters.with_(q="").query(),
        searched=bool(filters.q),
    )
    return rows

"""Five years of a district's cases by the database itself, out of some that the demo invented.

The demo's author writes a few thousand cases with their record; the database copies them, each with
its events and remarks, to other moments, places and reporters, at the rate of half a million a year
until now. What would end after now is still open, so that the work at hand is what such a rate
leaves, whatever the total.
"""

from datetime import datetime, timedelta
from random import Random

from rich.progress import Progress

from bench.bare import bare_tables

A_YEAR = 500_000
PATTERNS = 2_000
CHUNK = 25_000
TABLES = ("cases_case", "journal_event", "cases_remark")
# A district of 130 km² around the demo's town: a matter in five comes up where the demo had one.
DEGREES = 0.12
REPORTERS = 300_000


def settle(rng: Random) -> None:
    """Areas, people, units, catalogue, flows and the demo's cases."""
    from django.core.management import call_command
    from django.utils.timezone import localtime, now

    from gongzhi.catalogue.models import Item
    from gongzhi.demo import cases, places
    from gongzhi.demo.people import Names, settle_people
    from gongzhi.demo.phrases import read_phrases
    from gongzhi.demo.spots import draw_spots
    from gongzhi.demo.town import draw

    for command in ("load_calendar", "load_flows", "load_catalogue"):
        call_command(command, verbosity=0)
    places.settle(draw())
    names = Names(rng)
    cast = settle_people(names, rng)
    scene = cases.Scene(
        cast=cast,
        names=names,
        phrases=read_phrases(),
        spots=draw_spots(rng),
        items=list(Item.objects.filter(edition__active=True).order_by("code")),
        now=localtime(now()),
        rng=rng,
    )
    cases.settle_cases(scene, _NoAlbum(), lambda _n: None, PATTERNS)


class _NoAlbum:
    """Pictures without pixels: what a page costs is the row and the address of each."""

    def copy(self, _scene: str, _variant: int, *, fixed: bool) -> "_NoPicture":
        return _NoPicture()


class _NoPicture:
    def as_fields(self) -> dict[str, object]:
        from secrets import token_urlsafe

        return {
            "token": token_urlsafe(32), "kind": "photo", "media_type": "image/jpeg",
            "width": 1200, "height": 900, "size": 90_000,
        }  # fmt: skip


def copy(count: int, progress: Progress) -> None:
    """Copies, from the oldest to the newest, until there are `count` cases in all."""
    from django.db import connection
    from django.utils.timezone import now

    from gongzhi.cases.models import Case

    here = Case.objects.count()
    begin = now() - timedelta(days=365 * count / A_YEAR)
    step = (now() - begin) / max(count - here, 1)
    task = progress.add_task("cases", total=count - here)
    with bare_tables(TABLES), connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pick, lines")  # of a smaller size before
        cursor.execute(_PICK)
        cursor.execute(_LINES)
        cursor.execute("ANALYZE pick; ANALYZE lines")
        bounds = _Bounds(cursor)
        for first in range(0, count - here, CHUNK):
            some = min(CHUNK, count - here - first)
            _chunk(cursor, bounds, begin + step * first, step, some)
            progress.advance(task, some)
        progress.update(task, description="indexes")
        for table in TABLES:
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'),"
                f" (SELECT max(id) FROM {table}))"
            )


class _Bounds:
    """The next free numbers."""

    def __init__(self, cursor) -> None:
        cursor.execute("SELECT count(*) FROM pick")
        self.patterns = cursor.fetchone()[0]
        self.cases, self.events, self.remarks = (self._next(cursor, t) for t in TABLES)
        cursor.execute("SELECT max(n) FROM lines")
        self.lines = cursor.fetchone()[0] or 0

    @staticmethod
    def _next(cursor, table: str) -> int:
        cursor.execute(f"SELECT coalesce(max(id), 0) + 1 FROM {table}")
        return int(cursor.fetchone()[0])


def _chunk(cursor, bounds: _Bounds, begin: datetime, step: timedelta, some: int) -> None:
    given = {
        "some": some, "begin": begin, "step": step, "patterns": bounds.patterns,
        "case": bounds.cases, "event": bounds.events, "remark": bounds.remarks,
        "lines": bounds.lines + 1, "degrees": DEGREES, "reporters": REPORTERS,
    }  # fmt: skip
    cursor.execute("DROP TABLE IF EXISTS made")
    cursor.execute(_MADE, given)
    cursor.execute(_cases(), given)
    cursor.execute(_EVENTS, given)
    cursor.execute(_REMARKS, given)
    bounds.cases += some
    bounds.events += some * (bounds.lines + 1)
    bounds.remarks += some * (bounds.lines + 1)


# Which of the demo's cases are copied: those that came to an end by themselves.
_PICK = """
CREATE TEMPORARY TABLE pick AS
SELECT row_number() OVER () - 1 AS k, id, reported_at FROM cases_case
 WHERE ended_at IS NOT NULL AND parent_id IS NULL
"""
_LINES = """
CREATE TEMPORARY TABLE lines AS
SELECT e.*, p.k, row_number() OVER (PARTITION BY e.subject_id ORDER BY e.id) AS n,
       r.kind AS r_kind, r.ground AS r_ground, r.text AS r_text
  FROM journal_event e JOIN pick p ON e.kind = 'case' AND e.subject_id = p.id
  LEFT JOIN cases_remark r ON r.event_id = e.id
"""
_MADE = """
CREATE TEMPORARY TABLE made AS
SELECT n.i, n.at, p.id AS pattern, p.k, n.at - p.reported_at AS later, n.dice
  FROM (SELECT i, random() AS dice, %(begin)s::timestamptz + i * %(step)s::interval AS at,
               floor(random() * %(patterns)s)::int AS k
          FROM generate_series(0, %(some)s - 1) AS i) n
  JOIN pick p ON p.k = n.k
"""
# Event numbers leave room for the longest record, so that each remark knows its event's number.
_EVENTS = """
INSERT INTO journal_event (id, name, kind, subject_id, by_id, at, area_path, facts, xact)
SELECT %(event)s + m.i::bigint * %(lines)s + l.n, l.name, l.kind, %(case)s + m.i, l.by_id,
       l.at + m.later, l.area_path, l.facts, 1
  FROM made m JOIN lines l ON l.k = m.k WHERE l.at + m.later <= now()
"""
_REMARKS = """
INSERT INTO cases_remark (id, case_id, event_id, kind, ground, text)
SELECT %(remark)s + m.i::bigint * %(lines)s + l.n, %(case)s + m.i,
       %(event)s + m.i::bigint * %(lines)s + l.n, l.r_kind, l.r_ground, l.r_text
  FROM made m JOIN lines l ON l.k = m.k
 WHERE l.r_kind IS NOT NULL AND l.at + m.later <= now()
"""
_HANDED = "t.dispatched_at + m.later <= now()"
_HANDLED = "t.handled_at + m.later <= now()"
_ENDED = "t.ended_at + m.later <= now()"
_VALUES = {
    "id": "%(case)s + m.i",
    "key": "gen_random_uuid()",
    # Grid workers report again and again; everybody else a few times in a life.
    "reporter_ref": "CASE WHEN t.source = 'patrol' THEN t.reporter_ref"
    " ELSE 'd:' || md5(floor(random() * %(reporters)s)::text) END",
    "reported_by_id": "CASE WHEN t.source = 'patrol' THEN t.reported_by_id END",
    "lng": "t.lng + CASE WHEN m.dice > 0.2 THEN (random() - 0.5) * %(degrees)s ELSE 0 END",
    "lat": "t.lat + CASE WHEN m.dice > 0.2 THEN (random() - 0.5) * %(degrees)s ELSE 0 END",
    "status": f"CASE WHEN {_ENDED} THEN t.status WHEN {_HANDLED} THEN 'handled'"
    f" WHEN {_HANDED} THEN 'accepted' ELSE 'reported' END",
    "handler_id": f"CASE WHEN {_HANDED} THEN t.handler_id END",
    "unit_id": f"CASE WHEN {_HANDED} THEN t.unit_id END",
    "dispatched_at": f"CASE WHEN {_HANDED} THEN t.dispatched_at + m.later END",
    "handled_at": f"CASE WHEN {_HANDLED} THEN t.handled_at + m.later END",
    "ended_at": f"CASE WHEN {_ENDED} THEN t.ended_at + m.later END",
    "stars": f"CASE WHEN {_ENDED} THEN t.stars END",
    "reported_at": "m.at",
    "due_at": "t.due_at + m.later",
    "desk_since": "m.at",
    "warn_at": "NULL",
    "press_at": "NULL",
    "overdue_at": "t.overdue_at + m.later",
    "joined": "0",
}


def _cases() -> str:
    from gongzhi.cases.models import Case

    columns = [f.column for f in Case._meta.concrete_fields if not f.generated]
    chosen = ", ".join(_VALUES.get(c, f't."{c}"') for c in columns)
    quoted = ", ".join(f'"{c}"' for c in columns)
    return (
        f"INSERT INTO cases_case ({quoted}) SELECT {chosen}"
        " FROM made m JOIN cases_case t ON t.id = m.pattern"
    )

"""The desk's list of cases: filtered, counted and sorted in a constant number of queries."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, time, timedelta
from urllib.parse import urlencode

from django.db.models import Count, F, OrderBy, Q, QuerySet, TextChoices
from django.db.models.functions import Greatest
from django.utils.timezone import localtime, make_aware

from gongzhi.access.models import Person
from gongzhi.cases import rules
from gongzhi.cases.models import Case
from gongzhi.cases.reads.stretches import Stretch, moment, stretch
from gongzhi.cases.words import DueWindow, Nature, Sort, Source, Status, Tab
from gongzhi.catalogue.models import Item
from gongzhi.kernel.numbers import whole
from gongzhi.kernel.plans import planned_for_these_values
from gongzhi.places.models import Area

ROWS = 50
QUERY_MOST = 60
COUNT_MOST = 1000  # more is not counted out: nobody reads it, and it would cost a whole scan
SOON = timedelta(hours=4)
TODO = (
    Status.REPORTED,
    Status.RETURNED,
    Status.ARBITRATION,
    Status.HANDLED,
    Status.CHECKED,
)
DOING = (Status.DISPATCHED, Status.ACCEPTED)
_LONG = (Tab.DONE, Tab.ALL)
# What a row does not show need not be fetched, and sealed columns cost an unsealing each.
UNSHOWN = (
    "text", "suggestion", "contact_name", "contact_phone", "handler__phone", "handler__password",
    "area__polygon", "area__parent__polygon", "item__synonyms", "item__hints", "item__stages",
    "item__assists", "item__closing", "item__evidence", "item__emergency",
)  # fmt: skip


@dataclass(frozen=True)
class Filters:
    """What the desk asked for; each value is harmless and empty means "any"."""

    tab: str = Tab.TODO
    q: str = ""
    area: str = ""  # an area's code
    kind: str = ""  # a class's code
    status: str = ""
    due: str = ""
    source: str = ""
    nature: str = ""
    watched: str = ""  # "1": only what the person watches
    sort: str = ""
    page: int = 1
    past: str = ""  # where the stretch of a long list begins, see reads.stretches

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "Filters":
        """From an address; what is not known is left out, so that an old bookmark still opens."""
        return cls(
            tab=_known(query.get("tab", ""), Tab) or Tab.TODO,
            q=rules.clean(query.get("q", ""))[:QUERY_MOST],
            area=rules.clean(query.get("area", ""))[:20],
            kind=rules.clean(query.get("kind", ""))[:8],
            status=_known(query.get("status", ""), Status),
            due=_known(query.get("due", ""), DueWindow),
            source=_known(query.get("source", ""), Source),
            nature=_known(query.get("nature", ""), Nature),
            watched="1" if query.get("watched") == "1" else "",
            sort=_known(query.get("sort", ""), Sort),
            page=whole(query.get("page", ""), 6) or 1,
            past=past if moment(past := query.get("past", "")) else "",
        )

    def with_(self, **changes: object) -> "Filters":
        """The same filters with some of them changed, on the first page of the newest."""
        return replace(self, **{"page": 1, "past": "", **changes})  # type: ignore[arg-type]

    def query(self) -> str:
        """As an address carries them, without what is empty or usual: "tab=late&q=路灯"."""
        usual = Filters()
        said = {f.name: getattr(self, f.name) for f in fields(self)}
        return urlencode({k: v for k, v in said.items() if v and v != getattr(usual, k)})

    @property
    def narrowed(self) -> bool:
        """Whether anything but the tab, the order and the page was asked for."""
        return self.with_(tab=Tab.TODO, sort="") != Filters()


@dataclass(frozen=True)
class Page:
    """One page of the list; `counts` are those of every tab, none above COUNT_MOST.

    `least` names the tabs that hold more than was counted. `looked` is the stretch of a long list.
    `opened` are the counts of open cases, see `open_counts`.
    """

    rows: list[Case]
    filters: Filters
    counts: dict[str, int]
    more: bool  # whether there are rows behind this page
    least: frozenset[str] = frozenset()
    looked: Stretch | None = field(default=None)
    opened: Mapping[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """How many rows the list has; at least so many where `least` names its tab."""
        return max(self.counts[self.filters.tab], self.last)

    @property
    def first(self) -> int:
        """The running number of the first row shown, from 1; 0 in an empty list."""
        return (self.filters.page - 1) * ROWS + 1 if self.rows else 0

    @property
    def last(self) -> int:
        """The running number of the last row shown."""
        return (self.filters.page - 1) * ROWS + len(self.rows)

    @property
    def before(self) -> Filters | None:
        """The page before this one."""
        page = self.filters.page
        return replace(self.filters, page=page - 1) if page > 1 else None

    @property
    def older(self) -> Filters | None:
        """The next stretch of a long list, after the last page of this one."""
        if self.more or self.looked is None or not self.looked.next:
            return None
        return self.filters.with_(past=self.looked.next)

    @property
    def newest(self) -> Filters | None:
        """The beginning of the list, when this stretch lies further on."""
        return self.filters.with_() if self.filters.past else None

    @property
    def after(self) -> Filters | None:
        """The page behind this one."""
        return replace(self.filters, page=self.filters.page + 1) if self.more else None


def page_of(person: Person, filters: Filters, *, at: datetime) -> Page:
    """One page of what the person may see, soonest deadline first; a handful of queries.

    A page behind the end shows the last one instead. Lists of ended cases are looked through a
    stretch at a time, whatever is asked for.
    """
    cases = matching(person, filters, at=at)
    looked = _looked(filters)
    listed = sorted_for(filters.tab, cases.filter(in_tab(filters.tab, at)), filters.sort)
    if looked:
        listed = listed.filter(looked.condition)
    with planned_for_these_values():
        pks = _pks(listed, filters.page)
        if not pks and filters.page > 1:
            pages = max(1, -(-listed.order_by().count() // ROWS))
            filters = replace(filters, page=min(filters.page, pages))
            pks = _pks(listed, filters.page)
        opened = open_counts(cases, at, all_open=bool(filters.due))
        counts, least = _counted(cases, opened, few=_is_short(filters))
    # What a row shows is fetched for these alone: else everything that belongs to every open case
    # would be carried through the sort.
    rows = with_row_fields(Case.objects.all()).in_bulk(pks[:ROWS]) if pks else {}
    shown = [rows[pk] for pk in pks if pk in rows]
    return Page(shown, filters, counts, len(pks) > ROWS, least, looked, opened)


def _looked(filters: Filters) -> Stretch | None:
    """The stretch in the order of the list; None for lists that are short by themselves."""
    if filters.tab not in _LONG or _is_short(filters):
        return None
    by_end = filters.tab == Tab.DONE and filters.sort not in (Sort.NEWEST, Sort.OLDEST)
    column = "ended_at" if by_end else "reported_at"
    return stretch(column, filters.past, forwards=filters.sort == Sort.OLDEST)


def _pks(listed: QuerySet[Case], page: int) -> list[int]:
    """The cases of the page and one more, which tells whether there is another page."""
    start = (page - 1) * ROWS
    return list(listed.values_list("pk", flat=True)[start : start + ROWS + 1])


def _is_short(filters: Filters) -> bool:
    """Whether the filters leave few cases by themselves: open ones, watched ones, one number."""
    return bool(
        filters.watched
        or filters.due
        or filters.status in rules.OPEN
        or rules.pk_of(filters.q) is not None
    )


def open_counts(cases: QuerySet[Case], at: datetime, *, all_open: bool = False) -> dict[str, int]:
    """How many are open in each tab, and how many run out "soon" or are "overdue"; one query.

    `all_open` when the cases are open ones already: asked twice, PostgreSQL expects next to none.
    """
    # That the cases are open is asked once, not again by each of the counts.
    wanted = {tab.value: condition for tab, condition in _among_open(at).items()}
    for name, window in (("soon", DueWindow.SOON), ("overdue", DueWindow.LATE)):
        wanted[name] = Q(handled_at=None) & _runs_out(window, at)
    counting = {name: Count("pk", filter=condition) for name, condition in wanted.items()}
    opened = cases if all_open else cases.filter(status__in=rules.OPEN)
    return opened.aggregate(**counting)


def _counted(
    cases: QuerySet[Case], opened: Mapping[str, int], *, few: bool
) -> tuple[dict[str, int], frozenset[str]]:
    """The count of every tab, and which of them is only a least.

    Open cases are few and counted out; of all and of ended ones only those among so many of the
    newest as anybody reads, since a rare filter would otherwise read all there ever were.
    """
    newest = Stretch("reported_at") if few else stretch("reported_at")
    among = cases.filter(newest.condition).order_by("-reported_at", "-pk")
    found = list(among.values_list("status", flat=True)[:COUNT_MOST])
    counts = {tab.value: opened[tab] for tab in Tab if tab not in _LONG}
    counts |= {Tab.ALL: len(found), Tab.DONE: sum(status in rules.ENDED for status in found)}
    full = {tab for tab, n in counts.items() if n >= COUNT_MOST}
    least = full | (set(_LONG) if newest.next or Tab.ALL in full else set())
    return {tab.value: min(counts[tab], COUNT_MOST) for tab in Tab}, frozenset(least)


def all_rows(person: Person, filters: Filters, *, at: datetime) -> QuerySet[Case]:
    """The whole list of a tab, for taking it out."""
    cases = matching(person, filters, at=at).filter(in_tab(filters.tab, at))
    listed = sorted_for(filters.tab, cases, filters.sort)
    return listed.select_related("area__parent", "item", "unit", "handler")


def with_row_fields(cases: QuerySet[Case]) -> QuerySet[Case]:
    """With everything a row shows and nothing that it does not."""
    return cases.select_related("area__parent", "item__item_class", "unit", "handler").defer(
        *UNSHOWN
    )


def matching(person: Person, filters: Filters, *, at: datetime) -> QuerySet[Case]:
    """Everything the person may see that fits the filters, whatever its tab."""
    cases = Case.objects.visible_to(person)
    # Area and class by a sum, which no index has: along their own indexes PostgreSQL would pass
    # every case there ever was of them, to find the few among those open or newest.
    if filters.area:
        areas = Area.objects.filter(path__contains=f"/{filters.area}/").values_list("pk", flat=True)
        cases = cases.alias(of_area=F("area_id") + 0).filter(of_area__in=list(areas))
    if filters.kind:
        items = Item.objects.filter(item_class__code=filters.kind).values_list("pk", flat=True)
        cases = cases.alias(of_item=F("item_id") + 0).filter(of_item__in=list(items))
    if filters.status:
        cases = cases.filter(status=filters.status)
    if filters.source:
        cases = cases.filter(source=filters.source)
    if filters.nature:
        cases = cases.filter(nature=filters.nature)
    if filters.watched:
        cases = cases.filter(watches__person=person)
    if filters.due:
        cases = cases.filter(due_within(filters.due, at))
    return cases.filter(_said(filters.q)) if filters.q else cases


def in_tab(tab: str, at: datetime) -> Q:
    """The condition of a tab."""
    if tab in _LONG:
        return Q(status__in=rules.ENDED) if tab == Tab.DONE else Q()
    found = _among_open(at)[Tab(tab)]
    return Q(status__in=rules.OPEN) & found if tab in (Tab.LATE, Tab.URGENT) else found


def _among_open(at: datetime) -> dict[Tab, Q]:
    """What of the open cases is in which tab."""
    return {
        Tab.TODO: Q(status__in=TODO) & ~asleep(at),
        Tab.LATER: Q(status__in=TODO) & asleep(at),
        Tab.DOING: Q(status__in=DOING),
        Tab.LATE: Q(handled_at=None, due_at__lt=at) & ~Q(status=Status.MERGED),
        Tab.URGENT: Q(grade="urgent"),
    }


def asleep(at: datetime) -> Q:
    """Put off by the desk until later; what runs out of time in between is awake again."""
    running_out = Q(handled_at__isnull=True, due_at__lte=at)
    return Q(snoozed_until__isnull=False, snoozed_until__gt=at) & ~running_out


def due_within(window: str, at: datetime) -> Q:
    """The condition of a deadline window; it runs only while nothing was handled."""
    return Q(status__in=rules.OPEN, handled_at=None) & _runs_out(window, at)


def _runs_out(window: str, at: datetime) -> Q:
    midnight = datetime.combine(localtime(at), time.max, tzinfo=localtime(at).tzinfo)
    return {
        DueWindow.LATE: Q(due_at__lt=at),
        DueWindow.SOON: Q(due_at__gte=at, due_at__lte=at + SOON),
        DueWindow.TODAY: Q(due_at__gte=at, due_at__lte=midnight),
        DueWindow.WEEK: Q(due_at__gte=at, due_at__lte=midnight + timedelta(days=6)),
    }[DueWindow(window)]


def sorted_for(tab: str, cases: QuerySet[Case], sort: str = "") -> QuerySet[Case]:
    """Work by time left, and what waits to be checked behind it; ended and all by the newest.

    Long lists take only the orders that an index holds. What is open is found by its status and put
    in order afterwards: along the index of times all ended cases would lie before the oldest.
    """
    if sort in (Sort.NEWEST, Sort.OLDEST):
        when = F("reported_at") if tab in _LONG else Greatest("reported_at", "reported_at")
        newest = sort == Sort.NEWEST
        return cases.order_by(OrderBy(when, descending=newest), "-pk" if newest else "pk")
    if tab == Tab.DONE:
        return cases.order_by("-ended_at", "-pk")
    if tab == Tab.ALL:
        return cases.order_by("-reported_at", "-pk")
    if sort == Sort.JOINED:
        return cases.order_by("-joined", "due_at", "pk")
    return cases.order_by(F("handled_at").asc(nulls_first=True), "due_at", "pk")


def _said(q: str) -> Q:
    """A whole case number finds that case; other words must all occur in text or address."""
    if (pk := rules.pk_of(q)) is not None:
        return _numbered(q, pk)
    found = Q()
    for word in q.split():
        # Chinese has no capitals, and folding them costs as much again as looking for the word.
        has = "contains" if word.upper() == word.lower() else "icontains"
        found &= Q(**{f"text__{has}": word}) | Q(**{f"address__{has}": word})
    return found


def _numbered(number: str, pk: int) -> Q:
    """The case of that running number, if it was reported on the day that the number names."""
    digits = number.strip().upper().removeprefix(rules.NUMBER_HEAD)
    try:
        day = make_aware(datetime.strptime(digits[:6], "%y%m%d"))  # noqa: DTZ007 - local day
    except ValueError:
        return Q(pk=None)
    return Q(pk=pk, reported_at__gte=day, reported_at__lt=day + timedelta(days=1))


def _known(value: str, words: type[TextChoices]) -> str:
    return value if value in words.values else ""

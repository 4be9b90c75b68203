"""Five thousand cases of the last ninety days, with a record that tells how each came to be."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from django.utils.timezone import localtime

from gongzhi.access.models import Person
from gongzhi.calendars import reads as calendars
from gongzhi.cases import rules
from gongzhi.cases.models import Attachment, Case, Claimant, Remark
from gongzhi.cases.reads.desks import first_desk
from gongzhi.cases.words import FileMoment, Source, Status
from gongzhi.catalogue import reads as catalogue
from gongzhi.catalogue.models import Item
from gongzhi.demo.people import Cast, Names
from gongzhi.demo.photos import Album, scene_of
from gongzhi.demo.phrases import Phrases, alarm_of
from gongzhi.demo.rhythm import Rhythm
from gongzhi.demo.spots import Spot
from gongzhi.demo.stories import Reporter, Start, Step, Story
from gongzhi.demo.telling import Teller
from gongzhi.flows import reads as flows
from gongzhi.journal.models import Event

COUNT = 5000
BATCH = 1000
SOURCES = {
    Source.POCKET: 36,
    Source.PATROL: 28,
    Source.HOTLINE: 13,
    Source.WECHAT: 7,
    Source.PHONE: 5,
    Source.MAIL: 3,
    Source.VISIT: 6,
    Source.API: 4,
    Source.SENSOR: 2,
}
CLASSES = {"01": 24, "02": 19, "03": 8, "04": 6, "05": 17, "06": 8, "07": 12, "08": 4, "09": 2}
INDOORS = {"04", "08", "09"}  # classes of matters that nobody finds by walking past
STUCK, STUCK_FOR = 0.09, timedelta(days=12)  # overdue cases that nobody has finished yet
CERTAIN = 0.84  # how often the scorer knew the item by itself
# Cases of the last hours, so that each list has something in it at any time of the day:
# the status they stand in, how many, and how long ago they were reported (minutes).
FRESH: list[tuple[Status, int, tuple[int, int]]] = [
    (Status.REPORTED, 5, (2, 55)),
    (Status.DISPATCHED, 4, (15, 110)),
    (Status.ACCEPTED, 4, (40, 220)),
    (Status.HANDLED, 3, (70, 300)),
    (Status.CHECKED, 2, (90, 330)),
    (Status.CLOSED, 3, (120, 420)),
    (Status.RETURNED, 2, (60, 240)),
    (Status.DECLINED, 1, (60, 240)),
]
Progress = Callable[[int], None]


@dataclass
class Scene:
    """What the stories are made of."""

    cast: Cast
    names: Names
    phrases: Phrases
    spots: Sequence[Spot]
    items: Sequence[Item]
    now: datetime
    rng: Random


class Author:
    """Invents the cases one after the other; the same seed invents the same ones."""

    def __init__(self, scene: Scene) -> None:
        self._scene, self._rng = scene, scene.rng
        self._rhythm = Rhythm(scene.now, scene.rng)
        self._calendar = calendars.in_force()
        self._teller = Teller(scene.cast, scene.phrases, self._rhythm, self._calendar, scene.rng)
        self._items, self._weights = _weighed(scene.items)
        self._alarmed = [item for item in scene.items if alarm_of(item)]
        self._photographed = [item for item in self._items if item.code[:2] in {"01", "02", "07"}]

    def write(self, count: int) -> Iterator[Story]:
        """`count` stories in no order, the fresh ones among them."""
        fresh = [(status, minutes) for status, n, minutes in FRESH for _one in range(n)]
        for status, (least, most) in fresh[:count]:
            yield self._fresh(status, timedelta(minutes=self._rng.uniform(least, most)))
        for _number in range(count - len(fresh)):
            yield self._story()

    def _story(self) -> Story:
        rng = self._rng
        source = rng.choices(list(SOURCES), list(SOURCES.values()))[0]
        item = self._item(source)
        spot = rng.choice(self._scene.spots)
        story = self._started(source, item, spot, self._rhythm.report(source))
        overdue = story.start.due_at < self._scene.now < story.start.at + STUCK_FOR
        neighbours = source in {Source.POCKET, Source.HOTLINE} and rng.random() < 0.07
        others = [self._stranger() for _one in range(rng.randint(1, 5))] if neighbours else []
        self._teller.tell(story, others, stuck=overdue and rng.random() < STUCK)
        return story

    def _fresh(self, status: Status, ago: timedelta) -> Story:
        """Half of them are of jumin01 and go to the worker of that grid, wangge01."""
        rng, first = self._rng, self._scene.cast.residents[0]
        own = rng.random() < 0.5
        spots = self._scene.spots
        if own:
            home = first.held[0].area_id
            spots = [spot for spot in spots if spot.grid.pk == home] or spots
        item = rng.choice(self._photographed)
        at = (self._scene.now - ago).replace(microsecond=0)
        reporter = Reporter(f"p:{first.pk}", first) if own else None
        story = self._started(Source.POCKET, item, rng.choice(spots), at, reporter)
        self._teller.tell_until(story, status, by_worker=own)
        return story

    def _started(
        self, source: str, item: Item, spot: Spot, at: datetime, by: Reporter | None = None
    ) -> Story:
        start = Start(
            reporter=by or self._reporter(source, spot),
            source=source,
            spot=spot,
            text=self._scene.phrases.report(item, source, spot.place, self._rng),
            item=item,
            known=self._rng.random() < CERTAIN,
            at=at,
            due_at=self._due(item, item.stages, at),
            due_unclear=self._due(item, (), at),
        )
        return Story(start, self._scene.now)

    def _due(self, item: Item, stages: Sequence[Mapping[str, object]], at: datetime) -> datetime:
        return rules.due(
            localtime(at),
            grade=item.grade,
            item_grade=item.grade,
            limit=rules.handling_limit(stages),
            calendar=self._calendar,
        )

    def _item(self, source: str) -> Item:
        if source == Source.SENSOR:
            return self._rng.choice(self._alarmed)
        item = self._rng.choices(self._items, self._weights)[0]
        while source in {Source.PATROL, Source.API} and item.code[:2] in INDOORS:
            item = self._rng.choices(self._items, self._weights)[0]
        return item

    def _reporter(self, source: str, spot: Spot) -> Reporter:
        match source:
            case Source.PATROL:
                person = self._scene.cast.grid_workers[spot.grid.pk]
                return Reporter(f"p:{person.pk}", person)
            case Source.POCKET if self._rng.random() < 0.12:
                person = self._rng.choice(self._scene.cast.residents)
                return Reporter(f"p:{person.pk}", person)
            case Source.SENSOR | Source.API:
                return Reporter(f"d:{hashlib.sha256(source.encode()).hexdigest()}")
            case _:
                return self._stranger(left_name=source != Source.POCKET)

    def _stranger(self, *, left_name: bool = False) -> Reporter:
        """A device seen for the first time; half of the strangers leave a name and a phone."""
        ref = f"d:{hashlib.sha256(self._rng.randbytes(16)).hexdigest()}"
        if not left_name and self._rng.random() < 0.5:
            return Reporter(ref)
        names = self._scene.names
        surname = self._rng.choice("王李张刘陈杨赵黄周吴徐孙")
        return Reporter(ref, None, f"{surname}{self._rng.choice(['先生', '女士'])}", names.phone())


def _weighed(items: Sequence[Item]) -> tuple[list[Item], list[float]]:
    """Items with how often they are reported: by class, and the first of a class most."""
    place: dict[str, int] = {}
    weights = []
    for item in items:
        head = item.code[:2]
        place[head] = place.get(head, 0) + 1
        weights.append(CLASSES.get(head, 1) / place[head] ** 0.9)
    return list(items), weights


# ── writing them down ────────────────────────────────────────────────────────


def settle_cases(scene: Scene, album: Album, progress: Progress, count: int = COUNT) -> None:
    """Invent and store the cases; `progress` is told numbers that add up to three times `count`."""
    stories = []
    for story in Author(scene).write(count):
        stories.append(story)
        progress(1)
    stories.sort(key=lambda story: story.start.at)
    cases = _store_cases(stories, scene, progress)
    events = _store_events(stories, cases, progress)
    _store_voices(stories, cases, events)
    _store_photos(stories, cases, album, scene.rng)


def _store_cases(stories: Sequence[Story], scene: Scene, progress: Progress) -> list[Case]:
    cases: list[Case] = []
    for begin in range(0, len(stories), BATCH):
        part = stories[begin : begin + BATCH]
        cases += Case.objects.bulk_create([_case(story, scene.rng, scene.now) for story in part])
        progress(len(part))
    return cases


def _case(story: Story, rng: Random, scene_now: datetime) -> Case:
    start, spot = story.start, story.start.spot
    open_now = story.fields["status"] in rules.OPEN
    # While nobody has decided what it is, the promise is the grade's.
    due_at = start.due_at if story.fields["item"] else start.due_unclear
    suggestion = catalogue.as_json(catalogue.suggest(start.text)) if open_now else {}
    return Case(
        key=UUID(int=rng.getrandbits(128), version=4),
        reporter_ref=start.reporter.ref,
        reported_by=start.reporter.person,
        contact_name=start.reporter.name,
        contact_phone=start.reporter.phone,
        secret=f"{rng.randrange(10**8):08d}",
        source=start.source,
        title=rules.title(start.text),
        text=start.text,
        area=spot.grid,
        flow_id=flows.active(flows.STANDARD),
        lng=spot.lng,
        lat=spot.lat,
        address=spot.address,
        suggestion=suggestion,
        reported_at=start.at,
        due_at=due_at,
        desk=first_desk(spot.grid, start.item if start.known else None),
        desk_since=start.at,
        **(_watched(start.at, due_at, scene_now) if open_now else {}),
        **story.fields,
    )


def _watched(begun: datetime, due_at: datetime, now: datetime) -> dict[str, object]:
    """What the clock will do about an open case; what is late already was pressed for long ago."""
    if due_at <= now:
        return {"overdue_at": due_at, "pressed": len(rules.PRESSING)}
    warn_at = rules.warning(begun, due_at)
    return {"warn_at": warn_at} if warn_at > now else {"press_at": due_at}


def _store_events(
    stories: Sequence[Story], cases: Sequence[Case], progress: Progress
) -> list[tuple[Step, Case, Event]]:
    """All steps of all cases in the order of time, as if they had been recorded one by one."""
    lines = sorted(
        ((step, case) for story, case in zip(stories, cases, strict=True) for step in story.steps),
        key=lambda line: line[0].at,
    )
    events: list[Event] = []
    for begin in range(0, len(lines), BATCH):
        part = lines[begin : begin + BATCH]
        events += Event.objects.bulk_create(
            Event(
                name=step.name,
                kind="case",
                subject_id=case.pk,
                by=step.by,
                at=step.at,
                area_path=case.area.path,
                facts=dict(step.facts),
            )
            for step, case in part
        )
        progress(len(stories) * len(events) // len(lines) - len(stories) * begin // len(lines))
    return [(step, case, event) for (step, case), event in zip(lines, events, strict=True)]


def _store_voices(
    stories: Sequence[Story], cases: Sequence[Case], lines: Sequence[tuple[Step, Case, Event]]
) -> None:
    """What people wrote, and who said “me too”."""
    Remark.objects.bulk_create(
        (
            Remark(
                case=case,
                event=event,
                kind=step.said.kind,
                text=step.said.text,
                ground=step.said.ground,
            )
            for step, case, event in lines
            if step.said is not None
        ),
        batch_size=BATCH,
    )
    Claimant.objects.bulk_create(
        (
            Claimant(
                case=case,
                reporter_ref=step.claimant,
                person=step.by,
                source=Source.POCKET,
                at=step.at,
            )
            for step, case, _event in lines
            if step.claimant
        ),
        batch_size=BATCH,
    )


def _store_photos(
    stories: Sequence[Story], cases: Sequence[Case], album: Album, rng: Random
) -> None:
    Attachment.objects.bulk_create(
        (
            attachment
            for story, case in zip(stories, cases, strict=True)
            for attachment in _photos(story, case, album, rng)
        ),
        batch_size=BATCH,
    )


def _photos(story: Story, case: Case, album: Album, rng: Random) -> Iterator[Attachment]:
    start, which = story.start, rng.randrange(100)
    scene = scene_of(start.item.code, start.item.name)
    showable = start.item.code[:2] in {"01", "02", "03", "05", "06", "07"}
    if showable and start.source in {Source.POCKET, Source.PATROL} and rng.random() < 0.8:
        yield _attachment(
            album, scene, which, case, start.reporter.person, start.at, FileMoment.REPORT
        )
    if story.shown_after is not None:
        by = story.fields["handler"]
        yield _attachment(album, scene, which, case, by, story.shown_after, FileMoment.AFTER)


def _attachment(
    album: Album,
    scene: str,
    which: int,
    case: Case,
    by: Person | None,
    at: datetime,
    moment: FileMoment,
) -> Attachment:
    stored = album.copy(scene, which, fixed=moment == FileMoment.AFTER)
    return Attachment(case=case, moment=moment, by=by, at=at, **stored.as_fields())

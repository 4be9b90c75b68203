"""Cases at every stage, and what people were told about them."""

import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from conftest import NOON
from gongzhi.access.models import Person
from gongzhi.cases import actions, files
from gongzhi.cases.models import Case
from gongzhi.cases.tests.uploads import photo, upload
from gongzhi.cases.words import DeclineGround, ReturnGround
from gongzhi.journal.models import Errand
from gongzhi.journal.record import run_one
from gongzhi.messages.models import Message

DONE = "已更换灯泡，现已亮起。"
WHY = "这件事不在本区职责范围内。"
LOST = "找不到说的那个地方"


@pytest.fixture
def told() -> Callable[[], set[tuple[str, str]]]:
    """`told()`: do all that is owed, and all of it again; who was told what since the last call."""

    def work() -> None:
        while run_one(at=NOON + timedelta(days=30)):
            pass
        assert not Errand.objects.filter(done_at=None).exists(), "an errand failed"

    def run() -> set[tuple[str, str]]:
        before = set(Message.objects.values_list("pk", flat=True))
        work()
        new = Message.objects.exclude(pk__in=before)
        messages = list(new.values_list("to__username", "template", "once"))
        Errand.objects.update(done_at=None, tries=0, not_before=NOON)
        work()
        assert new.count() == len(messages), "an errand done twice told somebody twice"
        return {(to, template) for to, template, _once in messages}

    return run


@pytest.fixture
def after_photo() -> files.StoredFile:
    """A photo taken after the work, stored and waiting for its case."""
    return files.take_photo(upload(photo()))


@pytest.fixture
def stage(report, wang, li, chen, he) -> Callable[..., Case]:
    """`stage("handled")`: a case reported by wang, dispatched by chen to li, at that status.

    `to=` is another person or a unit; a unit's case is accepted by `by`.
    """

    def bring(status: str, *, to: Any = li, by: Person | None = None, **given: Any) -> Case:
        case = report(**{"by": wang, **given})
        worker = by or to
        if status == "declined":
            ground = DeclineGround.BEYOND_DUTY
            actions.decline(by=chen, case=case, ground=ground, answer=WHY, at=NOON)
        steps: list[Callable[[], object]] = [
            lambda: actions.dispatch(by=chen, case=case, to=to, at=NOON),
            lambda: actions.accept(by=worker, case=case, at=NOON),
            lambda: handle(case, worker),
            lambda: actions.approve(by=he, case=case, at=NOON),
            lambda: actions.close(by=he, case=case, at=NOON),
        ]
        if status == "merged":
            parent = report(**{"by": wang, **given})
            steps = [lambda: actions.merge(by=chen, parent=parent, cases=[case], at=NOON)]
        steps[1:] = {
            "returned": [lambda: give_back(case, worker)],
            # on its way for the third time
            "arbitration": [lambda: pass_on_twice(case), lambda: give_back(case, worker)],
        }.get(status, steps[1:])
        for step in steps:
            if case.status == status:
                break
            step()
        assert case.status == status
        return Case.objects.get(pk=case.pk)

    def handle(case: Case, worker: Person) -> None:
        shown = files.StoredFile(secrets.token_urlsafe(32), "photo", "image/jpeg", size=1)
        actions.handle(by=worker, case=case, note=DONE, files=[shown], at=NOON)

    def pass_on_twice(case: Case) -> None:
        Case.objects.filter(pk=case.pk).update(transfers=2)
        case.refresh_from_db()

    def give_back(case: Case, worker: Person) -> None:
        ground = ReturnGround.PLACE_UNCLEAR
        actions.return_to_sender(by=worker, case=case, ground=ground, reason=LOST, at=NOON)

    return bring

"""What the worker looks after for tables: work that waits, and files past their time."""

import threading
from datetime import datetime, timedelta

from django.db import connections
from django.db.models import Q

from gongzhi.journal.chores import chore
from gongzhi.sheets import jobs, vault
from gongzhi.sheets.models import Incoming, Outgoing, Work
from gongzhi.sheets.words import Progress

_busy = threading.Lock()


@chore("sheets.work", every=timedelta(seconds=1))
def begin_one(at: datetime) -> bool:
    """Begin a waiting piece of work in a thread of its own, one at a time in each worker.

    A list of a million rows must not keep messages and clocks waiting. The thread is no daemon: a
    worker that is told to stop finishes what it began; one that is killed is noticed by silence.
    """
    if not _busy.acquire(blocking=False):
        return False
    work = None
    try:
        work = jobs.claimed(at=at)
        if work:
            threading.Thread(target=_finish, args=(work, at), name="tables").start()
    finally:
        if work is None:
            _busy.release()
    return work is not None


def _finish(work: Work, at: datetime) -> None:
    try:
        jobs.run(work, at=at)
    finally:
        connections.close_all()
        _busy.release()


@chore("sheets.sweep", every=timedelta(minutes=10))
def sweep_one(at: datetime) -> bool:
    """Remove the files of one table past its time; who took what out stays on record."""
    for model, names in ((Outgoing, ("file",)), (Incoming, ("file", "marked"))):
        kept = Q()
        for name in names:
            kept |= ~Q(**{name: ""})
        found = model.objects.filter(kept, expires_at__lte=at).exclude(progress=Progress.RUNNING)
        if (work := found.order_by("pk").first()) is None:
            continue
        for name in names:
            vault.forget(getattr(work, name))
        gone = dict.fromkeys(names, "")
        gone |= {"query": ""} if model is Outgoing else {"faults": ""}
        model.objects.filter(pk=work.pk).update(**gone)
        return True
    return False

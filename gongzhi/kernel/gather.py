"""Group commit: whoever writes takes along what queued up behind the write before."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class _Slot(Generic[T, R]):
    """One waiting item: answered, failed, asked to write for the others, or for itself alone."""

    __slots__ = ("alone", "answer", "error", "item", "leads", "woken")

    def __init__(self, item: T) -> None:
        self.item = item
        self.woken = threading.Lock()  # let go by whoever wakes: a fifth of what an Event costs
        self.woken.acquire()
        self.leads = False
        self.alone = False
        self.answer: list[R] = []
        self.error: BaseException | None = None


class Gather(Generic[T, R]):
    """Turns many threads' single writes into few plural ones; each is answered after its commit.

    `write` takes a list of items and returns their answers in order, in one transaction. There is
    no waiting window: the first comer writes at once, and what arrives meanwhile is the next batch,
    so one lone client is as fast as without. When a batch fails each of its items is written alone,
    by whoever brought it: a bad one fails alone, and in the language of its owner.
    """

    def __init__(self, write: Callable[[Sequence[T]], Sequence[R]], *, most: int = 200) -> None:
        self._write = write
        self._most = most
        self._lock = threading.Lock()
        self._queue: deque[_Slot[T, R]] = deque()
        self._writing = False
        self.written = self.batches = self.failed = 0  # for monitors

    def submit(self, item: T) -> R:
        """Write the item with whatever else waits, and give its own answer or its own error."""
        slot: _Slot[T, R] = _Slot(item)
        with self._lock:
            self._queue.append(slot)
            slot.leads = not self._writing
            self._writing = True
        if not slot.leads:
            slot.woken.acquire()
        if slot.leads:
            self._lead()
        if slot.alone:
            return self._write([item])[0]
        if slot.error is not None:
            raise slot.error
        return slot.answer[0]

    def _lead(self) -> None:
        """Write one batch, wake its owners, hand the pen to the first of those who came since."""
        with self._lock:
            batch = [self._queue.popleft() for _ in range(min(self._most, len(self._queue)))]
        try:
            self._settle(batch)
        finally:
            with self._lock:
                heir = self._queue[0] if self._queue else None
                self._writing = heir is not None
            if heir is not None:
                heir.leads = True
                heir.woken.release()
            for slot in batch:
                slot.woken.release()

    def _settle(self, batch: list[_Slot[T, R]]) -> None:
        self.batches += 1
        try:
            answers = self._write([slot.item for slot in batch])
        except Exception as error:
            self.failed += 1
            if len(batch) == 1:
                batch[0].error = error
            for slot in batch if len(batch) > 1 else ():
                slot.alone = True
            return
        except BaseException as error:  # the process is ending: nobody may wait for ever
            for slot in batch:
                slot.error = error
            return
        self.written += len(batch)
        for slot, answer in zip(batch, answers, strict=True):
            slot.answer.append(answer)

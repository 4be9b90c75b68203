"""Group commit: whoever writes takes along what queued up behind the write before."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

from django.db import close_old_connections, connections

T = TypeVar("T")
R = TypeVar("R")

IDLE = 1.0  # seconds after which a writer without work goes home
REUNION = 0.02  # seconds at most that a writer waits for those it answered to come again


class _Slot(Generic[T, R]):
    """One waiting item: answered, failed, or to be written alone by whoever brought it."""

    __slots__ = ("alone", "answer", "error", "item", "woken")

    def __init__(self, item: T) -> None:
        self.item = item
        self.woken = threading.Lock()  # let go by whoever wakes: a fifth of what an Event costs
        self.woken.acquire()
        self.alone = False
        self.answer: list[R] = []
        self.error: BaseException | None = None


class Gather(Generic[T, R]):
    """Turns many threads' single writes into few plural ones; each is answered after its commit.

    `write` takes a list of items and returns their answers in order, in one transaction. The first
    comer writes at once, and what arrives meanwhile is the next batch: one lone client waits for
    nobody. When a batch fails each of its items is written alone, by whoever brought it: a bad one
    fails alone, and in the language of its owner.

    While there are companions the same thread writes for all of them, one batch after the other:
    what its connection remembers of the database stays warm, where thirty that take turns would
    each read again what the one before has changed (a tenth of what a report costs). Between two
    batches it lets those it answered come again: else it would write for one half of them while
    the other half talks to the network, and each half would pay for a transaction and wait for
    the interpreter that the other holds (a fifth of what a report costs).
    """

    def __init__(
        self,
        write: Callable[[Sequence[T]], Sequence[R]],
        *,
        most: int = 200,
        idle: float = IDLE,
        reunion: float = REUNION,
    ) -> None:
        self._write = write
        self._most = most
        self._idle = idle
        self._reunion = reunion
        self._lock = threading.Lock()
        self._all_are_back = threading.Condition(self._lock)
        self._awaited = 0  # so many in the queue end the writer's wait; 0 while it does not wait
        self._queue: deque[_Slot[T, R]] = deque()
        self._writing = False  # by the first comer or by the writer; never by both
        self._calls: SimpleQueue[None] = SimpleQueue()  # for the writer: there is something
        self._writer_is_here = False
        self.written = self.batches = self.failed = 0  # for monitors

    def submit(self, item: T) -> R:
        """Write the item with whatever else waits, and give its own answer or its own error."""
        slot: _Slot[T, R] = _Slot(item)
        with self._lock:
            self._queue.append(slot)
            if len(self._queue) == self._awaited:
                self._all_are_back.notify()
            is_first = not self._writing
            self._writing = True
        if is_first:
            self._one_batch()
            self._leave_to_writer()
        slot.woken.acquire()
        if slot.alone:
            return self._write([item])[0]
        if slot.error is not None:
            raise slot.error
        return slot.answer[0]

    def _leave_to_writer(self) -> None:
        """Put the pen down, or pass it on when others came in the meantime."""
        with self._lock:
            self._writing = bool(self._queue)
            if not self._writing:
                return
            self._calls.put(None)
            if self._writer_is_here:
                return
            self._writer_is_here = True
        threading.Thread(target=self._write_for_all, name="gather", daemon=True).start()

    def _write_for_all(self) -> None:
        """The writer: called when there is company, at work until nobody waits any more."""
        try:
            while self._is_called():
                while self._is_wanted():
                    close_old_connections()  # as before each request
                    self._let_come_again(self._one_batch())
        finally:
            connections.close_all()

    def _is_called(self) -> bool:
        try:
            self._calls.get(timeout=self._idle)
        except Empty:
            with self._lock:
                # Called since the wait ended? Who calls holds the lock, so it is seen here.
                self._writer_is_here = not self._calls.empty()
                return self._writer_is_here
        return True

    def _is_wanted(self) -> bool:
        with self._lock:
            self._writing = bool(self._queue)
            return self._writing

    def _let_come_again(self, answered: int) -> None:
        with self._lock:
            self._awaited = min(answered + len(self._queue), self._most)
            if len(self._queue) < self._awaited:
                self._all_are_back.wait(self._reunion)
            self._awaited = 0

    def _one_batch(self) -> int:
        """Write what waits, wake its owners, and tell how many they were."""
        with self._lock:
            batch = [self._queue.popleft() for _ in range(min(self._most, len(self._queue)))]
        try:
            self._settle(batch)
        finally:
            for slot in batch:
                slot.woken.release()
        return len(batch)

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

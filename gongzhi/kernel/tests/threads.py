"""Several people pressing at the same moment: real threads, each with its own connection."""

import threading
from collections.abc import Callable

from django.db import connection


def at_once(*jobs: Callable[[], object]) -> list[object]:
    """Run the jobs in threads that start together; their answers or errors, in order."""
    gate = threading.Barrier(len(jobs))
    answers: list[object] = [None] * len(jobs)

    def run(place: int, job: Callable[[], object]) -> None:
        gate.wait(10)
        try:
            answers[place] = job()
        except BaseException as error:
            answers[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers

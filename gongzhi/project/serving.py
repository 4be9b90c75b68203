"""Starting a server process: one that may start at all, on an address that is free."""

import os
import signal
import socket
from functools import partial
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from granian._internal import load_target
from granian.constants import HTTPModes, Interfaces, RuntimeModes
from granian.log import LogLevels
from granian.server import Server

from gongzhi.kernel.parents import end_with_parent
from gongzhi.kernel.running import refuse_unsafe_start

# Threads cost nothing while nobody asks. Reports that come together are written together, so a
# batch grows as long as there are threads to bring them: see docs/adr/0023-intake.md.
THREADS = 32


class ServerCommand(BaseCommand):
    """What `serve` and `live` share: address, port, workers; each names its application."""

    application: str
    interface: Interfaces
    default_port: int

    def add_arguments(self, parser: CommandParser) -> None:
        """The address; more than one worker only with PostgreSQL."""
        parser.add_argument("--address", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=self.default_port)
        parser.add_argument("--workers", type=int, default=1)
        parser.add_argument("--threads", type=int, default=THREADS, help="per worker, for pages")

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve until SIGTERM or SIGINT; refuse to start where it would be unsafe."""
        _refuse_what_cannot_work(workers=options["workers"], threads=options["threads"])
        refuse_unsafe_start(self)
        address, port = options["address"], options["port"]
        if reason := why_taken(address, port):
            raise CommandError(f"{address}:{port} 无法监听（{reason}），请用 --port 换一个端口。")
        server(
            self.application,
            self.interface,
            address=address,
            port=port,
            workers=options["workers"],
            threads=options["threads"],
        ).serve(target_loader=partial(load, parent=os.getpid()))


def load(application: str, *, parent: int) -> Any:
    """The application, in a worker that must not outlive the process which looks after it.

    Granian's workers do not notice when that one is killed: they would go on answering at an
    address where a new server cannot start then. SIGKILL, because nobody is left to insist, and
    nothing is lost: what was not answered is sent again (docs/adr/0023-intake.md).
    """
    end_with_parent(signal.SIGKILL, parent=parent)
    return load_target(application)


def _refuse_what_cannot_work(*, workers: int, threads: int) -> None:
    """Before the first question to the database, which would already fill the pool."""
    if workers > 1 and connection.vendor == "sqlite":
        raise CommandError("SQLite 只能有一个工作进程；要更多，请改用 PostgreSQL。")
    pool = connection.settings_dict["OPTIONS"].get("pool")
    if pool and pool["max_size"] <= threads:
        # Threads that hold a connection wait for the one that writes for them all.
        raise CommandError(f"GONGZHI_PG_POOL 必须大于线程数 {threads}。")


def why_taken(address: str, port: int) -> str:
    """Why nothing can listen there; empty when something can.

    The server shares ports between its workers, so it would silently share with a stranger too.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            return error.strerror or str(error)
    return ""


def server(
    application: str, interface: Interfaces, *, address: str, port: int, workers: int, threads: int
) -> Any:
    """A Granian server; `threads` is how many pages one worker makes at once.

    The sockets of pages are served by one thread that shares its work with none: pages are made in
    threads of their own, and sharing costs a twentieth of what a report does.
    """
    pages = interface is Interfaces.WSGI
    return Server(
        application,
        address=address,
        port=port,
        interface=interface,
        http=HTTPModes.http1,  # what proxies speak to what stands behind them
        runtime_mode=RuntimeModes.st if pages else RuntimeModes.auto,
        workers=workers,
        blocking_threads=threads if pages else None,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
        log_level=LogLevels.warning,
        process_name=None,
    )

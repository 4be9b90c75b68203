"""`make bench`: what a report costs, from the socket to the disk, next to what the rows alone cost.

For SQLite and PostgreSQL: CPU time of server and database per accepted report, p50 and p99 of the
answer at 1, 8 and 32 clients over real HTTP. The floor is a bare loop that writes the same rows
again in the same run, as many to a transaction as the server put together. Rounds are interleaved
and medians are shown; the number of requests and the time of each round are bounded. Then a
thousand screens watch the live stream while reports come in.

Other tables: `python -m bench cases`, `doors`, `guard`, `insight`, `register`, `tables`.
"""

import argparse
import statistics
import sys
from contextlib import ExitStack
from pathlib import Path

from rich.table import Table

from bench.floor import Floor, floor_of
from bench.load import Round, post_reports
from bench.printed import paper
from bench.processes import pace
from bench.product import started
from bench.watchers import Seen, watch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
import services

CLIENTS = (1, 8, 32)
COUNTS = {1: 250, 8: 1000, 32: 5000}
LONGEST = 15.0  # seconds of one round


def _register(argv: list[str]) -> int:
    from bench.register import main as register

    return register(argv)


def _tables(argv: list[str]) -> int:
    from bench.tables import main as tables

    return tables(argv)


def _cases(argv: list[str]) -> int:
    from bench.cases_load import main as cases

    return cases(argv)


def _doors(argv: list[str]) -> int:
    from bench.doors import main as doors

    return doors(argv)


def _insight(argv: list[str]) -> int:
    from bench.insight import main as insight

    return insight(argv)


def _guard(argv: list[str]) -> int:
    from bench.guard import main as guard

    return guard(argv or ["cost"])


# Each looks at another part of the product; only what is asked for is loaded.
OTHERS = {
    "register": _register,
    "tables": _tables,
    "cases": _cases,
    "doors": _doors,
    "insight": _insight,
    "guard": _guard,
}


def main() -> int:
    """Prints the tables; 1 when a report was refused, or an event missed or doubled."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--share", type=float, default=1.0, help="of the usual number of requests")
    parser.add_argument("--threads", type=int, help="of the server; its own choice when not given")
    parser.add_argument("--screens", type=int, default=1000, help="0 leaves the live stream out")
    options = parser.parse_args()
    console = paper()
    rounds: dict[tuple[str, int], list[tuple[Round, Floor]]] = {}
    paces: list[float] = []
    seen: dict[str, Seen] = {}
    with ExitStack() as stack:
        products = [stack.enter_context(started("SQLite", {}, options.threads))]
        if services.program("postgres"):
            reach = stack.enter_context(services.postgresql(durable=True))
            products.append(stack.enter_context(started("PostgreSQL", reach, options.threads)))
        else:
            console.print("PostgreSQL is not installed: make services")
        for product in products:
            post_reports(product, clients=8, count=200, seconds=LONGEST)  # warm up
        for number in range(options.rounds):
            for clients in CLIENTS:
                for product in products:
                    console.print(
                        f"round {number + 1}: {product.name}, {clients} clients", end="\r"
                    )
                    count = max(clients, int(COUNTS[clients] * options.share))
                    measured = post_reports(product, clients=clients, count=count, seconds=LONGEST)
                    together = max(1, round(measured.together))
                    floor = floor_of(product, count=count, together=together)
                    paces.append(pace())
                    rounds.setdefault((product.name, clients), []).append((measured, floor))
        if options.screens:
            for product in products:
                console.print(f"{product.name}, {options.screens} screens", end="\r")
                reports = max(10, int(60 * options.share))
                seen[product.name] = watch(
                    product, screens=options.screens, reports=reports, every=0.25
                )
    console.print(table_of(rounds, statistics.median(paces)))
    if seen:
        console.print(table_of_screens(seen, options.screens))
    refused = sum(measured.refused for pairs in rounds.values() for measured, _floor in pairs)
    if refused:
        console.print(f"{refused} reports were refused")
    wrong = sum(each.missed + each.doubled for each in seen.values())
    return 1 if refused or wrong else 0


def table_of(rounds: dict[tuple[str, int], list[tuple[Round, Floor]]], paced: float) -> Table:
    """Medians over the rounds, one line per database and number of clients.

    `paced` is what a million additions took meanwhile, in ms: the same work counts twice the CPU
    time on a machine that neighbours have slowed to half its pace.
    """
    table = Table(
        title="Intake over HTTP, medians; CPU in µs per accepted report,"
        f" where a million additions in Python take {paced:.0f} ms"
    )
    for heading in (
        "database", "clients", "reports/s", "p50 ms", "p99 ms", "CPU server", "CPU database",
        "together", "CPU floor", "ratio", "floor/s",
    ):  # fmt: skip
        table.add_column(heading, justify="left" if heading == "database" else "right")
    for (name, clients), pairs in rounds.items():

        def median(values: list[float]) -> float:
            return statistics.median(values)

        server = median([m.cpu_server for m, _f in pairs])
        database = median([m.cpu_database for m, _f in pairs])
        floor = median([f.cpu for _m, f in pairs])
        table.add_row(
            name,
            str(clients),
            f"{median([m.rate for m, _f in pairs]):.0f}",
            f"{median([m.p50 for m, _f in pairs]):.1f}",
            f"{median([m.p99 for m, _f in pairs]):.1f}",
            f"{server:.0f}",
            f"{database:.0f}",
            f"{median([m.together for m, _f in pairs]):.1f}",
            f"{floor:.0f}",
            f"{(server + database) / floor:.1f}",
            f"{median([f.rate for _m, f in pairs]):.0f}",
        )
    return table


def table_of_screens(seen: dict[str, Seen], screens: int) -> Table:
    """How long after the answer the screens knew, over all screens and reports."""
    table = Table(title=f"Live stream, {screens} screens; ms from the answer to the socket")
    for heading in ("database", "p50 ms", "p95 ms", "p99 ms", "missed", "doubled", "CPU µs each"):
        table.add_column(heading, justify="left" if heading == "database" else "right")
    for name, each in seen.items():
        table.add_row(
            name,
            *(f"{lag:.0f}" for lag in (each.p50, each.percentile(0.95), each.percentile(0.99))),
            str(each.missed),
            str(each.doubled),
            f"{each.cpu:.1f}",
        )
    return table


if __name__ == "__main__":
    name = "".join(sys.argv[1:2])
    sys.exit(OTHERS[name](sys.argv[2:]) if name in OTHERS else main())

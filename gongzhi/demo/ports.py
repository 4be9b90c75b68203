"""Ports on which nobody listens yet."""

import socket

TRIES = 50


def free_port(wanted: int) -> int:
    """`wanted`, else the next port above it on which 127.0.0.1 can listen. OSError if none can."""
    for port in range(wanted, min(wanted + TRIES, 65536)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError(f"no free port from {wanted} on")

"""A server that is killed while it answers: `mortal_server DATABASE before|after|never`.

`before` dies when a call has arrived and nothing was done, `after` when everything was committed
and not a byte of the answer was sent.
"""

import os
import sys
from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server


class Quiet(WSGIRequestHandler):
    """Says nothing of what it serves."""

    def log_message(self, *_: Any) -> None:
        """Nothing."""


def main(database: str, dies: str) -> None:
    """Serve on a free port, which is the first line printed."""
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = database
    from gongzhi.project.wsgi import application

    def mortal(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if dies == "before":
            os._exit(9)
        answer = list(application(environ, start))
        if dies == "after":
            os._exit(9)
        return answer

    server = make_server("127.0.0.1", 0, mortal, handler_class=Quiet)
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])

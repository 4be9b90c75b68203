"""A server whose processes are killed while they answer: `mortal_server DATABASE`.

Each call gets a process of its own. The header X-Die says when that is killed: `before` when the
call has arrived and nothing was done, `after` when everything was committed and not a byte of the
answer was sent.
"""

import os
import sys
from collections.abc import Callable, Iterable
from socketserver import ForkingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server


class Quiet(WSGIRequestHandler):
    """Says nothing of what it serves."""

    def log_message(self, *_: Any) -> None:
        """Nothing."""


class Forking(ForkingMixIn, WSGIServer):
    """A process for each call."""


def main(database: str) -> None:
    """Serve on a free port, which is the first line printed."""
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = database
    settings.WECHAT = {
        "app_id": "wx-demo", "secret": "s", "token": "wechat-token", "aes_key": "",
        "api": "http://127.0.0.1:9/", "open": "http://127.0.0.1:9/",
    }  # fmt: skip
    from django.urls import reverse

    from gongzhi.project.wsgi import application

    reverse("pocket:report")  # reads all addresses once, for all processes to come

    def mortal(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        dies = environ.get("HTTP_X_DIE")
        if dies == "before":
            os._exit(9)
        answer = list(application(environ, start))
        if dies == "after":
            os._exit(9)
        return answer

    server = make_server("127.0.0.1", 0, mortal, server_class=Forking, handler_class=Quiet)
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])

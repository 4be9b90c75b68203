"""`gongzhi live`: the stream of what happens, for screens that stay open."""

from granian.constants import Interfaces

from gongzhi.project.serving import ServerCommand


class Command(ServerCommand):
    """A connection that stays open costs a coroutine here, and would cost a thread in `serve`."""

    help = "Serve the live stream (server-sent events)."
    application = "gongzhi.project.asgi:application"
    interface = Interfaces.ASGI
    default_port = 8001

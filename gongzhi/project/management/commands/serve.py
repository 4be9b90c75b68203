"""`gongzhi serve`: the pages and the machine interface."""

from granian.constants import Interfaces

from gongzhi.project.serving import ServerCommand


class Command(ServerCommand):
    """Pages are made by threads: a page waits for the database, not for other pages."""

    help = "Serve the pages and the API."
    application = "gongzhi.project.wsgi:application"
    interface = Interfaces.WSGI
    default_port = 8000

"""The application of the live stream, a process of its own; everything else is served by WSGI."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongzhi.project.settings")
django.setup()

from gongzhi.access.roles import Can  # noqa: E402 - models can be imported only now
from gongzhi.cases.reads.parties import parties_of  # noqa: E402
from gongzhi.journal.live import Hub, Subject  # noqa: E402
from gongzhi.project.live import LiveStream  # noqa: E402

# Events about anything that is not listed here stay inside.
application = LiveStream(Hub({"case": Subject(Can.SEE_CASES, parties_of)}))

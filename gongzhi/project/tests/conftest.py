"""What several tests of the whole project need."""

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from gongzhi.project import quick


@pytest.fixture
def one_connection(monkeypatch):
    """The transaction of the test outlives each request over WSGI; the server would close it."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    monkeypatch.setattr(quick, "close_old_connections", lambda: None)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)

"""Pages that listen may connect to the stream, other pages may not."""

from django.http import HttpResponse

from gongzhi.faces.live import with_live_stream

POLICY = "Content-Security-Policy"


@with_live_stream
def listening(request):
    return HttpResponse("…")


def answer(rf, settings, view, *, port: int, host: str = "127.0.0.1:8000") -> str:
    from csp.middleware import CSPMiddleware

    settings.LIVE_PORT = port
    return CSPMiddleware(view)(rf.get("/", headers={"host": host}))[POLICY]


def test_a_listening_page_may_connect_to_the_port_of_the_stream(rf, settings):
    policy = answer(rf, settings, listening, port=8001)
    assert "connect-src 'self' http://127.0.0.1:8001;" in policy + ";"


def test_the_stream_is_looked_for_on_the_host_the_page_was_asked_under(rf, settings):
    policy = answer(rf, settings, listening, port=8001, host="localhost:9")
    assert "http://localhost:8001" in policy
    assert "127.0.0.1" not in policy


def test_other_pages_connect_to_their_own_origin_only(rf, settings):
    policy = answer(rf, settings, lambda request: HttpResponse("…"), port=8001)
    assert "connect-src 'self';" in policy + ";"


def test_behind_a_front_server_nothing_is_added(rf, settings):
    assert "connect-src 'self';" in answer(rf, settings, listening, port=0) + ";"

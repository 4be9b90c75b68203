"""Spans tell what was done and how long it took, and nothing about whom or with what words."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from uuid import uuid4

import pytest
from django.conf import settings as project_settings
from django.http import HttpResponse
from django.test import RequestFactory
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from gongzhi.cases import actions
from gongzhi.cases.words import DeclineGround
from gongzhi.journal.record import REACTIONS, run_one
from gongzhi.kernel import spans
from gongzhi.kernel.refusals import NotAllowed
from gongzhi.project import checks
from gongzhi.project.tracing import SpanMiddleware
from gongzhi.project.wsgi import application

pytestmark = pytest.mark.django_db
OTLP = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}
PHONE, WORDS, SECRET = "13900001234", "三单元楼道的灯坏了", "kX7" * 14
PRIVATE = (PHONE, WORDS, SECRET, "灯", "王秀英", "陈静", '"wang"', '"chen"', "q=", "127.0.0")


@pytest.fixture
def told(monkeypatch) -> Callable[[], list[ReadableSpan]]:
    """Spans are wanted; gives what was told so far."""
    kept, provider = InMemorySpanExporter(), TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(kept))
    monkeypatch.setattr(spans, "_tracer", provider.get_tracer("gongzhi"))
    return kept.get_finished_spans


@pytest.fixture
def traced(told, settings) -> Callable[[], list[ReadableSpan]]:
    """The same, with requests among them."""
    settings.MIDDLEWARE = ["gongzhi.project.tracing.SpanMiddleware", *settings.MIDDLEWARE]
    return told


def sent() -> dict[str, object]:
    return {"key": str(uuid4()), "text": WORDS, "lng": 117.306, "lat": 31.792, "phone": PHONE}


@pytest.mark.usefixtures("one_connection")
def test_requests_verbs_and_errands_are_told_by_the_names_they_have_in_the_code(
    traced, world, wang, chen, as_, NOON
):
    """Through the ordinary way and the short one; then what follows, by a worker."""
    heard = []
    device = {"headers": {"X-Device-Token": SECRET}, "content_type": "application/json"}
    assert as_(None).post("/api/v1/reports", json.dumps(sent()), **device).status_code == 201
    short = RequestFactory().post("/api/v1/reports", json.dumps(sent()), **device)
    application(short.environ, lambda status, _headers: heard.append(status))
    assert heard == ["201 Created"]
    as_(chen).get("/desk/", {"q": PHONE})
    as_(wang).get(f"/files/{SECRET}x/full/")
    while run_one(at=NOON.replace(year=2030)):
        pass
    names = [span.name for span in traced()]
    assert names.count("POST /api/v1/reports") == 2
    assert "GET /desk/" in names
    assert "cases.actions.report.report_many" in names
    errands = [span for span in traced() if span.name.startswith("errand ")]
    assert errands
    assert {span.attributes["event"] for span in errands} == {"cases.reported"}
    lines = "\n".join(span.to_json() for span in traced())
    for private in PRIVATE:
        assert private not in lines, private


def test_an_error_is_told_by_its_kind_alone(told, report, wang, monkeypatch, NOON):
    def fall(_event):
        raise ValueError(f"cannot ring {PHONE}")

    report(by=wang)
    owed = dict.fromkeys(REACTIONS["cases.reported"], fall)
    monkeypatch.setitem(REACTIONS, "cases.reported", owed)
    assert run_one(at=NOON)
    (errand,) = [span for span in told() if span.name.startswith("errand ")]
    assert errand.attributes["error.type"] == "ValueError"
    assert errand.status.status_code is StatusCode.ERROR
    assert PHONE not in errand.to_json()


def test_a_refusal_is_an_answer_and_no_error(told, report, wang, NOON):
    case = report(by=wang)
    with pytest.raises(NotAllowed):
        actions.decline(by=wang, case=case, ground=DeclineGround.REPEATED, answer=WORDS, at=NOON)
    assert told()[-1].attributes["error.type"] == "NotAllowed"
    assert told()[-1].status.status_code is StatusCode.UNSET


def test_a_request_that_fell_is_an_error_and_odd_methods_have_one_name(told):
    request = RequestFactory().generic(f"X{PHONE}", f"/{SECRET}/?q={PHONE}")
    SpanMiddleware(lambda _request: HttpResponse(status=500))(request)
    (span,) = told()
    assert (span.name, span.status.status_code) == ("_OTHER", StatusCode.ERROR)
    assert PHONE not in span.to_json()
    assert SECRET not in span.to_json()


def test_a_strangers_header_does_not_say_what_belongs_together(told):
    foreign = "ab" * 16
    request = RequestFactory().get("/", headers={"traceparent": f"00-{foreign}-{'cd' * 8}-01"})
    SpanMiddleware(lambda _request: HttpResponse())(request)
    (span,) = told()
    assert span.parent is None
    assert format(span.context.trace_id, "032x") != foreign


@pytest.mark.parametrize(
    ("env", "asked"),
    [
        ({}, False),
        ({"OTEL_SERVICE_NAME": "x"}, False),
        (OTLP, True),
        ({"OTEL_TRACES_EXPORTER": "console"}, True),
        ({**OTLP, "OTEL_TRACES_EXPORTER": "none"}, False),
        ({**OTLP, "OTEL_SDK_DISABLED": "TRUE"}, False),
    ],
)
def test_the_standard_variables_switch_it_on(env, asked):
    assert spans.wanted(env) is asked


@pytest.mark.parametrize(
    "env",
    [
        {"OTEL_TRACES_EXPORTER": "zipkin"},
        {**OTLP, "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"},
    ],
)
def test_what_cannot_be_had_is_said_and_nothing_else_stops(env, monkeypatch):
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    (warning,) = checks.spans_can_be_sent()
    assert warning.id == "gongzhi.W011"
    assert list(env.values())[-1] in warning.msg
    spans.switch_on("serve")
    assert spans._tracer is None


def test_without_the_extra_it_is_said_how_to_get_it(monkeypatch):
    monkeypatch.setattr(spans, "LIBRARY", ("gongzhi.nowhere.at_all",))
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "otlp")
    (warning,) = checks.spans_can_be_sent()
    assert "tools/environment.sh telemetry" in warning.hint


class _Collector(BaseHTTPRequestHandler):
    got: list[ExportTraceServiceRequest]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append(ExportTraceServiceRequest.FromString(body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing to say."""


@pytest.fixture
def collector(monkeypatch) -> Iterator[list[ExportTraceServiceRequest]]:
    """A collector as operators have one; gives what it received."""
    got: list[ExportTraceServiceRequest] = []
    server = HTTPServer(("127.0.0.1", 0), type("Here", (_Collector,), {"got": got}))
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=district")
    yield got
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_collector_receives_them(collector, monkeypatch):
    made = []
    start = TracerProvider.__init__
    monkeypatch.setattr(
        TracerProvider, "__init__", lambda self, **said: (start(self, **said), made.append(self))[0]
    )
    monkeypatch.setattr(spans, "_tracer", None)
    spans.switch_on("work")
    with spans.span("cases.actions.report.report_many"):
        pass
    made[0].shutdown()
    (resource,) = collector[0].resource_spans
    about = {one.key: one.value.string_value for one in resource.resource.attributes}
    assert about["service.name"] == "gongzhi"
    assert about["gongzhi.process"] == "work"
    assert about["deployment.environment.name"] == "district"
    assert resource.scope_spans[0].spans[0].name == "cases.actions.report.report_many"


def test_while_it_is_off_nothing_of_it_is_loaded():
    code = (
        "import sys; from gongzhi.kernel import spans; from gongzhi.project import settings;"
        "spans.switch_on('serve'); spans.span('x').__enter__();"
        "print(*sys.modules, *settings.MIDDLEWARE)"
    )
    env = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    said = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", code], env=env, cwd=project_settings.ROOT,
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "gongzhi.kernel.spans" in said.stdout
    assert "opentelemetry" not in said.stdout
    assert "SpanMiddleware" not in said.stdout


def test_one_module_knows_the_library():
    ours = (project_settings.ROOT / "gongzhi").rglob("*.py")
    asking = re.compile(r"^\s*(from|import) opentelemetry", re.MULTILINE)
    found = {p.name for p in ours if asking.search(p.read_text("utf-8")) and "tests" not in p.parts}
    assert found == {"spans.py"}

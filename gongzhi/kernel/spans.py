"""Spans for those who trace their services with OpenTelemetry; while off, nothing is imported.

A span tells what was done, how long it took and what kind of error ended it, in words that stand in
the code: an address as the table of addresses writes it, the name of a verb or of an errand. What
somebody sent or who it was is in none (docs/adr/0035).
"""

import importlib.util
import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING

from gongzhi.kernel.refusals import Refusal

if TYPE_CHECKING:
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import Span, Tracer

ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
PROTOCOLS = ("OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL")
LIBRARY = ("opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http")

_NOTHING: AbstractContextManager[None] = nullcontext()
_tracer: "Tracer | None" = None
log = logging.getLogger(__name__)


def wanted(env: Mapping[str, str]) -> bool:
    """Whether the standard variables ask for spans."""
    if _word(env, "OTEL_SDK_DISABLED") == "true":
        return False
    exporter = _word(env, "OTEL_TRACES_EXPORTER")
    return exporter != "none" if exporter else any(env.get(name) for name in ENDPOINTS)


def hindrance(env: Mapping[str, str]) -> str:
    """Why the spans that are asked for cannot be had; empty when they can, or nobody asks."""
    if not wanted(env):
        return ""
    if (exporter := _word(env, "OTEL_TRACES_EXPORTER")) not in {"", "otlp", "console"}:
        return f"OTEL_TRACES_EXPORTER={exporter}"
    for name in PROTOCOLS:
        if (protocol := _word(env, name)) not in {"", "http/protobuf"}:
            return f"{name}={protocol}"
    return "" if all(map(_installed, LIBRARY)) else "opentelemetry"


def switch_on(process: str) -> None:
    """From now on this process tells what it does; without effect when nobody asked for it."""
    global _tracer
    if _tracer is not None or not wanted(os.environ):
        return
    if reason := hindrance(os.environ):
        log.warning("no spans are sent: %s", reason)
        return
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    # What the environment says about the service goes before what we say.
    ours = Resource({"service.name": "gongzhi", "gongzhi.process": process})
    provider = TracerProvider(resource=ours.merge(_told()))
    provider.add_span_processor(BatchSpanProcessor(_exporter()))
    _tracer = provider.get_tracer("gongzhi")


def span(
    name: str, kind: str = "INTERNAL", **said: str | int
) -> "AbstractContextManager[Span | None]":
    """What happens inside is one span, if spans are wanted; `said` holds no personal data."""
    return _NOTHING if _tracer is None else _span(_tracer, name, kind, said)


@contextmanager
def _span(
    tracer: "Tracer", name: str, kind: str, said: Mapping[str, str | int]
) -> "Iterator[Span | None]":
    from opentelemetry.trace import SpanKind, StatusCode

    with tracer.start_as_current_span(
        name,
        kind=SpanKind[kind],
        attributes={key.replace("__", "."): value for key, value in said.items()},
        # The words of an error may hold what somebody typed: its kind has to do.
        record_exception=False,
        set_status_on_exception=False,
    ) as current:
        try:
            yield current
        except Exception as error:
            current.set_attribute("error.type", type(error).__name__)
            if not isinstance(error, Refusal):
                current.set_status(StatusCode.ERROR)
            raise


def failed(current: "Span", kind: str) -> None:
    """The span ended badly, though nothing was raised through it."""
    from opentelemetry.trace import StatusCode

    current.set_attribute("error.type", kind)
    current.set_status(StatusCode.ERROR)


def _told() -> "Resource":
    """What OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES say, and which process this is."""
    from opentelemetry.sdk.resources import Resource

    told = Resource.create()
    if str(told.attributes["service.name"]).startswith("unknown_service"):
        return Resource({k: v for k, v in told.attributes.items() if k != "service.name"})
    return told


def _exporter() -> "SpanExporter":
    if _word(os.environ, "OTEL_TRACES_EXPORTER") == "console":
        from opentelemetry.sdk.trace.export import ConsoleSpanExporter

        return ConsoleSpanExporter()
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    return OTLPSpanExporter()


def _word(env: Mapping[str, str], name: str) -> str:
    return env.get(name, "").strip().lower()


def _installed(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:  # not even the package above it
        return False

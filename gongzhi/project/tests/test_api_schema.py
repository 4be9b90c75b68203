"""All that the description of the API allows, thrown at it: it answers as it says it does."""

import re

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from gongzhi.kernel import limits
from gongzhi.project.tests.test_security import ALL
from gongzhi.project.wsgi import application

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_connection")]
described = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)


@pytest.mark.slow
@described.parametrize()
@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
def test_every_call_answers_as_described(case, world):
    limits.forget()  # the limits have tests of their own
    case.call_and_validate(checks=CHECKS, headers={"Accept-Encoding": "identity"})


def test_the_description_leaves_no_call_out():
    """So that what is thrown at the API is thrown at all of it."""
    about_itself = {"api:api-root", "api:openapi-json", "api:openapi-view"}
    served = {
        re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", a.pattern)
        for a in ALL
        if a.pattern.startswith("/api/") and a.name not in about_itself
    }
    assert served == set(described.raw_schema["paths"])

"""A database that somebody holds for too long: said plainly, and nothing half kept."""

from uuid import uuid4

import pytest
from django.db import OperationalError, connection

from conftest import HERE
from gongzhi.cases.models import Case
from gongzhi.journal.models import Event
from gongzhi.project.tests.test_quick import post
from gongzhi.project.wsgi import application, pages

pytestmark = pytest.mark.django_db
SENTENCE = "系统正忙，刚才的操作没有保存。请过一分钟再试。"
LAMP = {"text": "路灯不亮，晚上看不见路", "lng": HERE[0], "lat": HERE[1]}


def held(execute, sql, params, many, context):
    """What SQLite says of an INSERT after it has waited."""
    if sql.startswith("INSERT INTO") and "cases_case" in sql:
        raise OperationalError("database is locked")
    return execute(sql, params, many, context)


@pytest.mark.usefixtures("one_connection")
@pytest.mark.parametrize("way", [application, pages], ids=["the short way", "the ordinary one"])
@pytest.mark.parametrize("token", [{}, {"X-Device-Token": "t" * 40}], ids=["stranger", "device"])
def test_a_program_is_told_and_may_send_again(world, token, way):
    body = {**LAMP, "key": str(uuid4())}

    def send():
        return post(body, headers=token, way=way)

    with connection.execute_wrapper(held):
        told = send()
    assert (told.status_code, told.json()["code"], told.json()["sentence"]) == (
        503, "busy", SENTENCE,
    )  # fmt: skip
    assert not Case.objects.exists()
    assert not Event.objects.filter(name="cases.reported").exists()
    assert send().status_code == 201


def test_a_person_is_told_and_keeps_their_words(world, client):
    client.get("/report/")
    form = {
        "key": str(uuid4()), "text": "西门的路灯不亮，晚上看不见路", "lng": str(HERE[0]),
        "lat": str(HERE[1]), "datum": "wgs84", "address": "望湖花园3栋北门",
    }  # fmt: skip
    with connection.execute_wrapper(held):
        told = client.post("/report/", form)
    page = told.content.decode()
    assert told.status_code == 503
    assert SENTENCE in page
    assert form["text"] in page
    assert not Case.objects.exists()
    assert client.post("/report/", form).status_code == 302

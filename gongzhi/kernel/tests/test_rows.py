"""New rows in one statement: whole, in order, or not at all."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, models, transaction

from conftest import NOON
from gongzhi.cases.models import Case
from gongzhi.journal.models import Errand, Event
from gongzhi.kernel.rows import insert_many, instance_of

pytestmark = pytest.mark.django_db


def event(number: int) -> dict:
    return {"name": "a.b", "kind": "case", "subject_id": number, "at": NOON, "facts": {"n": "“’%s"}}


def test_pks_come_back_in_the_order_of_the_rows():
    insert_many(Event, [event(0)])
    pks = insert_many(Event, [event(n) for n in range(1, 50)])
    assert [Event.objects.get(pk=pk).subject_id for pk in pks] == list(range(1, 50))
    assert Event.objects.get(pk=pks[3]).facts == {"n": "“’%s"}


def test_no_rows_are_no_statement(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert insert_many(Event, []) == []


def test_what_is_there_already_is_refused_like_any_clash(report):
    case = report()
    row = {
        f.attname: getattr(case, f.attname) for f in Case._meta.concrete_fields if f.name != "id"
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_many(Case, [{**row, "key": uuid4()}, row])
    assert Case.objects.count() == 1


def owed_for_nothing() -> None:
    insert_many(Errand, [{"event_id": 10**9, "reaction": "x", "not_before": NOON}])
    connection.check_constraints()


def test_a_foreign_key_to_nothing_is_refused():
    with pytest.raises(IntegrityError), transaction.atomic():
        owed_for_nothing()


def test_a_field_that_sets_its_own_time_wants_the_orm():
    class Dated(models.Model):  # noqa: DJ008
        made = models.DateTimeField(auto_now_add=True)

        class Meta:
            app_label = "kernel"
            managed = False

    with pytest.raises(TypeError, match="made"):
        insert_many(Dated, [{}])


def test_the_instance_of_a_row_has_what_it_points_to_at_hand(django_assert_num_queries):
    (pk,) = insert_many(Event, [event(1)])
    made = Event.objects.get(pk=pk)
    row = {"event_id": pk, "reaction": "x", "not_before": NOON}
    (errand_pk,) = insert_many(Errand, [row])
    with django_assert_num_queries(0):
        errand = instance_of(Errand, errand_pk, row, event=made)
        assert (errand.pk, errand.event, errand.tries) == (errand_pk, made, 0)
    assert Errand.objects.get() == errand

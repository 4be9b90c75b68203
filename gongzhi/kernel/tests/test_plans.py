"""Questions that are planned for their values, and nothing else is."""

import pytest
from django.db import connection

from gongzhi.kernel.plans import planned_for_these_values


def _set(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {name}")
        return str(cursor.fetchone()[0])


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_plans_are_made_for_the_values_inside_and_as_usual_afterwards():
    usual = _set("max_parallel_workers_per_gather")
    with planned_for_these_values(max_parallel_workers_per_gather="0"):
        assert _set("plan_cache_mode") == "force_custom_plan"
        assert _set("max_parallel_workers_per_gather") == "0"
    assert _set("plan_cache_mode") == "auto"
    assert _set("max_parallel_workers_per_gather") == usual


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="what PostgreSQL does stands above")
def test_sqlite_needs_nothing_of_it(django_assert_num_queries):
    with django_assert_num_queries(0), planned_for_these_values():
        pass

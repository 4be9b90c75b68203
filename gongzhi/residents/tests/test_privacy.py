"""Reveals on record, requests answered once, tags by hand, erasure that leaves nothing personal."""

from datetime import timedelta

import pytest
from django.db import connection

from gongzhi.journal.models import Event
from gongzhi.kernel.refusals import NotAllowed, NotPossible, NotUnderstood, Overtaken, TooMany
from gongzhi.residents import actions
from gongzhi.residents.actions.privacy import MOST_AN_HOUR
from gongzhi.residents.models import Request, Resident
from gongzhi.residents.reads.search import Sought, search
from gongzhi.residents.tests.conftest import LI, WANG
from gongzhi.residents.words import (
    EraseGround,
    RelationKind,
    RequestKind,
    RequestState,
    RevealGround,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def old_wang(take):
    """王秀英, alone in 501."""
    take(WANG, LI)
    return Resident.objects.get(name="王秀英")


def test_a_look_at_whole_numbers_is_on_record_with_its_ground(old_wang, sun, NOON):
    numbers = actions.reveal(by=sun, resident=old_wang, ground=RevealGround.VISIT, at=NOON)
    assert (numbers.id_number, numbers.phones[0]) == (WANG.id_number, "13812346021")
    event = Event.objects.get(name="residents.numbers_revealed")
    assert (event.by, event.subject_id, event.facts) == (sun, old_wang.pk, {"ground": "visit"})


@pytest.mark.parametrize("who", ["li", "zhao", "shen", "qian", "guan"])
def test_grid_workers_auditors_and_others_see_masks_only(request, old_wang, who, NOON):
    with pytest.raises(NotAllowed):
        actions.reveal(
            by=request.getfixturevalue(who), resident=old_wang, ground=RevealGround.VISIT, at=NOON
        )
    assert not Event.objects.filter(name="residents.numbers_revealed").exists()


def test_nobody_looks_at_numbers_all_day(old_wang, sun, NOON):
    look = {"by": sun, "resident": old_wang, "ground": RevealGround.CHECK}
    for _ in range(MOST_AN_HOUR):
        actions.reveal(at=NOON, **look)
    with pytest.raises(TooMany):
        actions.reveal(at=NOON, **look)


def test_a_person_asks_for_a_review_and_the_rule_stays_off(old_wang, wang, sun, NOON):
    ask = {"resident": old_wang, "kind": RequestKind.REVIEW, "tag": "living_alone", "at": NOON}
    with pytest.raises(NotAllowed):
        actions.ask(by=wang, **ask)
    actions.link_account(by=sun, resident=old_wang, account=wang, at=NOON)
    request = actions.ask(by=wang, text="女儿和我一起住", **ask)
    assert actions.ask(by=wang, **ask) == request
    assert list(Request.objects.visible_to(sun).open()) == [request]
    with pytest.raises(NotUnderstood):
        actions.answer(by=sun, request=request, granted=True, text=" ", at=NOON)
    actions.answer(by=sun, request=request, granted=True, text="已上门核实", at=NOON)
    assert request.state == RequestState.GRANTED
    assert not old_wang.tags.filter(code="living_alone").exists()
    actions.retag_everybody(by=None, at=NOON)
    assert not old_wang.tags.filter(code="living_alone").exists()
    with pytest.raises(Overtaken):
        actions.answer(by=sun, request=request, granted=False, text="不同意", at=NOON)


def test_only_who_answers_there_answers(old_wang, sun, li, chen, zhao, NOON):
    request = actions.ask(by=li, resident=old_wang, kind=RequestKind.SEE, at=NOON)
    for person in (li, chen, zhao):
        with pytest.raises(NotAllowed):
            actions.answer(by=person, request=request, granted=True, text="好", at=NOON)
        assert not Request.objects.visible_to(person).exists()


def test_an_account_is_one_persons(old_wang, wang, zhou, sun, NOON):
    link = actions.link_account(by=sun, resident=old_wang, account=wang, at=NOON)
    assert actions.link_account(by=sun, resident=old_wang, account=wang, at=NOON) == link
    other = Resident.objects.get(name="李四")
    for resident, account in ((other, wang), (old_wang, zhou)):
        with pytest.raises(NotPossible):
            actions.link_account(by=sun, resident=resident, account=account, at=NOON)


def test_a_person_gets_a_copy_of_everything(old_wang, wang, zhou, sun, NOON):
    actions.link_account(by=sun, resident=old_wang, account=wang, at=NOON)
    copy = actions.export_own(by=wang, resident=old_wang, at=NOON)
    assert copy["本人信息"]["证件号码"] == WANG.id_number
    assert copy["电话"] == ["13812346021", "055162345678"]
    assert "只登记1人" in str(copy["标签"])
    assert copy["来源"]["来源"] == "表格导入"
    assert Event.objects.get(name="residents.own_exported").by == wang
    with pytest.raises(NotAllowed):
        actions.export_own(by=zhou, resident=old_wang, at=NOON)


def test_tags_by_hand_have_a_reason_and_an_end(old_wang, li, zhao, collected, NOON):
    put = {"resident": old_wang, "collected": collected, "at": NOON}
    with pytest.raises(NotUnderstood):
        actions.put_tag(by=li, code="key_visit", note="", **put)
    with pytest.raises(NotUnderstood):
        actions.put_tag(by=li, code="no_such_tag", note="x", **put)
    with pytest.raises(NotPossible):
        actions.put_tag(by=li, code="living_alone", note="x", **put)
    with pytest.raises(NotAllowed):
        actions.put_tag(by=zhao, code="key_visit", note="x", **put)
    day = NOON.date() + timedelta(days=30)
    tag = actions.put_tag(by=li, code="key_visit", note="术后恢复", until=day, **put)
    assert [r.pk for r in search(li, Sought("走访")).people] == [old_wang.pk]
    with pytest.raises(NotAllowed):
        actions.remove_tag(by=li, tag=old_wang.tags.get(code="living_alone"), **put)
    actions.remove_tag(by=li, tag=tag, **put)
    with pytest.raises(NotPossible):
        actions.remove_tag(by=li, tag=tag, **put)


def everything_stored():
    """All texts of the register's tables, with sealed values opened."""
    from gongzhi.kernel.sealed import unseal

    texts = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table.startswith(("residents_", "journal_")) and "_fts" not in table:
                cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608
                for row in cursor.fetchall():
                    texts += [unseal(v) if str(v).startswith("2.") else str(v) for v in row if v]
    return "\n".join(texts)


def test_erasure_leaves_nothing_personal_and_the_events(old_wang, wang, sun, collected, NOON):
    li_si = Resident.objects.get(name="李四")
    actions.link_account(by=sun, resident=old_wang, account=wang, at=NOON)
    actions.relate(
        by=sun, resident=li_si, other=old_wang, kind=RelationKind.PARENT, collected=collected,
        at=NOON,
    )  # fmt: skip
    actions.correct(
        by=sun, resident=old_wang, seen=0, fields={"note": "喜欢下棋"}, collected=collected,
        at=NOON,
    )  # fmt: skip
    actions.ask(by=wang, resident=old_wang, kind=RequestKind.CORRECT, text="改成王秀瑛", at=NOON)
    before = everything_stored()
    events = Event.objects.count()
    personal = ("王秀英", WANG.id_number, "13812346021", "3栋2单元501", "下棋", "王秀瑛", "1949")
    assert all(piece in before for piece in personal)
    actions.erase(by=sun, resident=old_wang, ground=EraseGround.WISH, at=NOON)
    after = everything_stored()
    assert not [piece for piece in personal if piece in after]
    assert Event.objects.count() == events + 1
    assert old_wang.collection_id
    assert search(sun, Sought("王秀英", gone_too=True)).people == []
    assert search(sun, Sought(WANG.id_number)).people == []
    with pytest.raises(NotPossible):
        actions.erase(by=sun, resident=old_wang, ground=EraseGround.WISH, at=NOON)


def test_only_who_answers_requests_erases(old_wang, li, chen, guan, NOON):
    for person in (li, chen, guan):
        with pytest.raises(NotAllowed):
            actions.erase(by=person, resident=old_wang, ground=EraseGround.MISTAKE, at=NOON)

"""The words by which people are found: a piece of an address finds what it always found."""

import pytest
from django.core.management import call_command
from hypothesis import example, given
from hypothesis import strategies as st

from gongzhi.residents.actions import indexing
from gongzhi.residents.models import Findable, Resident
from gongzhi.residents.reads.search import Sought, search
from gongzhi.residents.rules.terms import (
    address_parts,
    pairs,
    piece_terms,
    place_terms,
    plain,
    understood,
)

BITS = [
    "翠",
    "湖",
    "苑",
    "西",
    "区",
    "甲",
    "一",
    "栋",
    "单元",
    "号",
    "1",
    "2",
    "14",
    "601",
    "室",
    "-",
    " ",
    "A",
]
texts = st.lists(st.sampled_from(BITS), max_size=14).map("".join)


@st.composite
def addresses(draw):
    """As they are written, with or without some of their parts."""
    estate = draw(st.sampled_from(["翠湖清苑西区", "望湖花园", "湖东路8号院", "和平二村"]))
    more = [
        f"{draw(st.integers(1, 20))}{draw(st.sampled_from(['栋', '幢', '号楼']))}",
        "2单元",
        "601室",
    ]
    return estate + "".join(part for part in more if draw(st.booleans()))


def finds(piece, address):
    """Whether the terms of the piece are among those of the address."""
    return set(piece_terms(*address_parts(piece))) <= set(place_terms(address))


@given(texts | addresses(), texts | addresses())
@example("苑西栋苑西区", "苑西区")
def test_parts_together_and_threes_find_what_single_parts_and_pairs_found(address, piece):
    address, piece = plain(address), plain(piece)
    parts, names = address_parts(piece)
    has_parts, has_names = address_parts(address)
    has_pairs = {two for name in has_names for two in pairs(name)}
    found = {*parts} <= {*has_parts} and has_pairs >= {two for name in names for two in pairs(name)}
    # Longer names are looked for in the column besides.
    stands = all(name in address for name in names if len(name) > 2)
    assert (finds(piece, address) and stands) == (found and stands)


@given(addresses(), st.data())
def test_a_piece_cut_between_parts_finds_its_address(address, data):
    parts, names = address_parts(address)
    some = data.draw(st.lists(st.sampled_from(parts), unique=True)) if parts else []
    at, until = sorted(data.draw(st.tuples(*[st.integers(0, len(names[0]))] * 2)))
    piece = names[0][at:until] + "".join(
        part[1:].replace("元", "单元").replace("院", "号院") + "室" * part[1:].isdigit()
        for part in some
    )
    assert finds(piece, address)


@pytest.mark.parametrize(
    ("word", "terms"),
    [
        ("14栋601", {("@14栋@601",)}),
        ("14栋2单元601室", {("@14栋@601", "@2元@601")}),
        ("翠湖苑(西区)14-2-601", {("@14栋@601", "@2元@601", "~翠湖苑", "~西区")}),
        ("14-2-601", {("@14栋@601", "@2元@601")}),
        ("苑西区14栋", {("@14栋", "~苑西区")}),
        ("苑西区", {("苑西", "西区"), ("~苑西区",)}),
        ("西区", {("西区",), ("~西区",)}),
        ("601", {("@601",)}),
    ],
)
def test_a_word_asks_for_as_few_terms_as_it_can(word, terms):
    question = understood(word, blind=lambda text: text, tags={})
    assert {reading.terms for reading in question.words[0]} == terms


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("3栋501", ["王秀英"]),
        ("501室3幢", ["王秀英"]),
        ("3-2-502", ["李四"]),
        ("2单元502", ["李四"]),
        ("望湖花园3-2-502", ["李四"]),
        ("望湖(花园)，3栋", ["王秀英", "李四"]),
        ("(望湖)-501", ["王秀英"]),
        ("王-秀英", []),
        ("王(", []),
        ("A-B(3'", []),
        ("湖花园2单元", ["王秀英", "李四"]),
        ("望湖花", ["王秀英", "李四"]),
        ("望花园", []),
        ("4栋501", []),
    ],
)
def test_pieces_of_an_address_find_who_lives_there(people, sun, line, names):
    assert [r.name for r in search(sun, Sought(line)).people] == names


@pytest.mark.django_db
def test_terms_of_an_earlier_version_are_written_anew(people, sun, monkeypatch, capsys):
    monkeypatch.setattr(indexing, "CHUNK", 1)
    right = dict(Findable.objects.values_list("pk", "terms"))
    Findable.objects.filter(resident__name="李四").update(terms="李 四")
    assert search(sun, Sought("3栋502")).people == []
    call_command("index_residents", verbosity=0)
    assert "查了 2 人的检索词，重写了 1 人的。" in capsys.readouterr().out
    assert dict(Findable.objects.values_list("pk", "terms")) == right
    assert [r.name for r in search(sun, Sought("3栋502")).people] == ["李四"]


@pytest.mark.django_db
def test_who_is_changed_meanwhile_keeps_what_that_change_wrote(people, monkeypatch):
    Findable.objects.update(terms="旧")
    before = indexing._terms_of

    def meanwhile(pks):
        found = before(pks)
        Findable.objects.filter(resident__name="李四").update(terms="新")
        return found

    monkeypatch.setattr(indexing, "_terms_of", meanwhile)
    told = []
    indexing.index_everybody(lambda *done: told.append(done))
    assert told == [(2, 1)]
    assert Findable.objects.get(resident__name="李四").terms == "新"
    assert "@3栋@501" in Findable.objects.get(resident=Resident.objects.get(name="王秀英")).terms

"""Learning: what it gains, that it is judged fairly, and that nothing better is ever replaced."""

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from gongzhi.catalogue import actions, learning, models_on_disk, reads
from gongzhi.catalogue.rules import hashed, linear, measures
from gongzhi.catalogue.tests import shipped

COLOURS = {
    "红": "苹果 草莓 樱桃 消防车",
    "绿": "青菜 草地 树叶 黄瓜",
    "蓝": "天空 大海 牛仔裤 湖水",
}


@pytest.fixture(autouse=True)
def _own_models(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def colours():
    """180 texts that say their label without naming it."""
    places = [
        *("门口", "路边", "院里", "桥下", "楼上", "车站", "公园", "学校"),
        *("河边", "店里", "巷口", "广场", "菜场", "医院", "山上"),
    ]
    return [
        (f"{place}看见{thing}", label)
        for label, things in COLOURS.items()
        for thing in things.split()
        for place in places
    ]


@pytest.fixture
def in_force(db, NOON):
    actions.load(by=None, files=shipped.files(), at=NOON)
    reads.forget()


def closed_cases():
    """Pairs as closed cases give them, from the phrases of the demo for two classes."""
    for code, phrases in list(shipped.phrases().items())[:40]:
        for text in phrases["says"]:
            for end in ("，请尽快处理", "，谢谢", "，麻烦看一下", "，好几次了"):
                yield text.replace("{place}", "东门口").replace("{days}", "3") + end, code


def test_what_can_be_learned_is_learned(colours, NOON):
    report = learning.learn_from(colours, NOON, name="colours")
    assert report.score.macro_f1 > 0.95
    assert report.learned_from + report.judged_on == report.texts == 180
    trained = models_on_disk.open_model("colours")
    assert trained.labels[int(trained.shares(["远处有一片大海"])[0].argmax())] == "蓝"


def test_what_cannot_be_learned_is_not_claimed(colours, NOON):
    labels = [label for _text, label in colours]
    np.random.default_rng(3).shuffle(labels)
    muddled = [(text, label) for (text, _), label in zip(colours, labels, strict=True)]
    assert learning.learn_from(muddled, NOON, name="muddled").score.macro_f1 < 0.6


def test_the_same_pairs_give_the_same_model(colours, NOON):
    learning.learn_from(colours, NOON, name="one")
    learning.learn_from(colours, NOON, name="two")
    one, two = models_on_disk.open_model("one"), models_on_disk.open_model("two")
    assert np.array_equal(one.linear.weights, two.linear.weights)
    assert one.about["macro_f1"] == two.about["macro_f1"]


def test_a_model_that_is_not_better_does_not_replace_the_old_one(colours, NOON):
    first = learning.learn_from(colours, NOON, name="colours")
    before = models_on_disk.path_of("colours").read_bytes()
    again = learning.learn_from(colours, NOON, name="colours")
    assert (first.kept, again.kept, again.path) == (True, False, None)
    assert again.before["原模型"] == pytest.approx(first.score.macro_f1)
    assert models_on_disk.path_of("colours").read_bytes() == before


def test_a_better_model_does_replace_the_old_one(colours, NOON):
    wrong = {"红": "绿", "绿": "蓝", "蓝": "红"}
    learning.learn_from([(t, wrong[label]) for t, label in colours], NOON, name="colours")
    report = learning.learn_from(colours, NOON, name="colours")
    assert report.kept
    assert report.before["原模型"] < 0.1


def test_another_taxonomy_under_the_same_name_is_refused(colours, NOON):
    learning.learn_from(colours, NOON, name="colours")
    with pytest.raises(learning.LearningError, match="另一套标签"):
        learning.learn_from([(t, label + "色") for t, label in colours], NOON, name="colours")


@pytest.mark.parametrize(
    ("pairs", "reason"),
    [
        ([("a", "x")] * 3, "至少要有 20 条"),
        ([(f"a{n}", "x") for n in range(30)], "同一个标签"),
        ([(f"a{n}", f"x{n}") for n in range(30)], "列错位"),
    ],
)
def test_too_little_to_learn_from_is_told(pairs, reason, NOON):
    with pytest.raises(learning.LearningError, match=reason):
        learning.learn_from(pairs, NOON, name="few")


def test_a_damaged_model_is_as_good_as_none(colours, NOON):
    learning.learn_from(colours, NOON, name="colours")
    path = models_on_disk.path_of("colours")
    path.write_bytes(path.read_bytes()[:1000])
    assert models_on_disk.open_model("colours") is None


def test_a_name_cannot_lead_out_of_the_folder():
    with pytest.raises(ValueError, match="not a name"):
        models_on_disk.path_of("../cases")


def test_closed_cases_make_suggestions_better_than_the_catalogue_alone(in_force, NOON):
    text = "水里好像有电，刚才一个人踩过去抖了一下就倒了"
    report = learning.learn_from(closed_cases(), NOON)
    assert report.kept
    assert report.score.macro_f1 > report.before["事件目录"]
    said = reads.suggest(text)
    assert sum(candidate.share for candidate in said.candidates) <= 1.001
    assert reads.suggest("楼道里有燃气味").emergency.call == "119"


def test_a_model_worse_than_the_catalogue_is_not_kept(in_force, NOON):
    pairs = list(closed_cases())
    codes = [code for _text, code in pairs]
    muddled = [(text, codes[-1 - n]) for n, (text, _code) in enumerate(pairs)]
    sane = [(text, code) for text, code in pairs if measures._place(text) < learning.HELD_OUT]
    learned = [p for p in muddled if measures._place(p[0]) >= learning.HELD_OUT]
    report = learning.learn_from(sane + learned, NOON)
    assert not report.kept
    assert models_on_disk.open_model(reads.CASES) is None


# ── the command ───────────────────────────────────────────────────────────


@pytest.fixture
def file(colours, tmp_path):
    path = tmp_path / "colours.csv"
    lines = ["text,label", *(f"{text},{label}" for text, label in colours)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_the_command_prints_macro_f1_and_every_class(file, capsys):
    call_command("learn", "--from-csv", str(file))
    told = capsys.readouterr().out
    assert "macro-F1 0.9" in told or "macro-F1 1.0" in told
    assert "accuracy" in told
    assert all(f"  {label}\n" in told for label in COLOURS)
    assert models_on_disk.path_of("colours").exists()


def test_the_command_tells_bad_rows_and_goes_on(file, capsys):
    file.write_text(file.read_text(encoding="utf-8") + "没有标签,\n", encoding="utf-8")
    call_command("learn", "--from-csv", str(file))
    captured = capsys.readouterr()
    assert "第 182 行：标签是空的，已跳过" in captured.err
    assert "macro-F1" in captured.out


def test_a_file_with_many_bad_rows_is_refused(file):
    file.write_text(file.read_text(encoding="utf-8") + "坏,\n" * 30, encoding="utf-8")
    with pytest.raises(CommandError, match="超过二十分之一"):
        call_command("learn", "--from-csv", str(file))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "第 1 行不是表头"),
        (b"a,b\n1,2\n", "没有“text”列"),
        (b"text,label\nx,y\n", "只有 1 条"),
    ],
)
def test_a_file_that_cannot_be_learned_from_is_told(tmp_path, content, reason):
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    with pytest.raises(CommandError, match=reason):
        call_command("learn", "--from-csv", str(path))


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(CommandError, match="无法读取"):
        call_command("learn", "--from-csv", str(tmp_path / "none.csv"))


def test_a_file_may_not_pass_for_the_districts_own_cases(file):
    with pytest.raises(CommandError, match="--name"):
        call_command("learn", "--from-csv", str(file), "--name", "cases")


def test_without_a_file_it_learns_from_the_districts_own_cases(monkeypatch, in_force, capsys):
    monkeypatch.setattr(learning, "_sources", {})
    with pytest.raises(CommandError, match="还没有可以学习的已办结案件"):
        call_command("learn")
    learning.gives_pairs(called="test")(lambda: list(closed_cases())[:120])
    call_command("learn")
    assert "事件目录的 macro-F1 为" in capsys.readouterr().out


# ── the parts ─────────────────────────────────────────────────────────────


def test_macro_f1_is_the_mean_over_the_classes():
    truth, told = np.array([0, 0, 0, 1, 1, 2]), np.array([0, 0, 1, 1, 1, 0])
    score = measures.score(["a", "b", "c"], truth, told)
    assert score.accuracy == pytest.approx(4 / 6)
    assert score.macro_f1 == pytest.approx((4 / 6 + 4 / 5 + 0) / 3)


def test_repeats_of_a_text_never_stand_on_both_sides():
    texts = [f"文{n % 40}" for n in range(400)]
    held = measures.held_out(texts, np.array([n % 2 for n in range(400)]), 0.2)
    assert {t for t, h in zip(texts, held, strict=True) if h}.isdisjoint(
        t for t, h in zip(texts, held, strict=True) if not h
    )


@settings(deadline=None)
@given(st.lists(st.sampled_from("abc"), min_size=2, max_size=60))
def test_every_class_with_two_texts_is_learned_and_judged(names):
    labels = np.array(["abc".index(name) for name in names])
    held = measures.held_out([f"{n}" for n in range(len(names))], labels, 0.2)
    for label in set(labels):
        own = held[labels == label]
        assert len(own) < 2 or (own.any() and not own.all())


@settings(deadline=None)
@given(st.lists(st.text(max_size=60), min_size=1, max_size=8))
def test_any_texts_become_rows_of_length_one_or_nothing(texts):
    space, rows = hashed.measure(texts, most_features=1000)
    assert len(rows) == len(texts)
    for row in range(len(rows)):
        values = rows.value[rows.start[row] : rows.start[row + 1]]
        length = float((values.astype(np.float64) ** 2).sum())
        blocks = 2 if space.latin else 1
        assert length < blocks + 1e-3
    again = space.rows_of(texts)
    assert np.array_equal(again.index, rows.index)


def test_words_of_alphabetic_scripts_count_with_their_neighbours():
    space, _rows = hashed.measure(
        ["broken street light", "rubbish in the street"], most_features=999
    )
    assert space.latin
    assert len(space.rows_of(["street light"]).index) > len(space.rows_of(["street"]).index)


def test_shares_sum_to_one_even_for_a_text_without_known_features():
    model = linear.Linear(np.zeros((1, 3), np.float32), np.zeros(3, np.float32))
    nothing = hashed.Rows(np.array([0, 0]), np.zeros(0, np.int32), np.zeros(0, np.float32))
    assert model.shares(nothing).sum() == pytest.approx(1)

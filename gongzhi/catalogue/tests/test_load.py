"""Putting a catalogue in force: new, the same, an earlier one again, or broken."""

import shutil

import pytest
from django.core.management import CommandError, call_command

from gongzhi.catalogue import actions, reads
from gongzhi.catalogue.models import Edition, Item
from gongzhi.catalogue.tests import shipped
from gongzhi.journal.models import Event
from gongzhi.kernel.refusals import NotAllowed

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path):
    """A copy of the shipped files, laid out as in config/."""
    shutil.copytree(shipped.CONFIG / "catalogue", tmp_path / "catalogue")
    shutil.copy(shipped.CONFIG / "units.yaml", tmp_path)
    return tmp_path / "catalogue"


def change(folder, name, old, new):
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def load(folder, capsys):
    call_command("load_catalogue", str(folder))
    return capsys.readouterr().out


def test_a_new_catalogue_comes_into_force(folder, capsys):
    assert "已载入事件目录第1版：9 类 143 项" in load(folder, capsys)
    assert Edition.objects.get().active
    assert Item.objects.count() == 143
    assert Event.objects.get(name="catalogue.loaded").facts["number"] == 1


def test_the_shipped_catalogue_is_what_loads_without_a_path(capsys):
    call_command("load_catalogue")
    assert Item.objects.get(code="02001").name == "路灯不亮"


def test_the_same_content_says_so_and_changes_nothing(folder, capsys):
    load(folder, capsys)
    assert "未做任何更改" in load(folder, capsys)
    assert Edition.objects.count() == 1
    assert Event.objects.count() == 1


def test_changed_content_is_a_new_edition_and_the_old_one_stays(folder, capsys):
    load(folder, capsys)
    old = Item.objects.get(code="02001")
    change(folder, "02.yaml", "name: 路灯不亮", "name: 路灯故障")
    assert "第2版" in load(folder, capsys)
    old.refresh_from_db()
    assert (old.name, old.edition.active) == ("路灯不亮", False)
    assert Item.objects.get(code="02001", edition__active=True).name == "路灯故障"


def test_going_back_brings_the_earlier_edition_back(folder, capsys):
    load(folder, capsys)
    change(folder, "02.yaml", "name: 路灯不亮", "name: 路灯故障")
    load(folder, capsys)
    change(folder, "02.yaml", "name: 路灯故障", "name: 路灯不亮")
    assert "已重新启用第1版" in load(folder, capsys)
    assert Edition.objects.get(active=True).number == 1
    assert Edition.objects.count() == 2


def test_a_broken_file_is_told_with_line_and_reason_and_nothing_changes(folder, capsys):
    load(folder, capsys)
    change(folder, "03.yaml", "icon: shield-alert", "icon: no-such-icon")
    change(folder, "05.yaml", "lead: property_firm", "lead: nobody")
    with pytest.raises(CommandError, match="2 处错误，未做任何更改") as refused:
        call_command("load_catalogue", str(folder))
    assert refused.value.returncode == 1
    told = capsys.readouterr().err
    assert "03.yaml 第 3 行：没有名为“no-such-icon”的图标" in told
    assert "05.yaml 第" in told
    assert "主办单位“nobody”不在 units.yaml 里" in told
    assert Edition.objects.get().number == 1
    assert Event.objects.count() == 1


def test_a_file_in_another_encoding_is_told_with_its_line(folder):
    path = folder / "04.yaml"
    path.write_bytes(b'code: "04"\n' + "name: 矛盾纠纷".encode("gbk"))
    with pytest.raises(CommandError, match=r"04\.yaml 第 2 行：不是 UTF-8"):
        call_command("load_catalogue", str(folder))


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(CommandError, match="没有这个目录"):
        call_command("load_catalogue", str(tmp_path / "nowhere"))


def test_nothing_is_kept_when_the_record_cannot_be_written(monkeypatch, NOON):
    def broken(*args, **kwargs):
        raise OSError("disk full")

    monkeypatch.setattr("gongzhi.catalogue.actions.record", broken)
    with pytest.raises(OSError, match="disk full"):
        actions.load(by=None, files=shipped.files(), at=NOON)
    assert not Edition.objects.exists()


def test_only_those_who_manage_content_may_load(chen, guan, NOON):
    with pytest.raises(NotAllowed):
        actions.load(by=chen, files=shipped.files(), at=NOON)
    assert actions.load(by=guan, files=shipped.files(), at=NOON).is_new


def test_suggestions_follow_the_edition_in_force(NOON, django_capture_on_commit_callbacks):
    assert reads.suggest("路灯不亮").candidates == ()
    with django_capture_on_commit_callbacks(execute=True):
        actions.load(by=None, files=shipped.files(), at=NOON)
    said = reads.suggest("路灯不亮，天黑看不见")
    assert said.candidates[0].code == "02001"
    assert said.grade.label == "一般"
    assert reads.item("02001").name == "路灯不亮"
    assert reads.unit_kinds()["lighting"] == "路灯管理所"


def test_a_suggestion_is_stored_as_plain_json(NOON):
    actions.load(by=None, files=shipped.files(), at=NOON)
    reads.forget()
    said = reads.as_json(reads.suggest("楼道里有燃气味"))
    assert said["grade"] == "urgent"
    assert said["emergency"]["call"] == "119"
    assert said["candidates"][0]["code"] == "03001"
    assert set(said) == {"grade", "grade_because", "candidates", "certain", "emergency"}


def test_a_suggestion_asks_the_database_nothing_once_the_edition_is_known(
    NOON, django_assert_num_queries
):
    actions.load(by=None, files=shipped.files(), at=NOON)
    reads.forget()
    reads.suggest("路灯不亮")
    with django_assert_num_queries(0):
        reads.suggest("井盖没了")
        reads.item("02002")

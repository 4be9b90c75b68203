"""A broken catalogue: every fault is told with its file, line and reason, all of them at once."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongzhi.catalogue.rules import content
from gongzhi.catalogue.rules.nodes import Fault

ICONS = {"trash-2"}
UNITS = """\
- {code: sanitation, name: 环境卫生管理所, tier: district}
- {code: grid, name: 网格, tier: grid}
"""
GRADES = """\
negations: [没有]
supposed: [怕]
signs:
  - grade: urgent
    words: [着火]
    emergency: {call: "119", notice: 请拨打 119。}
"""
CLASS = """\
code: "01"
name: 市容环境
icon: trash-2
about: 街巷的清洁
items:
  - code: "01002"
    name: 暴露垃圾
    synonyms: [垃圾成堆, 乱倒垃圾]
    grade: ordinary
    tier: grid
    lead: sanitation
    assists: [grid]
    stages:
      - {name: 处置, limit: 4, unit: wh}
    evidence: [photo_before, photo_after]
    closing: 垃圾全部清走。
    check: false
"""
FILES = {"units.yaml": UNITS, "grades.yaml": GRADES, "01.yaml": CLASS}


def faults_of(**changed: str) -> list[Fault]:
    files = {**FILES, **{f"{name.replace('_', '')}.yaml": text for name, text in changed.items()}}
    return content.read(files, ICONS)[1]


def test_a_sound_catalogue_is_read_whole():
    read, faults = content.read(FILES, ICONS)
    assert faults == []
    (item,) = read.items
    assert (item.code, item.stages[-1].limit, item.emergency) == ("01002", 4, None)
    assert read.signs.signs[0].emergency.call == "119"


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ("icon: trash-2", "icon: rubbish", 3, "没有名为“rubbish”的图标"),
        ('code: "01"\n', 'code: "1"\n', 1, "应是两位数字"),
        ('"01002"', '"02002"', 6, "应以大类代码“01”开头"),
        ('"01002"', '"1002"', 6, "应是五位数字"),
        ("grade: ordinary", "grade: huge", 9, "级别“huge”不在可选范围内"),
        ("tier: grid", "tier: moon", 10, "层级“moon”不在可选范围内"),
        ("lead: sanitation", "lead: nobody", 11, "主办单位“nobody”不在 units.yaml 里"),
        ("assists: [grid]", "assists: [grid, nobody]", 12, "协办单位“nobody”不在 units.yaml 里"),
        ("limit: 4", "limit: 0", 14, "时限应是 1 到 400 的整数"),
        ("limit: 4", "limit: 4.5", 14, "时限应是 1 到 400 的整数"),
        ("limit: 4", "limit: 99999999999999999999", 14, "时限应是 1 到 400 的整数"),
        ("unit: wh", "unit: year", 14, "时限单位“year”不在可选范围内"),
        ("stages:\n      - {name: 处置, limit: 4, unit: wh}", "stages: []", 13, "至少要有一个阶段"),
        ("[photo_before, photo_after]", "[photo]", 15, "结案材料“photo”不在可选范围内"),
        ("check: false", "check: maybe", 17, "check应是 true 或 false"),
        ("[垃圾成堆, 乱倒垃圾]", "[]", 8, "synonyms不能为空"),
        ("[垃圾成堆, 乱倒垃圾]", "垃圾", 8, "synonyms应是一个列表"),
        ("[垃圾成堆, 乱倒垃圾]", "[垃圾, 垃圾]", 8, "“垃圾”写了两次"),
        ("    name: 暴露垃圾\n", "", 6, "事项缺少“name”"),
        ("name: 暴露垃圾", "name:", 7, "事项名称不能为空"),
        ("name: 暴露垃圾", "name: [a]", 7, "事项名称应是一段文字"),
        ("    closing:", "    color: red\n    closing:", 16, "不认识的键“color”"),
        ("    tier: grid\n", "    tier: grid\n    tier: grid\n", 11, "“tier”写了两次"),
        ("about: 街巷的清洁\n", "", 1, "大类缺少“about”"),
        ("items:\n", "items:\n  - 垃圾\n", 6, "应写成“键: 值”的形式"),
        ("icon: trash-2", "\ticon: trash-2", 3, "不能用制表符"),
        ("assists: [grid]", "assists: [grid", 13, "YAML 格式有误"),
        ("assists: [grid]", "assists: &a [grid]\n    hints: *a", 12, "不支持引用"),
    ],
)
def test_each_kind_of_fault_is_told_with_its_line(old, new, line, reason):
    assert old in CLASS
    faults = faults_of(_01=CLASS.replace(old, new, 1))
    assert any(f.file == "01.yaml" and f.line == line and reason in f.reason for f in faults), (
        faults
    )


def test_all_faults_are_told_not_only_the_first():
    broken = (
        CLASS.replace("trash-2", "x").replace("limit: 4", "limit: -4").replace("check: false", "")
    )
    told = faults_of(_01=broken, grades=GRADES.replace('"119"', '"12345"'))
    assert len(told) == 4
    assert told == sorted(told)


def test_a_code_used_twice_is_told_with_the_place_of_the_first():
    item = CLASS[CLASS.index("  - code") :]
    (fault,) = faults_of(_01=CLASS + item)
    assert (fault.line, "已在 01.yaml 第 6 行 用过" in fault.reason) == (18, True)


def test_a_class_code_used_in_two_files_is_told():
    (first, second) = faults_of(_02=CLASS)
    assert (first.file, first.line) == ("02.yaml", 1)
    assert "重复" in second.reason


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('call: "119"', 'call: "911"', "紧急电话“911”不在可选范围内"),
        ("words: [着火]", "words: []", "words不能为空"),
        ("grade: urgent", "grade: bad", "级别“bad”"),
        ("negations: [没有]\n", "", "缺少“negations”"),
    ],
)
def test_faults_in_the_signs_are_told(old, new, reason):
    assert any(reason in fault.reason for fault in faults_of(grades=GRADES.replace(old, new)))


def test_signs_must_stand_worst_first():
    more = "  - grade: serious\n    words: [摔倒]\n  - grade: urgent\n    words: [爆炸]\n"
    assert any("从最紧急的写起" in fault.reason for fault in faults_of(grades=GRADES + more))


def test_faults_in_the_units_are_told():
    told = faults_of(units=UNITS + "- {code: grid, name: 网格, tier: grid}\n- {code: A, tier: x}\n")
    reasons = "".join(fault.reason for fault in told)
    assert "“grid”写了两次" in reasons
    assert "小写字母" in reasons
    assert "缺少“name”" in reasons


@pytest.mark.parametrize("missing", ["units.yaml", "grades.yaml", "01.yaml"])
def test_a_missing_file_is_told(missing):
    read, faults = content.read({n: t for n, t in FILES.items() if n != missing}, ICONS)
    assert read is None
    assert any("缺少这个文件" in f.reason or "没有任何大类文件" in f.reason for f in faults)


@pytest.mark.parametrize(
    "text", ["", "# nothing\n", "[]", "just words", "a: b: c", "\x01", "x" * 3_000_000]
)
def test_files_that_are_no_catalogue_are_refused(text):
    assert faults_of(_01=text)


def test_comments_and_layout_do_not_change_the_digest():
    other = "# a comment\n" + CLASS.replace("assists: [grid]", "assists:\n      - grid")
    one, _ = content.read(FILES, ICONS)
    two, _ = content.read({**FILES, "01.yaml": other}, ICONS)
    assert one.digest == two.digest


def test_a_changed_word_changes_the_digest():
    one, _ = content.read(FILES, ICONS)
    two, _ = content.read({**FILES, "01.yaml": CLASS.replace("乱倒", "偷倒")}, ICONS)
    assert one.digest != two.digest


@settings(deadline=None)
@given(st.integers(0, len(CLASS) - 1), st.text("[]{}:-&*\"'\t\n ,#%@!|>aé\0", max_size=4))
def test_damage_anywhere_is_told_or_harmless_but_never_a_crash(at, damage):
    read, faults = content.read({**FILES, "01.yaml": CLASS[:at] + damage + CLASS[at + 1 :]}, ICONS)
    assert (read is None) == bool(faults)

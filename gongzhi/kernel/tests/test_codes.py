"""National codes: the examples from the standards, and properties over made-up ones."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.kernel import codes
from gongzhi.kernel.codes import DivisionKind, DivisionLevel, Gender

A_VALID_ID = "11010519491231002X"
A_VALID_CREDIT_CODE = "91350100M000100Y43"


@st.composite
def ids(draw):
    province = draw(st.sampled_from(sorted(codes.PROVINCES | codes.PERMIT_ONLY)))
    born = draw(st.dates(date(1850, 1, 1), date(2026, 12, 31)))
    rest = draw(st.integers(0, 9999)), draw(st.integers(0, 999))
    first17 = f"{province}{rest[0]:04d}{born:%Y%m%d}{rest[1]:03d}"
    return first17 + codes.id_check(first17)


def test_the_example_of_the_standard_is_valid():
    assert codes.resident_id(A_VALID_ID) == A_VALID_ID
    assert codes.birth_date(A_VALID_ID) == date(1949, 12, 31)
    assert codes.gender(A_VALID_ID) == Gender.FEMALE


@pytest.mark.parametrize(
    "typed",
    [
        "11010519491231002x",
        " 110105 19491231 002X ",
        "１１０１０５１９４９１２３１００２Ｘ",
        "110105-19491231-002X",
    ],
)
def test_an_id_is_read_the_way_people_type_it(typed):
    assert codes.resident_id(typed) == A_VALID_ID


@pytest.mark.parametrize("province", ["81", "82", "83"])
def test_residence_permits_have_real_prefixes(province):
    first17 = f"{province}000019900101001"
    code = first17 + codes.id_check(first17)
    assert codes.resident_id(code) == code


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "18位"),
        ("1101051949123100", "现在是16位"),
        ("110105491231002", "旧身份证号"),
        ("1101051949123100XX", "只能是数字"),
        ("110105194912310029", "校验码"),
        ("99010519491231002X", "地区代码"),
        ("110105194902300020", "出生日期不存在"),
        ("110105190002290020", "出生日期不存在"),
        ("110105100001010020", "不合理"),
        ("11010519491231002X" * 1000, "18位"),
        ("身份证号码没有带在身上以后再补好吗", "18位"),
        ("²1010519491231002X", "校验码"),
        ("١١٠١٠٥١٩٤٩١٢٣١٠٠٢X", "只能是数字"),
    ],
)
def test_a_wrong_id_is_refused_with_the_reason(typed, reason):
    with pytest.raises(ValueError, match=reason):
        codes.resident_id(typed)


def test_somebody_not_yet_born_has_no_id():
    with pytest.raises(ValueError, match="不合理"):
        codes.resident_id(A_VALID_ID, today=date(1949, 12, 30))
    assert codes.resident_id(A_VALID_ID, today=date(1949, 12, 31))


@given(ids())
def test_a_made_up_id_is_read_back(code):
    assert codes.resident_id(code) == code
    assert (codes.gender(code) == Gender.MALE) == (int(code[16]) % 2 == 1)


@given(ids(), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(code, place, shift):
    wrong = code[:place] + str((int(code[place]) + shift) % 10) + code[place + 1 :]
    with pytest.raises(ValueError, match="身份证号"):
        codes.resident_id(wrong)


@given(ids(), st.integers(0, 15))
def test_two_neighbours_swapped_are_always_found(code, place):
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    if swapped != code:
        with pytest.raises(ValueError, match="身份证号"):
            codes.resident_id(swapped)


@given(st.text(max_size=40))
def test_any_text_is_an_id_or_gets_a_sentence(text):
    try:
        answer = codes.resident_id(text)
    except ValueError as refusal:
        answer = str(refusal)
    assert len(answer) == 18 or answer.endswith("。")


def test_the_credit_code_of_the_standard_is_valid():
    assert codes.credit_code_problems(A_VALID_CREDIT_CODE) == []
    assert codes.credit_code_problems(" 91350100m000100y43") == []


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("91350100M000100Y4", "现在是17位"),
        ("91350100M000100Y44", "校验码"),
        ("9135O100M000100Y43", "“O”"),
        ("SVZI0100M000100Y43", "“I、S、V、Z”"),
        ("公司", "18位"),
    ],
)
def test_a_strange_credit_code_is_told_not_refused(typed, told):
    assert told in codes.credit_code_problems(typed)[0]


@given(st.text(codes.CREDIT_LETTERS, min_size=17, max_size=17), st.integers(0, 16))
def test_a_credit_code_with_one_wrong_letter_is_told(first17, place):
    code = first17 + codes.credit_check(first17)
    assert "校验码不对" not in "".join(codes.credit_code_problems(code)[:1])
    other = "1" if code[place] != "1" else "2"
    assert codes.credit_code_problems(code[:place] + other + code[place + 1 :])


@pytest.mark.parametrize(
    ("code", "level", "kind", "parent"),
    [
        ("340000000000", DivisionLevel.PROVINCE, DivisionKind.PROVINCE, None),
        ("340100000000", DivisionLevel.CITY, DivisionKind.CITY, "340000000000"),
        ("340111000000", DivisionLevel.DISTRICT, DivisionKind.DISTRICT, "340100000000"),
        ("340111001000", DivisionLevel.TOWNSHIP, DivisionKind.STREET, "340111000000"),
        ("340111100000", DivisionLevel.TOWNSHIP, DivisionKind.TOWN, "340111000000"),
        ("340111200000", DivisionLevel.TOWNSHIP, DivisionKind.TOWNSHIP, "340111000000"),
        ("340111001001", DivisionLevel.COMMUNITY, DivisionKind.RESIDENTS, "340111001000"),
        ("340111001200", DivisionLevel.COMMUNITY, DivisionKind.VILLAGERS, "340111001000"),
        ("441900003000", DivisionLevel.TOWNSHIP, DivisionKind.STREET, "441900000000"),
    ],
)
def test_the_level_follows_from_the_code(code, level, kind, parent):
    found = codes.division(code)
    assert (found.level, found.kind, found.parent) == (level, kind, parent)


@pytest.mark.parametrize("code", ["340111400000", "340111401000"])
def test_two_named_communities_are_townships_by_their_code(code):
    """滨湖世纪社区 and 方兴社区 are called communities and are of township level."""
    found = codes.division(code)
    assert (found.level, found.kind) == (DivisionLevel.TOWNSHIP, DivisionKind.QUASI_TOWNSHIP)


@pytest.mark.parametrize(
    "code",
    ["", "340111", "34011100100a", "990000000000", "340111000001", "340011000000", "340111600000",
     "340111001600", "3401110010011"],
)  # fmt: skip
def test_what_is_no_division_code_gets_a_sentence(code):
    with pytest.raises(ValueError, match="区划代码"):
        codes.division(code)


@given(
    st.sampled_from(sorted(codes.PROVINCES)),
    st.integers(0, 9999),
    st.integers(0, 999),
    st.integers(0, 999),
)
def test_the_parent_of_a_division_is_one_of_a_higher_level(province, county, town, village):
    try:
        found = codes.division(f"{province}{county:04d}{town:03d}{village:03d}")
    except ValueError:
        return
    order = list(DivisionLevel)
    if found.parent is not None:
        assert order.index(codes.division(found.parent).level) < order.index(found.level)

"""The talk as pure steps: nothing that was said is lost, nothing is submitted by accident."""

from hypothesis import given
from hypothesis import strategies as st

from gongzhi.doors.wechat.rules import PICTURES_MOST, TEXT_MOST, Follows, Said, Talk, step

HERE = (117.31, 31.79)


def after(*messages, talk=None):
    talk, follows = talk or Talk(), None
    for said in messages:
        talk, follows = step(talk, said)
    return talk, follows


def says(text):
    return Said("text", text=text)


def test_words_a_picture_and_a_place_make_a_report():
    talk, follows = after(says("路灯坏了"), Said("image", media="m1"), Said("location", where=HERE))
    assert follows == Follows.SUMMARY
    assert (talk.text, talk.pictures, talk.where) == ("路灯坏了", ("m1",), HERE)
    assert step(talk, says("1"))[1] == Follows.SUBMIT
    assert step(talk, says("提交。"))[1] == Follows.SUBMIT


def test_what_is_missing_is_asked_for_and_the_next_words_are_the_place():
    assert after(says("1"))[1] == Follows.NEEDS_WORDS
    talk, follows = after(says("路灯坏了"), says("1"))
    assert follows == Follows.NEEDS_PLACE
    talk, follows = step(talk, says("望湖花园3栋"))
    assert (talk.address, talk.text) == ("望湖花园3栋", "路灯坏了")
    assert step(talk, says("1"))[1] == Follows.SUBMIT


def test_a_telephone_number_alone_is_kept_apart():
    talk, _follows = after(says("路灯坏了"), says("+86 13800000000"))
    assert (talk.phone, talk.text) == ("13800000000", "路灯坏了")


def test_what_is_too_much_changes_nothing():
    talk = Talk(text="x" * TEXT_MOST, pictures=("m",) * PICTURES_MOST)
    assert step(talk, says("还有")) == (talk, Follows.TOO_MUCH)
    assert step(talk, Said("image", media="n")) == (talk, Follows.TOO_MUCH)


def test_other_words_of_command():
    full = Talk(text="路灯坏了", where=HERE)
    assert step(full, says("取消")) == (Talk(), Follows.CANCELLED)
    assert step(full, says("进度")) == (full, Follows.PROGRESS)
    assert step(full, Said("click", text="help")) == (full, Follows.HELP)
    assert step(full, Said("other")) == (full, Follows.NOT_THIS)
    assert step(full, Said("quota")) == (full, Follows.SILENCE)


messages = st.one_of(
    st.builds(says, st.text(max_size=200)),
    st.builds(lambda m: Said("image", media=m), st.text(min_size=1, max_size=9)),
    st.just(Said("location", where=HERE)),
    st.builds(Said, st.sampled_from(["subscribe", "other", "quota", "unsubscribe"])),
)


@given(st.lists(messages, max_size=30))
def test_a_talk_keeps_its_bounds_and_is_submitted_only_when_it_is_whole(many):
    talk = Talk()
    for said in many:
        talk, follows = step(talk, said)
        assert len(talk.text) <= TEXT_MOST
        assert len(talk.pictures) <= PICTURES_MOST
        if follows == Follows.SUBMIT:
            assert talk.has_words
            assert talk.has_place

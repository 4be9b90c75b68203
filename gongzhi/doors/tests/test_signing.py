"""A signature is good for one call, one key and five minutes, and for nothing else."""

import hashlib
import hmac
import string

from hypothesis import given
from hypothesis import strategies as st

from gongzhi.doors import signing

CALL = {"method": "POST", "path": "/hooks/hotline/orders", "body": '{"a":"路灯"}'.encode()}
texts = st.text(alphabet=string.printable, max_size=30)


def headers(key="k", timestamp=1_790_000_000, nonce="n" * 16, **call):
    return signing.headers(
        key, partner="city", timestamp=timestamp, nonce=nonce, **{**CALL, **call}
    )


def test_the_call_that_was_signed_is_genuine():
    assert signing.is_genuine("k", headers(), **CALL)


def test_the_signature_is_what_the_manual_says():
    """A client written from the manual alone comes to the same digits."""
    given = headers(key="secret", timestamp=1, nonce="0123456789abcdef", body=b"{}")
    lines = ["1", "0123456789abcdef", "POST", CALL["path"], hashlib.sha256(b"{}").hexdigest()]
    right = hmac.new(b"secret", "\n".join(lines).encode(), hashlib.sha256).hexdigest()
    assert given[signing.SIGNATURE] == right


@given(st.sampled_from(["method", "path", "body", "key", "timestamp", "nonce"]), texts)
def test_any_change_breaks_it(what, other):
    given, call, key = headers(), dict(CALL), "k"
    if what == "key":
        key = other
    elif what == "timestamp":
        given[signing.TIMESTAMP] = other
    elif what == "nonce":
        given[signing.NONCE] = other
    else:
        call[what] = other.encode() if what == "body" else other
    same = (key, call["body"], call["path"], call["method"].upper()) == (
        "k", CALL["body"], CALL["path"], "POST",
    ) and given == headers()  # fmt: skip
    assert signing.is_genuine(key, given, **call) == same


@given(st.text(max_size=80))
def test_no_guess_is_genuine_and_none_crashes(guess):
    given = {**headers(), signing.SIGNATURE: guess}
    assert not signing.is_genuine("k", given, **CALL)


@given(st.integers(0, 10**11), st.integers(-1000, 1000))
def test_five_minutes_on_both_sides(now, off):
    assert signing.is_fresh(str(max(0, now + off)), now) == (abs(max(0, now + off) - now) <= 300)


@given(st.text(max_size=20))
def test_other_timestamps_are_stale(text):
    if not (text.isascii() and text.isdecimal()):
        assert not signing.is_fresh(text, 1_790_000_000)

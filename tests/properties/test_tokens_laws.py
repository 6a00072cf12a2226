"""Laws of tokens: read gives back what make took, and nothing else is ever accepted."""

import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from eventsys.tokens import LONGEST, TAG_BYTES, from_base64url, make_token, read_token, to_base64url

SECRET = b"thirty-two bytes of test secret!"
NOW = 1_795_000_000

values = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
purposes = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
characters = st.sampled_from(string.printable + "－１Ａａ\u0660\x00")


@given(purposes, values)
def test_a_token_gives_back_its_value_for_its_purpose(purpose, value):
    token = make_token(SECRET, purpose, value)

    assert read_token(SECRET, purpose, token, NOW) == value


@given(values, st.integers(0, 2**40), st.integers(-100, 100))
def test_a_token_is_read_until_the_second_it_expires(value, expires, later):
    token = make_token(SECRET, "ticket", value, expires=expires)

    read = read_token(SECRET, "ticket", token, expires + later)

    assert read == (value if later < 0 else None)


@given(values, st.none() | st.integers(NOW + 1, NOW * 2), st.data())
def test_one_flipped_character_makes_a_token_worthless(value, expires, data):
    token = make_token(SECRET, "ticket", value, expires=expires)
    place = data.draw(st.integers(0, len(token) - 1))
    character = data.draw(characters.filter(lambda c: c != token[place]))

    assert read_token(SECRET, "ticket", token[:place] + character + token[place + 1 :], NOW) is None


@given(st.integers(0, 9))
def test_no_other_last_character_means_the_same_token(length):
    token = make_token(SECRET, "ticket", "9" * length)
    alphabet = string.ascii_letters + string.digits + "-_"

    accepted = [
        c for c in alphabet if read_token(SECRET, "ticket", token[:-1] + c, NOW) is not None
    ]

    assert accepted == [token[-1]]


@given(values, characters, st.data())
def test_one_added_or_lost_character_makes_a_token_worthless(value, extra, data):
    token = make_token(SECRET, "ticket", value)
    place = data.draw(st.integers(0, len(token) - 1))

    longer = token[:place] + extra + token[place:]
    shorter = token[:place] + token[place + 1 :]

    assert read_token(SECRET, "ticket", longer, NOW) is None
    assert read_token(SECRET, "ticket", token + extra, NOW) is None
    assert read_token(SECRET, "ticket", shorter, NOW) is None


@given(purposes, purposes, values)
def test_a_token_is_worthless_for_another_purpose(purpose, other, value):
    assume(purpose != other)
    token = make_token(SECRET, purpose, value)

    assert read_token(SECRET, other, token, NOW) is None


@given(st.binary(min_size=16, max_size=40), values)
def test_a_token_is_worthless_under_another_secret(secret, value):
    assume(secret != SECRET)

    assert read_token(secret, "ticket", make_token(SECRET, "ticket", value), NOW) is None


@given(st.text(max_size=200))
def test_no_invented_text_is_a_token(text):
    assert read_token(SECRET, "ticket", text, NOW) is None


@given(values, st.sampled_from([":", "1", "9999999999", ":x"]))
def test_the_end_of_a_purpose_cannot_pass_for_the_start_of_a_value(value, end):
    sealed = from_base64url(make_token(SECRET, "ticket" + end, value)) or b""

    shifted = to_base64url(sealed[:TAG_BYTES] + end.encode() + sealed[TAG_BYTES:])

    assert read_token(SECRET, "ticket", shifted, NOW) is None


@given(st.binary(max_size=60))
def test_base64url_has_exactly_one_text_for_each_value(raw):
    assert from_base64url(to_base64url(raw)) == raw


@given(st.text(string.ascii_letters + string.digits + "-_=+/ \n", max_size=12))
def test_base64url_reads_only_the_text_it_would_write(text):
    raw = from_base64url(text)

    assert raw is None or to_base64url(raw) == text


def test_a_token_for_a_row_number_fits_a_small_qr_image():
    assert len(make_token(SECRET, "ticket", "123456")) == 31


def test_a_value_too_long_for_a_token_and_a_short_secret_are_refused():
    with pytest.raises(ValueError, match="too long"):
        make_token(SECRET, "ticket", "x" * LONGEST)
    with pytest.raises(ValueError, match="16 bytes"):
        make_token(b"short", "ticket", "1")

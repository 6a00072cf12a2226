"""What a ticket's code says, and what it does not open."""

from datetime import UTC, date, datetime, timedelta

import pytest

from eventsys.attendance.rules import POSTER_TOKEN_SECONDS, HalfDayKey
from eventsys.attendance.tickets import (
    confirm_token,
    entry_id_of,
    poster_token,
    read_confirm,
    read_poster,
    ticket_token,
    ticket_url,
)
from eventsys.vault import use_vault

NOW = datetime(2026, 7, 14, 1, 0, tzinfo=UTC)
KEY = HalfDayKey(date(2026, 7, 14), "am")
ENTRY = 8_123_456_789_012_345


@pytest.fixture(autouse=True)
def _vault():
    use_vault(b"0123456789abcdef")


def test_address_and_token_lead_to_the_entry():
    url = ticket_url("https://example.org", ENTRY)

    assert url == f"https://example.org/t/{ticket_token(ENTRY)}"
    assert entry_id_of(url) == entry_id_of(f"  {ticket_token(ENTRY)}\n") == ENTRY


@pytest.mark.parametrize(
    "text", ["", "12", "https://example.org/t/", "https://example.org/t/abc", "x" * 5000, "李雷"]
)
def test_anything_else_leads_nowhere(text):
    assert entry_id_of(text) is None


def test_a_token_with_one_character_changed_leads_nowhere():
    token = ticket_token(ENTRY)
    for place in range(len(token)):
        other = "A" if token[place] != "A" else "B"
        assert entry_id_of(token[:place] + other + token[place + 1 :]) is None


def test_a_token_of_another_installation_leads_nowhere():
    token = ticket_token(ENTRY)
    use_vault(b"another-secret-x")

    assert entry_id_of(token) is None


def test_the_projector_is_no_ticket_and_a_ticket_no_projector():
    poster = poster_token(ENTRY, KEY, NOW)

    assert entry_id_of(poster) is None
    assert read_poster(ticket_token(ENTRY), NOW) is None
    assert read_confirm(poster, NOW) is None
    assert read_poster(confirm_token(ENTRY, KEY, NOW), NOW) is None


def test_a_picture_on_the_projector_lasts_a_minute_and_a_bit():
    poster = poster_token(ENTRY, KEY, NOW)
    almost = NOW + timedelta(seconds=POSTER_TOKEN_SECONDS - 1)

    assert read_poster(poster, almost) == (ENTRY, KEY)
    assert read_poster(poster, almost + timedelta(seconds=1)) is None

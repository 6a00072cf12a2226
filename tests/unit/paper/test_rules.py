"""What a scan is, what a content check is, and what two keyings come to."""

import pytest

from eventsys.paper import rules

PNG = rules.PNG_START + b"\0\0\0\rIHDR" + b"x" * 17 + b"\0\0\0\0" + rules.PNG_END
PDF = b"%PDF-1.7\n1 0 obj\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xd9"


@pytest.mark.parametrize(
    ("data", "kind"),
    [(PNG, rules.ScanKind.PNG), (PDF, rules.ScanKind.PDF), (JPEG, rules.ScanKind.JPEG)],
)
def test_a_scan_is_known_by_its_content(data, kind):
    assert rules.scan_kind(data) is kind


@pytest.mark.parametrize(
    "data",
    [b"", b"MZ" + b"x" * 100, b"<html>", PDF[:-8], JPEG[:-2], PNG[:-4], b"GIF89a", b"x" + PDF],
)
def test_a_foreign_or_cut_off_file_is_no_scan(data):
    with pytest.raises(rules.ScanUnreadable):
        rules.scan_kind(data)


def test_a_scan_of_more_than_ten_megabytes_is_refused():
    with pytest.raises(rules.ScanTooLarge):
        rules.scan_kind(PDF + b"x" * rules.MOST_BYTES)


def test_the_content_check_is_read_back_as_it_was_printed():
    digest = "5d41402abc4b2a76" * 4

    shown = rules.short_digest(digest)

    assert shown == "5d41 402a bc4b"
    assert rules.typed_digest(f" {shown.upper()} ") == "5d41402abc4b"


@pytest.mark.parametrize("typed", ["", "5d41", "5d41 402a bc4z", "%" * 12, "5d41402abc4b" * 6])
def test_what_is_no_content_check_is_refused(typed):
    with pytest.raises(rules.PrintUnknown):
        rules.typed_digest(typed)


def test_equal_keyings_leave_nothing_to_settle():
    assert rules.differing({"1": "3", "2": "0"}, {"2": "0", "1": "3"}) == frozenset()


def test_only_what_differs_is_settled_by_the_reading():
    first, second = {"1": "3", "2": "0", "3": "1"}, {"1": "3", "2": "1", "3": "2"}

    assert rules.differing(first, second) == {"2", "3"}
    assert rules.settled(first, second, {"2": "1", "3": "1"}) == {"1": "3", "2": "1", "3": "1"}


@pytest.mark.parametrize("reading", [{}, {"2": "1", "1": "9"}, {"1": "9"}])
def test_a_reading_that_settles_something_else_is_refused(reading):
    with pytest.raises(rules.ReadingStale):
        rules.settled({"1": "3", "2": "0"}, {"1": "3", "2": "1"}, reading)


def test_nobody_keys_both_and_nobody_keys_a_third_time():
    rules.check_next_keyer([], 7)
    rules.check_next_keyer([7], 8)

    with pytest.raises(rules.KeyedAlready):
        rules.check_next_keyer([7], 7)
    with pytest.raises(rules.KeyedByTwo):
        rules.check_next_keyer([7, 8], 9)


@pytest.mark.parametrize("reason", ["", "    ", "错了", "  ab  "])
def test_a_reason_that_says_nothing_is_refused(reason):
    with pytest.raises(rules.ReasonMissing):
        rules.check_reason(reason)

"""Document numbers and credit codes: every vector, every kind, every reason for refusing."""

import re
from datetime import date

import pytest

from eventsys.id_numbers import (
    IdKind,
    IdNumber,
    IdNumberArea,
    IdNumberBirth,
    IdNumberCharacter,
    IdNumberChecksum,
    IdNumberFifteenDigits,
    IdNumberFromSpreadsheet,
    IdNumberFuture,
    IdNumberKind,
    IdNumberLength,
    IdNumberMissing,
    IdNumberRefused,
    age_on,
    mask_id_number,
    normalise_id_number,
)
from tests.vectors import TextVector, text_vectors

TODAY = date(2026, 7, 1)
CHINESE_CARD = (IdKind.MAINLAND, IdKind.HMT_RESIDENCE)
VECTORS = text_vectors("ids.tsv")
VERDICT = re.compile(r"(VALID|REJECT|OTHER|NORMALISE)(?::([0-9X]+))?")


@pytest.mark.parametrize("row", VECTORS, ids=lambda row: f"{row.line} {row.columns[1]}")
def test_a_number_meets_the_verdict_of_its_vector(row: TextVector):
    verdicts = dict(VERDICT.findall(row.columns[0]))
    try:
        number = normalise_id_number(row.text, TODAY)
    except IdNumberRefused:
        assert "REJECT" in verdicts
        return

    if "OTHER" in verdicts:
        assert number.kind not in CHINESE_CARD
        return
    assert number.kind in CHINESE_CARD
    assert number.value == {"VALID": row.text}.get(next(iter(verdicts)), verdicts.get("NORMALISE"))
    assert ("MINOR<14" in row.columns[0]) == (age_on(number.birth, TODAY) < 14)


def test_the_numbers_file_is_not_empty():
    assert len(VECTORS) > 20


@pytest.mark.parametrize(
    ("text", "kind", "birth", "sex"),
    [
        ("410105200402290013", IdKind.MAINLAND, date(2004, 2, 29), "M"),
        ("41010520051231002X", IdKind.MAINLAND, date(2005, 12, 31), "F"),
        ("410200200606011032", IdKind.MAINLAND, date(2006, 6, 1), "M"),
        ("410305197908152343", IdKind.MAINLAND, date(1979, 8, 15), "F"),
        ("419001196801010013", IdKind.MAINLAND, date(1968, 1, 1), "M"),
        ("360426199101010071", IdKind.MAINLAND, date(1991, 1, 1), "M"),
        ("110101190001010006", IdKind.MAINLAND, date(1900, 1, 1), "F"),
        ("11010519491231002X", IdKind.MAINLAND, date(1949, 12, 31), "F"),
        ("810000200801010004", IdKind.HMT_RESIDENCE, date(2008, 1, 1), "F"),
        ("911124198108030024", IdKind.FOREIGN_RESIDENT, date(1981, 8, 3), None),
        ("USA110080010101", IdKind.FOREIGN_RESIDENT, None, None),
        ("H12345678", IdKind.HK_MACAU_PERMIT, None, None),
        ("12345678", IdKind.TAIWAN_PERMIT, None, None),
        ("E12345678", IdKind.PASSPORT, None, None),
    ],
)
def test_a_number_tells_its_kind_and_what_it_contains(text, kind, birth, sex):
    assert normalise_id_number(text, TODAY) == IdNumber(kind, text, birth, sex)


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("123456789", IdKind.PASSPORT, "123456789"),
        ("H12345678", IdKind.PASSPORT, "H12345678"),
        ("ab1234567", IdKind.PASSPORT, "AB1234567"),
        ("H1234567801", IdKind.HK_MACAU_PERMIT, "H12345678"),
        ("1234 5678", IdKind.TAIWAN_PERMIT, "12345678"),
        ("usa110080010101", IdKind.FOREIGN_RESIDENT, "USA110080010101"),
        ("911124198108030024", IdKind.FOREIGN_RESIDENT, "911124198108030024"),
        ("830000200801010008", IdKind.HMT_RESIDENCE, "830000200801010008"),
        ("310115\uff0d20081231\uff0d0004", IdKind.MAINLAND, "310115200812310004"),
        ("'310115-20081231-0004", IdKind.MAINLAND, "310115200812310004"),
    ],
)
def test_a_chosen_kind_is_binding_and_settles_what_the_form_cannot(text, kind, value):
    number = normalise_id_number(text, TODAY, kind)

    assert (number.kind, number.value) == (kind, value)


@pytest.mark.parametrize(
    ("text", "kind", "refusal"),
    [
        ("", None, IdNumberMissing),
        (" \u3000", None, IdNumberMissing),
        ("310115200812310004\x00", None, IdNumberCharacter),
        ("31011520081231000A", None, IdNumberCharacter),
        ("\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668", None, IdNumberCharacter),
        ("\u202d310115200812310004", None, IdNumberCharacter),
        ("310115200812310004.0", None, IdNumberFromSpreadsheet),
        ("3.10115200812310E+17", None, IdNumberFromSpreadsheet),
        ("310115200812310000", None, IdNumberFromSpreadsheet),
        ("110101080101000", None, IdNumberFifteenDigits),
        ("31011520081231000", None, IdNumberLength),
        ("123456789", None, IdNumberLength),
        ("none", None, IdNumberLength),
        ("1" * 61, None, IdNumberLength),
        ("-" * 60, None, IdNumberMissing),
        ("-" * 61, None, IdNumberLength),
        ("991100200801010003", None, IdNumberArea),
        ("~31011520081231000", None, IdNumberCharacter),
        ("\uff5e31011520081231000", None, IdNumberCharacter),
        ("000000200801010003", None, IdNumberArea),
        ("990000200801010003", None, IdNumberArea),
        ("110101200913010005", None, IdNumberBirth),
        ("110101201302290004", None, IdNumberBirth),
        ("110101189901010004", None, IdNumberBirth),
        ("110101209901010009", None, IdNumberFuture),
        ("360426199101010072", None, IdNumberChecksum),
        ("H12345678", IdKind.TAIWAN_PERMIT, IdNumberKind),
        ("H12345678", IdKind.MAINLAND, IdNumberKind),
        ("810000200801010004", IdKind.MAINLAND, IdNumberKind),
        ("310115200812310004", IdKind.PASSPORT, IdNumberKind),
        ("360426199101010072", IdKind.MAINLAND, IdNumberChecksum),
    ],
)
def test_a_refused_number_says_why_without_repeating_it(text, kind, refusal):
    with pytest.raises(IdNumberRefused) as caught:
        normalise_id_number(text, TODAY, kind)

    assert type(caught.value) is refusal
    assert caught.value.field == "id_number"
    assert len(text) < 5 or text not in str(caught.value)


def test_born_today_is_not_in_the_future():
    assert normalise_id_number("310115200812310004", date(2008, 12, 31)).birth == date(2008, 12, 31)


def test_the_repr_of_a_number_betrays_nobody():
    number = normalise_id_number("410105200402290013", TODAY)

    assert repr(number) == "IdNumber(kind=<IdKind.MAINLAND: 'mainland'>)"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("410105200402290013", "4101**********0013"),
        ("USA110080010101", "U************01"),
        ("H12345678", "H******78"),
        ("12345678", "1*****78"),
        ("1234567", "*******"),
        ("", ""),
    ],
)
def test_a_masked_number_hides_the_date_of_birth(value: str, shown: str):
    assert mask_id_number(value) == shown


@pytest.mark.parametrize(
    ("birth", "day", "years"),
    [
        (date(2004, 6, 15), date(2025, 6, 14), 20),
        (date(2004, 6, 15), date(2025, 6, 15), 21),
        (date(2004, 2, 29), date(2025, 2, 28), 20),
        (date(2004, 2, 29), date(2025, 3, 1), 21),
        (date(2004, 2, 29), date(2024, 2, 29), 20),
        (date(2004, 12, 31), date(2004, 12, 31), 0),
    ],
)
def test_age_is_counted_in_full_years(birth: date, day: date, years: int):
    assert age_on(birth, day) == years

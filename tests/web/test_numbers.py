"""Numbers in forms are what people write, not what a programming language also reads."""

from decimal import Decimal

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import Form

from blueprints.numbers import ExactNumberField, WholeNumberField


class Both(Form):
    whole = WholeNumberField()
    exact = ExactNumberField(places=None)


def read(field, text):
    form = Both(MultiDict({field: text}))
    return form.validate(), form[field].data


@pytest.mark.parametrize("text", ["1_0", "1e3", "0x10", "٣", "1,000", "1.0", "9" * 17])
def test_a_whole_number_is_digits_and_a_sign(app, text):
    with app.test_request_context():
        assert read("whole", text) == (False, None)


@pytest.mark.parametrize("text", ["NaN", "sNaN", "Infinity", "1e3", "1_0", "1,5", "1."])
def test_an_exact_number_is_digits_and_a_point(app, text):
    with app.test_request_context():
        assert read("exact", text) == (False, None)


def test_what_people_write_is_read_exactly(app):
    with app.test_request_context():
        assert read("whole", " 12 ") == (True, 12)
        assert read("exact", "-0.125") == (True, Decimal("-0.125"))

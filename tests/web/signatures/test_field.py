"""The field and the frame in which one signs, in a form of their own."""

from types import SimpleNamespace

import pytest
from flask import get_template_attribute
from werkzeug.datastructures import MultiDict

from blueprints.signatures import SignatureField
from blueprints.web import WebForm
from eventsys import clock

DRAWN = "[[[100,200],[400,220]]]"


class SignForm(WebForm):
    """Nothing but a signature."""

    signature = SignatureField("签名")


@pytest.fixture
def form(app):
    """The form as a browser sent it."""

    def sent(*values):
        given = MultiDict([("signature", one) for one in values])
        with app.test_request_context("/", method="POST", data=given):
            made = SignForm()
            made.submitted()
            return made

    return sent


@pytest.mark.parametrize(
    ("values", "data"),
    [
        ((DRAWN, ""), DRAWN),
        (("", "王芳"), "王芳"),
        ((DRAWN, "王芳"), DRAWN),
        (("[]", " 王芳 "), "王芳"),
        (("王芳",), "王芳"),
    ],
)
def test_what_was_drawn_goes_before_what_was_typed(form, values, data):
    sent = form(*values)

    assert (sent.signature.data, sent.errors) == (data, {})


@pytest.mark.parametrize("values", [(), ("", ""), ("[]", " ")])
def test_an_unsigned_form_is_not_sent(form, values):
    assert form(*values).errors == {
        "signature": ["请用触控笔、手指或鼠标签名，也可以键入完整姓名。"]
    }


def shown(app, macro, *given):
    with app.test_request_context("/"):
        return str(get_template_attribute("_ui/signature.html", macro)(*given))


def test_the_frame_shows_again_what_was_drawn_and_offers_typing(app, form):
    drawn, typed = form(DRAWN), form("王芳")

    assert f'value="{DRAWN}"' in shown(app, "signature_pad", drawn.signature)
    assert 'value="王芳"' in shown(app, "signature_pad", typed.signature)
    assert "或键入完整姓名" in shown(app, "signature_pad", typed.signature)


def test_broken_strokes_are_not_put_into_the_page_again(app, form):
    page = shown(app, "signature_pad", form('[[["><script>').signature)

    assert "script" not in page


def test_a_signature_is_shown_as_a_picture_or_said_to_be_typed(app):
    one = SimpleNamespace(
        name="王芳", account_name="甲现场裁判", at=clock.now(), is_typed=False, path="M1 2L3 4"
    )
    assert 'd="M1 2L3 4"' in shown(app, "signature", one)
    assert "甲现场裁判" in shown(app, "signature", one)
    one.is_typed = True
    assert "键入" in shown(app, "signature", one)
    assert "尚无人签名" in shown(app, "signatures", [])

"""Forms of certificates."""

from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from blueprints.web import WebForm, _

NEEDED = InputRequired(_("Fill in this field."))


class ReasonForm(WebForm):
    """Why a certificate is revoked or replaced; whoever checks the paper reads it."""

    reason = TextAreaField(_("Reason"), [NEEDED, Length(max=200)])


class LookUpForm(WebForm):
    """Two facts from the paper."""

    number = StringField(_("Certificate number"), [NEEDED, Length(max=60)])
    holder = StringField(_("Name on the certificate"), [NEEDED, Length(max=60)])

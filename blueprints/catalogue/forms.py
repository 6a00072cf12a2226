"""Forms of the catalogue."""

from flask_babel import gettext
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length, Regexp

from blueprints.web import WebForm, _
from eventsys.catalogue.actions import CertificateFacts
from eventsys.catalogue.rules import SYSTEM_LABELS, CertificateSystem
from eventsys.groups.models import Unit

NEEDED = InputRequired(_("Fill in this field."))
CODE_FORM = Regexp(
    r"^[A-Za-z0-9._-]{2,30}$", message=_("Use 2 to 30 letters, digits, dots or hyphens.")
)


class CertificateForm(WebForm):
    """A certificate as its issuer describes it."""

    name = StringField(_("Name of the certificate"), [NEEDED, Length(max=100)])
    name_en = StringField(_("English name"), [Length(max=100)])
    code = StringField(
        _("Code"), [NEEDED, CODE_FORM], description=_("For example the number in the public list.")
    )
    system = SelectField(_("Levels"), [NEEDED])
    issuer_id = SelectField(_("Issuer"), [NEEDED], coerce=int)

    def offer(self, issuers: list[Unit]) -> None:
        """Fill the two lists."""
        self.system.choices = [
            (one.value, gettext(SYSTEM_LABELS[one])) for one in CertificateSystem
        ]
        self.issuer_id.choices = [(unit.id, unit.name) for unit in issuers]

    def given(self) -> CertificateFacts:
        """What was filled in."""
        return CertificateFacts(
            code=self.code.data or "",
            name=(self.name.data or "").strip(),
            name_en=(self.name_en.data or "").strip(),
            system=CertificateSystem(self.system.data),
            issuer_id=int(self.issuer_id.data or 0),
        )

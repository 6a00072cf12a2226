"""Forms of member units."""

from flask_babel import gettext
from wtforms import DateField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from blueprints.web import WebForm, _
from eventsys.groups.actions import UnitFacts
from eventsys.groups.rules import MEMBER_ROLE_LABELS, UNIT_KIND_LABELS, MemberRole, UnitKind

NEEDED = InputRequired(_("Fill in this field."))


class UnitForm(WebForm):
    """A unit that joins the group."""

    name = StringField(_("Name"), [NEEDED, Length(max=100)])
    code = StringField(_("Code"), [NEEDED, Length(max=20)])
    kind = SelectField(_("Kind"), [NEEDED])
    city = StringField(_("City"), [NEEDED, Length(max=40)])
    role = SelectField(_("Role in the group"), [NEEDED])
    starts_on = DateField(_("Member since"), [NEEDED])

    def offer(self) -> None:
        """Fill the two lists."""
        self.kind.choices = [(k.value, gettext(UNIT_KIND_LABELS[k])) for k in UnitKind]
        self.role.choices = [(r.value, gettext(MEMBER_ROLE_LABELS[r])) for r in MemberRole]

    def given(self) -> UnitFacts:
        """The unit as the action takes it."""
        kind = UnitKind(self.kind.data)
        return UnitFacts(
            (self.code.data or "").strip(),
            (self.name.data or "").strip(),
            kind,
            self.city.data or "",
        )


class LeaveForm(WebForm):
    """A unit that leaves."""

    ends_on = DateField(_("Last day"), [NEEDED])
    note = StringField(_("Reason"), [Optional(), Length(max=200)])


class ReturnForm(WebForm):
    """A unit that comes back after it has left."""

    role = SelectField(_("Role in the group"), [NEEDED])
    starts_on = DateField(_("Member since"), [NEEDED])

    def offer(self) -> None:
        """Fill the list."""
        self.role.choices = [(r.value, gettext(MEMBER_ROLE_LABELS[r])) for r in MemberRole]

"""Forms of accounts."""

from flask_babel import gettext
from wtforms import DateField, HiddenField, PasswordField, SelectField, StringField
from wtforms.validators import EqualTo, InputRequired, Length, Optional, Regexp

from blueprints.accounts.places import Places, labels_of
from blueprints.web import WebForm, _
from eventsys.identity.actions import Term
from eventsys.identity.rules import ROLE_LABELS, SCOPES_OF_ROLE, Role, Scope, ScopeKind

NEEDED = InputRequired(_("Fill in this field."))
NAME_FORM = Regexp(
    r"^[A-Za-z0-9._-]{3,40}$", message=_("Use 3 to 40 letters, digits, dots or hyphens.")
)


class SignInForm(WebForm):
    """Name, password, and where to go afterwards."""

    username = StringField(_("Sign-in name"), [NEEDED, Length(max=60)])
    password = PasswordField(_("Password"), [NEEDED, Length(max=200)])
    next = HiddenField()


class AcceptForm(WebForm):
    """What an invited person chooses."""

    username = StringField(_("Sign-in name"), [NEEDED, NAME_FORM])
    password = PasswordField(_("Password"), [NEEDED, Length(max=200)])
    again = PasswordField(
        _("Password once more"), [NEEDED, EqualTo("password", _("The two passwords differ."))]
    )


class PasswordForm(WebForm):
    """Changing one's own password."""

    old = PasswordField(_("Present password"), [NEEDED, Length(max=200)])
    password = PasswordField(_("New password"), [NEEDED, Length(max=200)])
    again = PasswordField(
        _("Password once more"), [NEEDED, EqualTo("password", _("The two passwords differ."))]
    )


class RoleForm(WebForm):
    """A role, where it holds, and for which days."""

    role = SelectField(_("Role"), [NEEDED])
    place = SelectField(
        _("Where it holds"),
        [NEEDED],
        description=_(
            "Team leader: a unit. Scoring judge, chief judge: a track. Check-in, encryption,"
            " supervision, assessment: an event or a track. Organizer: the group or an event."
            " Others: the whole group."
        ),
    )
    starts_on = DateField(
        _("First day"), [Optional()], description=_("Leave both days empty for a role without end.")
    )
    ends_on = DateField(_("Last day"), [Optional()])

    def offer(self, places: Places) -> None:
        """Fill the two lists: roles that an administrator may give, and places of the group."""
        given = [role for role in Role if ScopeKind.PLATFORM not in SCOPES_OF_ROLE[role]]
        self.role.choices = [(role.value, gettext(ROLE_LABELS[role])) for role in given]
        self.place.choices = places
        self.labels = labels_of(places)

    def given_role(self) -> Role:
        """The chosen role."""
        return Role(self.role.data)

    def given_scope(self) -> Scope:
        """The chosen place."""
        kind, _sep, key = str(self.place.data).partition(":")
        return Scope(ScopeKind(kind), int(key))

    def given_term(self) -> Term:
        """The chosen term of office."""
        return Term(self.starts_on.data, self.ends_on.data)


class InviteForm(RoleForm):
    """Whom to invite, as what."""

    name = StringField(_("Full name"), [NEEDED, Length(max=50)])

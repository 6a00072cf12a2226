"""Forms of founding."""

from wtforms import PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length, Optional, Regexp

from blueprints.web import WebForm, _
from eventsys.groups.actions import FirstAdmin, GroupFacts

NEEDED = InputRequired(_("Fill in this field."))


class AdminForm(WebForm):
    """The account that is made at the same time."""

    name = StringField(_("Full name"), [NEEDED, Length(max=50)])
    username = StringField(
        _("Sign-in name"),
        [
            NEEDED,
            Regexp(
                r"^[A-Za-z0-9._-]{3,40}$",
                message=_("Use 3 to 40 letters, digits, dots or hyphens."),
            ),
        ],
    )
    password = PasswordField(_("Password"), [NEEDED, Length(max=200)])
    again = PasswordField(
        _("Password once more"), [NEEDED, EqualTo("password", _("The two passwords differ."))]
    )

    def given_admin(self) -> FirstAdmin:
        """The account as the action takes it."""
        return FirstAdmin(self.username.data or "", self.name.data or "", self.password.data or "")


class GroupForm(AdminForm):
    """A new group and its administrator."""

    group_name = StringField(_("Name of the group"), [NEEDED, Length(max=100)])
    group_name_en = StringField(_("Name in English"), [Optional(), Length(max=100)])
    region = StringField(_("Province or city"), [NEEDED, Length(max=50)])

    def given_group(self) -> GroupFacts:
        """The group as the action takes it."""
        return GroupFacts(
            self.group_name.data or "", self.group_name_en.data or "", self.region.data or ""
        )

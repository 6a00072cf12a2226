"""Forms of works."""

from collections.abc import Sequence

from flask_babel import gettext
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from blueprints.web import WebForm, _, settings
from eventsys.works.actions import Upload
from eventsys.works.models import WorkSlot
from eventsys.works.rules import MOST_MEGABYTES, TREATMENTS, SlotFacts, Treatment

NEEDED = InputRequired(_("Fill in this field."))


class SlotForm(WebForm):
    """One file to ask for."""

    code = StringField(_("Code"), [NEEDED, Length(max=6)])
    name = StringField(_("Name of the file"), [NEEDED, Length(max=100)])
    extensions = SelectMultipleField(
        _("File types"), option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False)
    )
    most_megabytes = IntegerField(_("Largest size in MB"), [NEEDED], default=MOST_MEGABYTES)
    is_remote = BooleanField(_("Sent in by the team leader or contestant"))

    def offer(self) -> None:
        """Every type, with a word at those whose inside cannot be cleaned."""
        as_is = gettext("kept as it is")
        self.extensions.choices = [
            (one, f"{one} ({as_is})" if treatment is Treatment.OPAQUE else one)
            for one, treatment in TREATMENTS.items()
        ]

    def given(self) -> SlotFacts:
        """What was described."""
        return SlotFacts(
            (self.code.data or "").upper(),
            self.name.data or "",
            tuple(self.extensions.data or ()),
            self.most_megabytes.data or 0,
            bool(self.is_remote.data),
        )


class _FileForm(WebForm):
    slot = SelectField(_("File to hand in"), [NEEDED], coerce=int)
    file = FileField(_("File"), [FileRequired(_("Choose a file."))])

    def upload(self) -> Upload:
        """What was sent."""
        sent = self.file.data
        return Upload(sent.filename or "", sent.read(), settings().files_dir)

    def chosen(self) -> WorkSlot:
        """The slot; what is not offered was refused by the field."""
        return self.found[int(self.slot.data or 0)]

    def offer_slots(self, slots: Sequence[WorkSlot]) -> None:
        """What the track asks for."""
        self.found = {one.id: one for one in slots}
        self.slot.choices = [(one.id, f"{one.code} {one.name}") for one in slots]


class FetchForm(_FileForm):
    """A file from the floor."""

    station = SelectField(_("Station number"), [NEEDED])

    def offer(self, slots: Sequence[WorkSlot], stations: Sequence[str]) -> None:
        """The stations that are taken, and what is asked for."""
        self.offer_slots(slots)
        self.station.choices = [(one, one) for one in stations]


class SendForm(_FileForm):
    """A file from the entry's own people."""

    mark = HiddenField()

"""Forms of fee negotiations."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask import request
from flask_babel import gettext
from wtforms import DateField, Field, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp
from wtforms.widgets import TextInput

from blueprints.numbers import WholeNumberField
from blueprints.web import WebForm, _, words
from eventsys.catalogue.models import SkillCertificate
from eventsys.catalogue.rules import LEVELS, SYSTEM_LABELS, CertificateSystem
from eventsys.fees.actions import CapFacts, NegotiationFacts
from eventsys.fees.models import NegotiationRound
from eventsys.fees.rules import PROVINCES, Item, NotMoney, Proposal, fen_of, yuan_of
from eventsys.fees.states import (
    BEARER_LABELS,
    COST_ITEM_LABELS,
    EXAM_FORM_LABELS,
    MODE_LABELS,
    SIDE_LABELS,
    Bearer,
    CostItemKind,
    ExamForm,
    Mode,
    Side,
)

NEEDED = InputRequired(_("Fill in this field."))
DAY = InputRequired(_("Fill in a day, for example 2026-03-01."))
CODE_FORM = Regexp(r"^[^\s<>]{1,30}$", message=_("Use up to 30 characters without spaces."))


def choices_of(labels: Mapping[Any, str]) -> list[tuple[str, str]]:
    """An enumeration as a list to choose from, in the reader's language."""
    return [(one.value, gettext(label)) for one, label in labels.items()]


def day_in(field: DateField) -> date:
    """The day in a field that was found filled in."""
    return field.data or date.max


class YuanField(Field):
    """An amount typed in yuan; its data are whole fen, or None when left empty."""

    widget = TextInput()

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what was typed, exactly."""
        text = valuelist[0].strip() if valuelist else ""
        try:
            self.data = fen_of(text) if text else None
        except NotMoney as refusal:
            self.data = None
            raise ValueError(words(refusal)) from refusal

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else yuan_of(self.data)


class NegotiationForm(WebForm):
    """What is negotiated, and on what ground."""

    certificate_id = SelectField(_("Certificate"), [NEEDED], coerce=int)
    code = StringField(_("File number"), [NEEDED, CODE_FORM])
    exam_form = SelectField(_("Exam form"), [NEEDED])
    region = SelectField(_("Region where the price will hold"), [NEEDED])
    basis = TextAreaField(
        _("Basis"),
        [Length(max=2000)],
        description=_("Policy documents and letters with their numbers, as they are written."),
    )

    def offer(self, certificates: list[SkillCertificate], home: str) -> None:
        """Fill the lists; the group's own region stands first."""
        self.certificate_id.choices = [(one.id, one.name) for one in certificates]
        self.exam_form.choices = choices_of(EXAM_FORM_LABELS)
        self.region.choices = list(dict.fromkeys((home, *PROVINCES)))
        if request.method == "GET":
            self.certificate_id.data = request.args.get("certificate", type=int)

    def given(self) -> NegotiationFacts:
        """What was filled in."""
        return NegotiationFacts(
            code=self.code.data or "",
            certificate_id=int(self.certificate_id.data or 0),
            exam_form=ExamForm(self.exam_form.data),
            region=self.region.data or "",
            basis=(self.basis.data or "").strip(),
        )


class RoundForm(WebForm):
    """A proposal; amounts by item and level are added by ``round_form``."""

    proposed_by = SelectField(_("Proposed by"), [NEEDED])
    held_on = DateField(_("Held on"), [DAY])
    mode = SelectField(_("How"), [NEEDED])
    attendees = StringField(_("Who took part"), [Length(max=300)])
    bank_person_times = WholeNumberField(
        _("Question bank: spread over how many person-times a year"),
        [Optional(), NumberRange(1, 100_000_000)],
        description=_("Needed when the question bank has an amount; at least 50,000."),
    )
    note = TextAreaField(_("Note"), [Length(max=2000)])

    codes: tuple[str, ...] = ()

    def box(self, name: str) -> Any:
        """One of the fields that depend on the certificate."""
        return self._fields[name]

    def given(self) -> Proposal:
        """The proposal as it was typed; what was left empty is not part of it."""
        prices = {code: self.box(f"price_{code}").data for code in self.codes}
        return Proposal(
            proposed_by=Side(self.proposed_by.data),
            held_on=day_in(self.held_on),
            mode=Mode(self.mode.data),
            prices={code: fen for code, fen in prices.items() if fen is not None},
            items=tuple(self._items()),
            attendees=(self.attendees.data or "").strip(),
            note=(self.note.data or "").strip(),
            bank_person_times=self.bank_person_times.data,
        )

    def _items(self) -> list[Item]:
        return [
            Item(
                kind=kind,
                level_code=code,
                bearer=Bearer(self.box(f"bearer_{kind}").data),
                fen=self.box(f"{kind}_{code}").data,
                basis=(self.box(f"basis_{kind}").data or "").strip(),
            )
            for kind in CostItemKind
            for code in self.codes
            if self.box(f"{kind}_{code}").data is not None
        ]

    def begin_with(self, before: Proposal) -> None:
        """Start from the last round: a counter-proposal changes a few figures of it."""
        for code, fen in before.prices.items():
            self.box(f"price_{code}").data = fen
        for item in before.items:
            self.box(f"{item.kind}_{item.level_code}").data = item.fen
            self.box(f"bearer_{item.kind}").data = item.bearer.value
            self.box(f"basis_{item.kind}").data = item.basis
        self.bank_person_times.data = before.bank_person_times
        self.attendees.data = before.attendees
        other = Side.GROUP if before.proposed_by is Side.ISSUER else Side.ISSUER
        self.proposed_by.data = other.value


def round_form(names: Mapping[str, str], before: Proposal | None) -> RoundForm:
    """A form with a price for each level and an amount for each item and level."""
    fields: dict[str, Any] = {"codes": tuple(names)}
    for code, name in names.items():
        fields[f"price_{code}"] = YuanField(_of(gettext("Price"), name))
    for kind in CostItemKind:
        item = gettext(COST_ITEM_LABELS[kind])
        colon = gettext(": ")
        fields[f"bearer_{kind}"] = SelectField(f"{item}{colon}{gettext('Bearer')}")
        fields[f"basis_{kind}"] = StringField(
            f"{item}{colon}{gettext('Ground')}", [Length(max=100)]
        )
        for code, name in names.items():
            fields[f"{kind}_{code}"] = YuanField(_of(item, name))
    form: RoundForm = type("RoundFormOfLevels", (RoundForm,), fields)()
    form.proposed_by.choices = choices_of(SIDE_LABELS)
    form.mode.choices = choices_of(MODE_LABELS)
    for kind in CostItemKind:
        form.box(f"bearer_{kind}").choices = choices_of(BEARER_LABELS)
    if before is not None and request.method == "GET":
        form.begin_with(before)
    return form


def _of(what: str, level: str) -> str:
    """An amount's label: what it is for, at which level (a message)."""
    return gettext("%(what)s (%(level)s)", what=what, level=gettext(level))


class AgreeForm(WebForm):
    """Which round both sides accept, and the number of the signed paper."""

    number = SelectField(_("Accepted round"), [NEEDED], coerce=int)
    agreement_no = StringField(_("Number of the agreement"), [NEEDED, Length(max=60)])

    def offer(self, rounds: list[NegotiationRound]) -> None:
        """Fill the list; the last round stands first."""
        self.number.choices = [
            (one.number, gettext("Round %(n)s, %(day)s") % {"n": one.number, "day": one.held_on})
            for one in reversed(rounds)
        ]


class ForceForm(WebForm):
    """From which day the price holds."""

    starts_on = DateField(_("In force from"), [DAY])


class BreakOffForm(WebForm):
    """Why no price came of it."""

    reason = TextAreaField(_("Reason"), [NEEDED, Length(min=5, max=300)])


class CapForm(WebForm):
    """A limit as its document states it."""

    level = SelectField(_("Level"), [NEEDED])
    exam_form = SelectField(_("Exam form"), [NEEDED])
    amount = YuanField(_("Limit in yuan per person and exam"), [NEEDED])
    starts_on = DateField(_("In force from"), [DAY])
    document_no = StringField(_("Document number"), [NEEDED, Length(max=100)])

    def offer(self) -> None:
        """Fill the lists with the levels of both systems."""
        self.level.choices = [
            (
                f"{system}:{level.code}",
                f"{gettext(level.name_en)} · {gettext(SYSTEM_LABELS[system])}",
            )
            for system in CertificateSystem
            for level in LEVELS[system]
        ]
        self.exam_form.choices = choices_of(EXAM_FORM_LABELS)

    def given(self) -> CapFacts:
        """What was filled in."""
        system, _colon, code = (self.level.data or "").partition(":")
        return CapFacts(
            system=CertificateSystem(system),
            level_code=code,
            exam_form=ExamForm(self.exam_form.data),
            fen=self.amount.data or 0,
            starts_on=day_in(self.starts_on),
            document_no=(self.document_no.data or "").strip(),
        )

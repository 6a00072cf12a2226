"""Forms of marking schemes."""

from collections.abc import Sequence
from decimal import Decimal

from flask_babel import gettext
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from blueprints.numbers import ExactNumberField
from blueprints.web import WebForm, _
from eventsys.errors import N_, RuleBroken
from eventsys.events.models import Track
from eventsys.schemes.aspects import AspectKind, Band, Edge
from eventsys.schemes.models import Aspect, Criterion, Scheme
from eventsys.schemes.notation import Formula, bands_in, bands_text, formula_in, formula_text, plain
from eventsys.schemes.queries import competition_rules, facts_of
from eventsys.schemes.rules import (
    EDGE_LABELS,
    KIND_LABELS,
    LEVELS,
    SOURCE_LABELS,
    AspectFacts,
    CriterionFacts,
    Source,
)
from eventsys.schemes.sections import MOST_SECTIONS, SectionFacts, sections_in
from eventsys.schemes.specs import only_used

NEEDED = InputRequired(_("Fill in this field."))
OWN, WORLD_SKILLS = "own", "worldskills"
LAYOUTS = {
    OWN: N_("Our own template"),
    WORLD_SKILLS: N_("WorldSkills marking spreadsheet (CIS)"),
}
SPARE_SECTIONS = 3


class CriterionForm(WebForm):
    """A criterion inside a module, or a sub-criterion under another one."""

    module_code = SelectField(_("Module"), [NEEDED])
    parent = SelectField(_("Sub-criterion of"), [Optional()], default="")
    code = StringField(_("Code"), [NEEDED, Length(max=10)])
    name = StringField(_("Name"), [NEEDED, Length(max=100)])
    name_en = StringField(_("Name in English"), [Optional(), Length(max=100)])
    source = SelectField(_("Source of the marks"), [Optional()], default=Source.RESULT.value)

    def offer(self, track: Track, scheme: Scheme | None, but: Criterion | None = None) -> None:
        """Fill the lists of modules, of criteria to stand under, and of sources."""
        modules = competition_rules(track).modules
        self.module_code.choices = [(one.code, f"{one.code} {one.name}") for one in modules]
        roots = [one for one in scheme.criteria if one.parent_id is None] if scheme else []
        self.parent.choices = [
            ("", gettext("– none, a criterion of its own –")),
            *((one.code, f"{one.code} {one.name}") for one in roots if one is not but),
        ]
        self.source.choices = [(one.value, gettext(name)) for one, name in SOURCE_LABELS.items()]

    def show(self, criterion: Criterion) -> None:
        """Start from what is kept."""
        words = {key: getattr(criterion, key) for key in ("module_code", "code", "name", "name_en")}
        parent = criterion.parent.code if criterion.parent else ""
        self.process(data={**words, "parent": parent, "source": criterion.source.value})

    def given(self) -> CriterionFacts:
        """The criterion as the action takes it."""
        return CriterionFacts(
            module_code=self.module_code.data or "",
            code=self.code.data or "",
            name=self.name.data or "",
            name_en=self.name_en.data or "",
            parent=self.parent.data or "",
            source=Source(self.source.data),
        )


class AspectForm(WebForm):
    """An aspect; which fields count depends on its type."""

    code = StringField(_("Code"), [NEEDED, Length(max=10)])
    text = StringField(_("What is judged"), [NEEDED, Length(max=300)])
    text_en = StringField(_("In English"), [Optional(), Length(max=300)])
    kind = SelectField(_("Type"), [NEEDED])
    max_points = ExactNumberField(_("Maximum mark"), [NEEDED], places=None)
    section = SelectField(_("Section"), [Optional()], default="")
    level0 = StringField(_("Level 0"), [Optional(), Length(max=200)])
    level1 = StringField(_("Level 1"), [Optional(), Length(max=200)])
    level2 = StringField(_("Level 2"), [Optional(), Length(max=200)])
    level3 = StringField(_("Level 3"), [Optional(), Length(max=200)])
    unit = StringField(_("Unit of measurement"), [Optional(), Length(max=20)])
    low = ExactNumberField(_("Lower limit"), [Optional()], places=None)
    high = ExactNumberField(_("Upper limit"), [Optional()], places=None)
    bands = TextAreaField(_("Bands"), [Optional(), Length(max=1000)])
    edge = SelectField(
        _("A value on a boundary counts for"), [Optional()], default=Edge.LOWER.value
    )
    formula = StringField(_("Formula"), [Optional(), Length(max=60)])
    nominal = ExactNumberField(_("Nominal value"), [Optional()], places=None)
    inner = ExactNumberField(_("Inner tolerance"), [Optional()], places=None)
    outer = ExactNumberField(_("Wider tolerance"), [Optional()], places=None)
    part = ExactNumberField(_("Part marks"), [Optional()], places=None)
    step = ExactNumberField(_("Points lost each time"), [Optional()], places=None)
    note = StringField(_("Further description"), [Optional(), Length(max=500)])
    requirement = StringField(_("Requirement"), [Optional(), Length(max=500)])
    day = StringField(_("Day of marking"), [Optional(), Length(max=20)])
    again = BooleanField(_("The judges mark this aspect again"))

    def offer(self, scheme: Scheme) -> None:
        """Fill the lists of types, sections and edges."""
        self.kind.choices = [(kind.value, gettext(label)) for kind, label in KIND_LABELS.items()]
        self.edge.choices = [(edge.value, gettext(label)) for edge, label in EDGE_LABELS.items()]
        sections = sections_in(scheme.sections)
        self.section.choices = [
            ("", gettext("– none –")),
            *((one.code, f"{one.code} {one.name}") for one in sections),
        ]

    def show(self, aspect: Aspect) -> None:
        """Start from what is kept."""
        facts = facts_of(aspect)
        levels = {f"level{level}": text for level, text in enumerate(facts.levels)}
        words = ("code", "text", "text_en", "unit", "section", "note", "requirement", "day")
        numbers = ("max_points", "low", "high", "step", "nominal", "inner", "outer", "part")
        line = ""
        if facts.base is not None and facts.factor is not None:
            line = formula_text(facts.base, facts.factor, facts.floor)
        self.process(
            data={
                **{key: getattr(facts, key) for key in words},
                **{key: _plain(getattr(facts, key)) for key in numbers},
                **levels,
                "kind": facts.kind.value,
                "edge": facts.edge.value,
                "bands": bands_text(facts.bands, between="\n"),
                "formula": line,
                "again": aspect.origin_id is not None and aspect.kept_key is None,
            }
        )

    def readable(self) -> bool:
        """Whether bands and formula can be read; says beside them if not."""
        try:
            self.parsed()
        except RuleBroken as refusal:
            self.refuse(refusal)
            return False
        return True

    def parsed(self) -> tuple[tuple[Band, ...], Formula | None]:
        """The bands and the formula, if the type has them; refused if they cannot be read."""
        kind = AspectKind(self.kind.data)
        bands = bands_in(self.bands.data or "") if kind is AspectKind.BANDS else ()
        line = formula_in(self.formula.data or "") if kind is AspectKind.FORMULA else None
        return bands, line

    def given(self) -> AspectFacts:
        """The aspect as the action takes it; what its type does not use is left out."""
        bands, line = self.parsed()
        return only_used(
            AspectFacts(
                code=self.code.data or "",
                kind=AspectKind(self.kind.data),
                text=self.text.data or "",
                text_en=self.text_en.data or "",
                max_points=self.max_points.data or Decimal(0),
                low=self.low.data,
                high=self.high.data,
                unit=self.unit.data or "",
                step=self.step.data,
                levels=tuple(self[f"level{level}"].data or "" for level in range(LEVELS)),
                bands=bands,
                edge=Edge(self.edge.data or Edge.LOWER),
                base=line.base if line else None,
                factor=line.factor if line else None,
                floor=line.floor if line else None,
                nominal=self.nominal.data,
                inner=self.inner.data,
                outer=self.outer.data,
                part=self.part.data,
                section=self.section.data or "",
                note=self.note.data or "",
                requirement=self.requirement.data or "",
                day=self.day.data or "",
            )
        )


class SectionRow(Form):
    """One section of the standard; an empty row is no section."""

    code = StringField(_("Code"), [Optional(), Length(max=10)])
    name = StringField(_("Name"), [Optional(), Length(max=100)])
    weight = ExactNumberField(_("Weight"), [Optional()], places=None)


class SectionsForm(WebForm):
    """The sections of the standard and how far the marks may lie from their weights."""

    deviation = ExactNumberField(_("Allowed deviation, in points of 100"), [NEEDED], places=None)
    sections = FieldList(FormField(SectionRow), max_entries=MOST_SECTIONS)

    def show(self, sections: Sequence[SectionFacts], deviation: Decimal) -> None:
        """Start from what is kept, with some rows to spare."""
        rows: list[dict[str, object]] = [
            {"code": one.code, "name": one.name, "weight": _plain(one.weight)} for one in sections
        ]
        rows += [{} for _spare in range(min(SPARE_SECTIONS, MOST_SECTIONS - len(rows)))]
        self.process(data={"sections": rows, "deviation": _plain(deviation)})

    def given(self) -> list[SectionFacts]:
        """The rows that say something."""
        rows = [row.form for row in self.sections.entries]
        return [
            SectionFacts(row.code.data or "", row.name.data or "", row.weight.data or Decimal(0))
            for row in rows
            if row.code.data or row.name.data or row.weight.data is not None
        ]


class ImportSchemeForm(WebForm):
    """A filled-in template, and consent to replace what is there."""

    layout = SelectField(_("Kind of file"), [Optional()], default=OWN)
    file = FileField(_("File"), [FileRequired(_("Choose a file."))])
    replace = BooleanField(_("Replace the present scheme"))

    def offer(self) -> None:
        """Fill the list of layouts."""
        self.layout.choices = [(key, gettext(label)) for key, label in LAYOUTS.items()]


class CorrectionForm(WebForm):
    """Why the scheme has to be corrected."""

    reason = TextAreaField(_("Reason"), [NEEDED, Length(max=200)])


class ApproveForm(WebForm):
    """The digest of the draft that was read."""

    seen = HiddenField("", [Optional(), Length(max=64)])


class MachineMarksForm(WebForm):
    """The file of an examination machine."""

    file = FileField(_("File"), [FileRequired(_("Choose a file."))])


def _plain(number: Decimal | None) -> Decimal | None:
    """Without an exponent, as people write numbers."""
    return None if number is None else Decimal(plain(number))

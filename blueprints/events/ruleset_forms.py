"""The form of a track for each kind of event."""

from blueprints.events.competition_form import CompetitionForm
from blueprints.events.track_forms import ExamForm, TrackForm, TrainingForm
from eventsys.events.rules import EventKind

FORM_OF: dict[EventKind, type[TrackForm]] = {
    EventKind.COMPETITION: CompetitionForm,
    EventKind.TRAINING: TrainingForm,
    EventKind.EXAM: ExamForm,
}

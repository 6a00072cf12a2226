"""A skills competition from the first draft to the certificate, walked by its people in a browser.

Nothing reaches the database but through pages: each person does what their role does, and finds
what the one before left. Who stands behind a code is known to nobody until the map is open, so the
expected ranking is told by the codes and the names are put in afterwards.
"""

from tests.browser.journey import entering, marking, outcome, the_day
from tests.browser.journey.people import Journey

STEPS = (
    *(entering.announce, entering.appoint, entering.enter_by_form, entering.enter_by_table),
    *(entering.review, entering.find_room, entering.draw_stations),
    *(the_day.fix_seed, the_day.show_tickets, the_day.check_in, the_day.draw_codes),
    the_day.prepare_marking,
    *(marking.mark_all, marking.confirm, marking.sign_off, marking.re_check, marking.open_map),
    *(outcome.publish, outcome.read_results, outcome.export_results, outcome.certify),
    outcome.see_own_results,
)


def test_a_competition_from_the_first_draft_to_the_certificate(visit, tmp_path):
    journey = Journey(visit, tmp_path)

    for step in STEPS:
        step(journey)

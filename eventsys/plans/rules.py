"""Why a change of a plan is refused."""

from eventsys.errors import N_, Conflict, RuleBroken


class PlanChanged(Conflict):
    message = N_(
        "Somebody else changed the plan meanwhile. Nothing of yours was kept: look at the plan as"
        " it is now, then do it again."
    )


class SessionBegun(RuleBroken):
    message = N_(
        "“%(name)s” has begun, so it stays where it is. On the day, move single entries instead."
    )


class NothingToPlan(RuleBroken):
    message = N_(
        "There is nothing to plan yet: no session is asked for. Say what the tracks need, then work"
        " out the sessions."
    )


class NoShifts(RuleBroken):
    message = N_("The planner needs to know the shifts of each day. Set them first.")


class ShiftsOver(RuleBroken):
    message = N_("Every shift of this plan is over. Add a later day or shift first.")


class RunUnderWay(Conflict):
    message = N_("The planner is at work on this event already. Wait for it, or stop it first.")


class RunOver(Conflict):
    message = N_("This run has ended. Look at what became of it.")


class RunNotReady(Conflict):
    message = N_("This run has no plan to accept. Wait until it has ended, or ask for another run.")


class RunFoundNothing(RuleBroken):
    message = N_("This run found no plan that could be kept. Read why, then ask for another run.")


class FileCannotBe(RuleBroken):
    message = N_(
        "Something in this plan cannot be; it stands below. Correct the file and upload it again."
    )


class FileOutdated(Conflict):
    message = N_(
        "The plan was changed since this file was brought in, and accepting it would undo that."
        " Upload the file once more to compare it with the plan of now."
    )


class DifferentFromShown(Conflict):
    message = N_(
        "The plan was changed since this run began, so accepting it would undo that. Look at the"
        " comparison again: it is against the plan of now."
    )


class OthersLoseStations(Conflict):
    message = N_(
        "Accepting this plan would take the stations of %(count)s entries (no. %(who)s), and that"
        " is not what the comparison said. Look at the comparison again before you accept it."
    )


class CannotServe(RuleBroken):
    field = "user"
    message = N_("%(name)s cannot take this duty: %(why)s")


class DutyOver(RuleBroken):
    message = N_("This session is over, so its duties stay as they were.")


class DelayUnfit(RuleBroken):
    field = "minutes"
    message = N_("So long a delay does not fit: %(why)s")


class SessionOver(RuleBroken):
    message = N_("This session is over. Delay one that is still to come.")


class StillUsed(RuleBroken):
    message = N_("“%(name)s” has room and time. Put it back into the tray, then remove it.")


class ItemNameTaken(RuleBroken):
    field = "name"
    message = N_("The track has a session “%(name)s” already. Choose another name.")


class TrackWithoutModules(RuleBroken):
    message = N_("This track has no modules to be held one by one.")


class NeedInUse(Conflict):
    message = N_(
        "Sessions of this track have room and time already. Put them back into the tray before its"
        " parts change."
    )

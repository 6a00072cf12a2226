"""Everything ``make demo`` loads, in one transaction: all of it or nothing."""

from sqlalchemy import select

from eventsys.db import leave_groups, session, transaction
from eventsys.demo.founding import MAIN, add_accounts, first_places, found_groups
from eventsys.groups.models import Group


def is_loaded() -> bool:
    """Whether the demo's group is there already."""
    leave_groups()
    return session().scalar(select(Group.id).where(Group.name == MAIN.name)) is not None


def load_demo() -> None:
    """Found the groups, give out the accounts, and bring each kind of event to a telling moment."""
    with transaction():
        group = found_groups()
        add_accounts(group, first_places(group))

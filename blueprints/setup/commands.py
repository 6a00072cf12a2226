"""Commands: ``flask --app wsgi setup …`` and ``flask --app wsgi audit verify``."""

import sys

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext
from flask_babel import force_locale, gettext

from eventsys.audit.queries import chains, verify_chain
from eventsys.db import leave_groups, transaction
from eventsys.demo.accounts import PASSWORD, shown_accounts
from eventsys.demo.actions import is_loaded, load_demo
from eventsys.errors import DomainError
from eventsys.groups.actions import FirstAdmin, GroupFacts, add_platform_admin, found_group
from eventsys.identity.policy import System

setup_commands = AppGroup("setup", help="Found groups and accounts.")
audit_commands = AppGroup("audit", help="Prove that nobody rewrote the record.")
COMMAND_LINE = System(source="command line")


@setup_commands.command("admin")
@click.argument("username")
@click.argument("name")
@click.password_option()
def add_admin(username: str, name: str, password: str) -> None:
    """Add a platform administrator."""
    try:
        with transaction():
            add_platform_admin(COMMAND_LINE, FirstAdmin(username, name, password))
    except DomainError as refusal:
        raise click.ClickException(str(refusal)) from refusal
    click.echo(f"{username} may now sign in.")


@setup_commands.command("group")
@click.argument("group_name")
@click.option("--english", default="", help="The group's name in English.")
@click.option("--region", required=True, help="Province or city.")
@click.option("--admin", "username", required=True, help="Sign-in name of its administrator.")
@click.option("--admin-name", required=True, help="Name of its administrator.")
@click.password_option()
def add_group(
    group_name: str, english: str, region: str, username: str, admin_name: str, password: str
) -> None:
    """Found a group with its first administrator."""
    try:
        with transaction():
            group, _admin = found_group(
                COMMAND_LINE,
                GroupFacts(group_name, english, region),
                FirstAdmin(username, admin_name, password),
            )
            key = group.id
    except DomainError as refusal:
        raise click.ClickException(str(refusal)) from refusal
    click.echo(f"group {key} founded; {username} may now sign in.")


@audit_commands.command("verify")
def verify() -> None:
    """Walk every group's chain; name the first bad entry of each and end with 1 if there is one."""
    leave_groups()
    bad = 0
    for chain in chains():
        broken = verify_chain(chain)
        if broken is None:
            click.echo(f"chain {chain}: ok")
        else:
            bad += 1
            click.echo(f"chain {chain}: entry {broken.sequence} is bad: {broken.reason}")
    sys.exit(1 if bad else 0)


@click.command("demo")
@with_appcontext
def demo_command() -> None:
    """Load the demo data unless it is there, and print the address and the sign-ins."""
    if not current_app.extensions["settings"].demo:
        raise click.ClickException("Demo data only goes into a demo: set EVENTSYS_DEMO=1.")
    if not is_loaded():
        click.echo("Loading demo data …")
        load_demo()
    click.echo(f"\n  {current_app.extensions['settings'].public_url}\n")
    with force_locale("zh"):
        for username, says in shown_accounts():
            click.echo(f"  {username:<12} {gettext(says)}")
    click.echo(f"\n  密码 / password: {PASSWORD}\n")

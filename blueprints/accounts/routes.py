"""Pages of accounts."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from flask import Blueprint, flash, redirect, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user

from blueprints.accounts.devices import device_name
from blueprints.accounts.forms import AcceptForm, InviteForm, PasswordForm, RoleForm, SignInForm
from blueprints.accounts.places import places_of
from blueprints.language import COOKIE, LANGUAGES
from blueprints.listing import asked, paged
from blueprints.web import DoForm, SignedIn, WebForm, client_place, load, me, page, settings
from eventsys import clock
from eventsys.db import Model, transaction
from eventsys.errors import DomainError, NotThere
from eventsys.identity import actions, grant_actions, queries
from eventsys.identity.models import Invitation, LoginSession, RoleGrant, User
from eventsys.identity.policy import (
    Actor,
    may_close_account,
    may_end_grant,
    may_see_account,
    may_withdraw,
)
from eventsys.identity.rules import BLIND_ROLES, least_length

bp = Blueprint("accounts", __name__, url_prefix="/account")
A_YEAR = 31_536_000
OWN_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")


@bp.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    """Name and password; afterwards back to where one wanted to go."""
    form = SignInForm()
    if request.method == "GET":
        form.next.data = request.args.get("next", "")
    if form.submitted() and _let_in(form):
        return redirect(_own(form.next.data))
    return page("accounts/sign_in.html", form=form)


def _let_in(form: SignInForm) -> bool:
    name, place = form.username.data or "", client_place()
    opened: list[SignedIn] = []

    def open_door() -> None:
        _user, token = actions.sign_in(name, form.password.data or "", place)
        found = queries.live_session(token, clock.now())
        opened.extend([SignedIn(token, found)] if found else [])

    if not _counted(form, name, open_door):
        return False
    _end_former_session()
    for signed_in in opened:
        login_user(signed_in)
    return True


def _counted(form: WebForm, username: str, deed: Callable[[], None]) -> bool:
    """Do what needs a password; wrong ones are counted for account and source together."""
    place = client_place()
    try:
        actions.check_attempts(username, place.source)
        with transaction():
            deed()
    except actions.WrongSignIn as refusal:
        with transaction():
            actions.note_wrong_password(username, place)
        form.refuse(refusal)
    except DomainError as refusal:
        form.refuse(refusal)
    else:
        return True
    return False


def _end_former_session() -> None:
    """Whoever was signed in on this device is not any more; nothing of their cookie is kept."""
    if current_user.is_authenticated:
        with transaction():
            actions.sign_out(me(), current_user.token)
    cookie.clear()


def _own(path: str | None) -> str:
    """Only paths of this site are followed; browsers read some odd characters as slashes."""
    good = OWN_PATH.fullmatch(path or "")
    return path if path and good else url_for("home.index")


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End this device's session."""
    form = DoForm()
    judging = bool(me().roles & BLIND_ROLES)
    if form.submitted():
        form.commits(actions.sign_out, current_user.token)
    logout_user()
    cookie.clear()
    answer = redirect(url_for("accounts.sign_in"))
    # a judge's tablet may still hold marks that were not sent: they stay
    answer.headers["Clear-Site-Data"] = '"cache"' if judging else '"cache", "storage"'
    return answer


@bp.post("/language")
def choose_language() -> ResponseReturnValue:
    """Chinese or English, kept in the account, or in a cookie before signing in."""
    chosen = request.form.get("lang", "zh")
    chosen = chosen if chosen in LANGUAGES else "zh"
    if current_user.is_authenticated:
        with transaction():
            current_user.user.language = chosen
    answer = redirect(_own(request.form.get("next") or _page_before()))
    answer.set_cookie(
        COOKIE,
        chosen,
        max_age=A_YEAR,
        samesite="Lax",
        httponly=True,
        secure=settings().secure,
    )
    return answer


def _page_before() -> str:
    """The page on which a button was pressed, for buttons that stand on every page."""
    before = urlsplit(request.referrer or "")
    return f"{before.path}?{before.query}".rstrip("?")


@bp.route("/invitation/<token>", methods=["GET", "POST"])
def accept(token: str) -> ResponseReturnValue:
    """Choose a name and a password; the link works once."""
    invitation = queries.invitation_by_token(token, clock.now())
    if invitation is None:
        raise grant_actions.InvitationUsed
    form = AcceptForm()
    if form.submitted() and form.commits(_accept, invitation, form):
        flash(_("Your account is ready. Sign in with it."), "ok")
        return redirect(url_for(".sign_in"))
    least = least_length(frozenset({invitation.role}))
    return page("accounts/accept.html", form=form, invitation=invitation, least=least)


def _accept(_actor: Actor, invitation: Invitation, form: AcceptForm) -> User:
    return grant_actions.accept_invitation(
        invitation, form.username.data or "", form.password.data or "", client_place()
    )


@bp.route("/me", methods=["GET", "POST"], endpoint="me")
def own_account() -> ResponseReturnValue:
    """One's own account: password, devices, roles."""
    form = PasswordForm()
    if form.submitted() and _change_password(form):
        logout_user()
        flash(_("The password was changed. Sign in again."), "ok")
        return redirect(url_for(".sign_in"))
    user = current_user.user
    return page(
        "accounts/me.html",
        form=form,
        user=user,
        sessions=queries.sessions_of(user.id),
        here=current_user.login.id,
        grants=sorted(me().grants),
        device_name=device_name,
        least=least_length(me().roles),
    )


def _change_password(form: PasswordForm) -> bool:
    user, old, new = current_user.user, form.old.data or "", form.password.data or ""
    return _counted(form, user.username, lambda: actions.change_password(me(), user, old, new))


@bp.post("/sessions/<int:session_id>/end")
def end_session(session_id: int) -> ResponseReturnValue:
    """Sign out one of one's own devices."""
    found = load(LoginSession, session_id, lambda actor, one: one.user_id == actor.user_id)
    form = DoForm()
    if form.submitted() and form.commits(actions.end_session, found):
        flash(_("That device is signed out."), "ok")
    return redirect(url_for(".me"))


@bp.get("/people")
def people() -> ResponseReturnValue:
    """The accounts of the group, and invitations that still wait."""
    return _people_page(DoForm())


def _people_page(form: DoForm) -> ResponseReturnValue:
    group_id = me().group_id or 0
    return page(
        "accounts/people.html",
        form=form,
        people=paged(queries.accounts_of(group_id, asked("q"))),
        invitations=queries.invitations_of(group_id),
        today=clock.today(),
    )


@bp.post("/invitations/<int:invitation_id>/withdraw")
def withdraw(invitation_id: int) -> ResponseReturnValue:
    """Make a link worthless that was not used yet."""
    found = load(Invitation, invitation_id, may_withdraw)
    form = DoForm()
    if form.submitted() and form.commits(grant_actions.withdraw_invitation, found):
        flash(_("The invitation is withdrawn. Its link no longer works."), "ok")
        return redirect(url_for(".people"))
    return _people_page(form)


@bp.route("/people/<int:user_id>", methods=["GET", "POST"])
def account(user_id: int) -> ResponseReturnValue:
    """One account: its roles, and one more."""
    user = load(User, user_id, may_see_account)
    form = RoleForm()
    form.offer(places_of(user.group_id or 0))
    if form.submitted() and form.commits(
        grant_actions.grant_role, user, form.given_role(), form.given_scope(), form.given_term()
    ):
        flash(_("The role holds from now on."), "ok")
        return redirect(url_for(".account", user_id=user.id))
    return _account_page(user, form)


def _account_page(user: User, form: RoleForm) -> ResponseReturnValue:
    return page(
        "accounts/account.html",
        form=form,
        user=user,
        places=form.labels,
        today=clock.today(),
        may_change=may_close_account(me(), user) and user.closed_at is None,
    )


def _pressed(
    user: User, done: str, action: Callable[..., None], thing: Model
) -> ResponseReturnValue:
    """A button on the page of an account: back to it, with the refusal if there is one."""
    button, form = DoForm(), RoleForm(formdata=None)
    if button.submitted() and button.commits(action, thing):
        flash(done, "ok")
        return redirect(url_for(".account", user_id=user.id))
    form.offer(places_of(user.group_id or 0))
    form.refusal, form.status = button.refusal, button.status
    return _account_page(user, form)


@bp.post("/grants/<int:grant_id>/end")
def end_grant(grant_id: int) -> ResponseReturnValue:
    """Take a role back."""
    grant = load(RoleGrant, grant_id, may_end_grant)
    return _pressed(grant.user, _("The role has ended."), grant_actions.end_grant, grant)


@bp.post("/people/<int:user_id>/close")
def close(user_id: int) -> ResponseReturnValue:
    """Shut an account for good."""
    user = load(User, user_id, may_close_account)
    done = _("The account is closed. Nobody can sign in with it.")
    return _pressed(user, done, grant_actions.close_account, user)


@bp.route("/invite", methods=["GET", "POST"])
def invite() -> ResponseReturnValue:
    """A single-use link for somebody new; shown once."""
    group_id = me().group_id
    if group_id is None:
        raise NotThere
    form = InviteForm()
    form.offer(places_of(group_id))
    link = None
    if form.submitted() and form.commits(
        grant_actions.invite,
        group_id,
        form.name.data,
        form.given_role(),
        form.given_scope(),
        form.given_term(),
    ):
        _made, token = form.result
        link = settings().public_url + url_for(".accept", token=token)
    return page("accounts/invite.html", form=form, link=link)

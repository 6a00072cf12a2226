"""Pages of accounts."""

from urllib.parse import urlsplit

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user

from blueprints.accounts.forms import AcceptForm, InviteForm, PasswordForm, RoleForm, SignInForm
from blueprints.accounts.places import places_of
from blueprints.language import COOKIE, LANGUAGES
from blueprints.listing import asked, paged
from blueprints.web import DoForm, SignedIn, client_place, load, me, page
from eventsys import clock
from eventsys.db import transaction
from eventsys.errors import DomainError, NotThere
from eventsys.identity import actions, queries
from eventsys.identity.models import LoginSession, RoleGrant, User
from eventsys.identity.policy import Actor, may_end_grant

bp = Blueprint("accounts", __name__, url_prefix="/account")
A_YEAR = 31_536_000


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
    try:
        actions.check_attempts(name, place.source)
        with transaction():
            _user, token = actions.sign_in(name, form.password.data or "", place)
            found = queries.live_session(token, clock.now())
    except actions.WrongSignIn as refusal:
        with transaction():
            actions.note_wrong_password(name, place)
        form.refuse(refusal)
        return False
    except DomainError as refusal:
        form.refuse(refusal)
        return False
    if found is not None:
        login_user(SignedIn(token, found))
    return True


def _own(path: str | None) -> str:
    """Only paths of this site are followed."""
    parts = urlsplit(path or "")
    good = bool(path) and not parts.scheme and not parts.netloc and path.startswith("/")
    return path if good and not path.startswith(("//", "/\\")) else url_for("home.index")


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End this device's session."""
    form = DoForm()
    if form.submitted():
        form.commits(actions.sign_out, current_user.token)
    logout_user()
    answer = redirect(url_for("accounts.sign_in"))
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@bp.post("/language")
def choose_language() -> ResponseReturnValue:
    """Chinese or English, kept in the account, or in a cookie before signing in."""
    chosen = request.form.get("lang", "zh")
    chosen = chosen if chosen in LANGUAGES else "zh"
    if current_user.is_authenticated:
        with transaction():
            current_user.user.language = chosen
    answer = redirect(_own(request.form.get("next")))
    answer.set_cookie(COOKIE, chosen, max_age=A_YEAR, samesite="Lax", httponly=True)
    return answer


@bp.route("/invitation/<token>", methods=["GET", "POST"])
def accept(token: str) -> ResponseReturnValue:
    """Choose a name and a password; the link works once."""
    invitation = queries.invitation_by_token(token, clock.now())
    if invitation is None:
        raise actions.InvitationUsed
    form = AcceptForm()
    if form.submitted() and form.commits(_accept, invitation, form):
        flash(_("Your account is ready. Sign in with it."), "ok")
        return redirect(url_for(".sign_in"))
    return page("accounts/accept.html", form=form, invitation=invitation)


def _accept(_actor: Actor, invitation: actions.Invitation, form: AcceptForm) -> User:
    return actions.accept_invitation(
        invitation, form.username.data or "", form.password.data or "", client_place()
    )


@bp.route("/me", methods=["GET", "POST"], endpoint="me")
def own_account() -> ResponseReturnValue:
    """One's own account: password, devices, roles."""
    form = PasswordForm()
    user = current_user.user
    if form.submitted() and form.commits(
        actions.change_password, user, form.old.data, form.password.data
    ):
        logout_user()
        flash(_("The password was changed. Sign in again."), "ok")
        return redirect(url_for(".sign_in"))
    return page(
        "accounts/me.html",
        form=form,
        user=user,
        sessions=queries.sessions_of(user.id),
        here=current_user.login.id,
        grants=sorted(me().grants),
    )


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
    group_id = me().group_id or 0
    return page(
        "accounts/people.html",
        people=paged(queries.accounts_of(group_id, asked("q"))),
        invitations=queries.invitations_of(group_id),
    )


@bp.route("/people/<int:user_id>", methods=["GET", "POST"])
def account(user_id: int) -> ResponseReturnValue:
    """One account: its roles, and one more."""
    user = load(User, user_id, lambda actor, one: one.group_id == actor.group_id)
    form = RoleForm()
    form.offer(places_of(user.group_id or 0))
    if form.submitted() and form.commits(
        actions.grant_role, user, form.given_role(), form.given_scope(), form.given_term()
    ):
        flash(_("The role holds from now on."), "ok")
        return redirect(url_for(".account", user_id=user.id))
    return page("accounts/account.html", form=form, user=user, places=dict(form.place.choices))


@bp.post("/grants/<int:grant_id>/end")
def end_grant(grant_id: int) -> ResponseReturnValue:
    """Take a role back."""
    grant = load(RoleGrant, grant_id, may_end_grant)
    form = DoForm()
    if form.submitted() and form.commits(actions.end_grant, grant):
        flash(_("The role has ended."), "ok")
    return redirect(url_for(".account", user_id=grant.user_id))


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
        actions.invite,
        group_id,
        form.name.data,
        form.given_role(),
        form.given_scope(),
        form.given_term(),
    ):
        _made, token = form.result
        link = url_for(".accept", token=token, _external=True)
    return page("accounts/invite.html", form=form, link=link)

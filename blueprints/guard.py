"""Closed by default: nobody passes whom ``policy.tsv`` does not name."""

from datetime import timedelta
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from blueprints.policy import Rule, check_policy, read_policy
from blueprints.web import me, wants_json
from eventsys import clock
from eventsys.audit.actions import record
from eventsys.db import enter_group, transaction
from eventsys.errors import N_, DomainError
from eventsys.identity.actions import touch_session

TOUCH_EVERY = timedelta(seconds=60)
UNAUTHORIZED = 401


class NotSignedIn(DomainError):
    """For scripts; pages lead to the sign-in page instead."""

    message = N_("You are not signed in any more. Sign in again in another tab.")


class WrongRole(DomainError):
    """Decided before anything is looked up, so it tells nothing about what exists."""

    message = N_("Your role does not open this page. Ask your group's administrator for it.")


def init_app(app: Flask) -> None:
    """Check the policy against the routes and stand at the door."""
    rules = read_policy()
    check_policy(app, rules)
    app.extensions["policy"] = rules
    app.before_request(stand_guard)
    app.after_request(seal_answer)


def stand_guard() -> AnyResponse | None:
    """Scope the session to the person's group and let in whom the policy names."""
    enter_group(None)
    if request.endpoint is None:
        return None
    method = "GET" if request.method in {"HEAD", "OPTIONS"} else request.method
    rule: Rule | None = current_app.extensions["policy"].get((request.endpoint, method))
    if request.endpoint == "static" or rule is None:
        return None
    if current_user.is_authenticated:
        enter_group(current_user.actor.group_id)
        _touch()
    if rule.relation == "public":
        return None
    if not current_user.is_authenticated:
        return _ask_to_sign_in()
    if rule.roles and not rule.roles & me().roles:
        record_denial("role")
        raise WrongRole
    return None


def seal_answer(response: Response) -> Response:
    """Pages are for one person and one moment: no cache keeps them."""
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
        response.headers.add("Vary", "Cookie")
    return response


def record_denial(why: str) -> None:
    """One line on record for a signed-in person who was refused."""
    if not current_user.is_authenticated:
        return
    with transaction():
        record(me(), "access.denied", request.endpoint or "", why=why, method=request.method)


def _touch() -> None:
    found = current_user.login
    if clock.now() - found.seen_at > TOUCH_EVERY:
        with transaction():
            touch_session(found, clock.now())


def _ask_to_sign_in() -> AnyResponse:
    """Pages lead to the sign-in page and back; a part of a page takes the whole page there."""
    if wants_json():
        raise NotSignedIn
    if "HX-Request" in request.headers:
        page = urlsplit(request.headers.get("HX-Current-URL", "")).path
        there = url_for("accounts.sign_in", next=page or "/")
        return Response(status=UNAUTHORIZED, headers={"HX-Redirect": there})
    return redirect(url_for("accounts.sign_in", next=_own_path()))


def _own_path() -> str:
    return request.full_path.rstrip("?") if request.method == "GET" else "/"

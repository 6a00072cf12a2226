"""Refusals and failures as pages: the only such place."""

import secrets

from flask import Flask, Response, current_app, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, MethodNotAllowed, SecurityError

from blueprints.guard import NotSignedIn, WrongRole, record_denial
from blueprints.web import CONFLICT, UNPROCESSABLE, wants_json, words
from eventsys.db import session
from eventsys.errors import N_, Conflict, DomainError, Forbidden, NotThere

HTTP_TEXTS = {
    400: N_("The request was not complete. Go back, reload the page and try again."),
    404: NotThere.message,
    405: N_("This address is not opened like that. Go back and use the button on the page."),
    413: N_("The file is too large. Upload at most 10 MB."),
}
HEADINGS = {
    403: N_("Not allowed"),
    404: N_("Nothing here"),
    409: N_("Out of date"),
    422: N_("This cannot be done"),
}
BROKEN = N_(
    "Something broke on our side. Nothing was changed. Note this number for your administrator:"
)
FOREIGN_HOST = N_("This server does not answer to that name. Use the address you were given.")
STALE = N_("The page was open for too long. Go back, reload it and send it again.")


def init_app(app: Flask) -> None:
    """Answer every refusal with words, a cure and the right status."""
    app.register_error_handler(DomainError, refused)
    app.register_error_handler(CSRFError, stale_token)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(Exception, broken)


def refused(refusal: DomainError) -> ResponseReturnValue:
    """Who: 401 unknown, 403 by role, 404 by thing. When: 409. What: 422."""
    session().rollback()
    if isinstance(refusal, NotSignedIn):
        return _error(401, words(refusal))
    if isinstance(refusal, WrongRole):
        return _error(403, words(refusal))
    if isinstance(refusal, Forbidden | NotThere):
        record_denial("thing")
        return _error(404, gettext(NotThere.message))
    return _error(CONFLICT if isinstance(refusal, Conflict) else UNPROCESSABLE, words(refusal))


def stale_token(_expired: CSRFError) -> ResponseReturnValue:
    """A form without a valid token: nothing was done."""
    return _error(400, gettext(STALE))


def http_error(error: HTTPException) -> ResponseReturnValue:
    """Unknown addresses and the like."""
    code = error.code or 500
    if error.response is not None:
        return error.response
    if isinstance(error, SecurityError):  # no page can be drawn: its links would need the name
        return Response(gettext(FOREIGN_HOST), code, mimetype="text/plain")
    answer = make_response(_error(code, gettext(HTTP_TEXTS.get(code, HTTP_TEXTS[400]))))
    if isinstance(error, MethodNotAllowed):
        answer.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
    return answer


def broken(error: Exception) -> ResponseReturnValue:
    """A bug: logged with a number, shown without detail."""
    session().rollback()
    number = secrets.token_hex(4)
    current_app.logger.error("error %s at %s", number, request.endpoint, exc_info=error)
    if current_app.testing:
        raise error
    return _error(500, f"{gettext(BROKEN)} {number}")


def _error(code: int, text: str) -> ResponseReturnValue:
    if wants_json():
        return jsonify(message=text), code
    heading = gettext(HEADINGS[code]) if code in HEADINGS else None
    return render_template("error.html", status=code, heading=heading, text=text), code

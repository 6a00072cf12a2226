"""Composition root: the only file that knows every part."""

import os
import zlib
from functools import cache
from pathlib import Path

from flask import Flask
from flask_migrate import Migrate
from flask_talisman import Talisman
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

import blueprints
import scheduling
from blueprints import errors, guard, language, layout, web
from eventsys.config import Settings, read_settings
from eventsys.db import db
from eventsys.vault import use_vault

ROOT = Path(__file__).parent
MEGABYTE = 1024 * 1024
CSP = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "worker-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


def create_app(settings: Settings | None = None) -> Flask:
    """The application; free of side effects beyond reading its settings."""
    settings = settings or read_settings(os.environ, ROOT)
    app = Flask("eventsys", root_path=str(ROOT))
    app.extensions["settings"] = settings
    app.config.update(
        SECRET_KEY=settings.secret,
        TESTING=settings.testing,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS={"hide_parameters": True},
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure,
        MAX_CONTENT_LENGTH=10 * MEGABYTE + 64 * 1024,
        MAX_FORM_MEMORY_SIZE=2 * MEGABYTE,
        MAX_FORM_PARTS=3000,
        SEND_FILE_MAX_AGE_DEFAULT=31_536_000,
        TRUSTED_HOSTS=settings.hosts,
        WTF_CSRF_TIME_LIMIT=None,
    )
    use_vault(settings.secret)
    db.init_app(app)
    Migrate(app, db, directory=str(ROOT / "eventsys" / "migrations"))
    CSRFProtect(app)
    Talisman(
        app,
        force_https=settings.secure,
        strict_transport_security=settings.secure,
        session_cookie_secure=settings.secure,
        content_security_policy=CSP,
        referrer_policy="same-origin",
    )
    language.init_app(app)
    web.init_app(app)
    layout.init_app(app)
    blueprints.register(app)
    scheduling.register(app)
    errors.init_app(app)
    guard.init_app(app)
    app.url_defaults(_fingerprint)
    if settings.proxies:  # so many trusted proxies stand in front and name the real source
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies)
    return app


def _fingerprint(endpoint: str, values: dict[str, object]) -> None:
    """Static files carry a checksum in their address and are cached for a year."""
    if endpoint == "static" and "filename" in values:
        values["v"] = _checksum(str(values["filename"]))


@cache
def _checksum(name: str) -> str:
    path = ROOT / "static" / name
    return f"{zlib.crc32(path.read_bytes()):08x}" if path.is_file() else "0"

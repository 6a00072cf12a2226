"""Certificates: issued by the office, printed, revoked, checked by anybody."""

from blueprints.certificates.routes import bp

__all__ = ["bp"]

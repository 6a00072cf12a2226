"""Certificates and the registers their numbers come from."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventsys.certificates.rules import CertificateState
from eventsys.db import BIG, GroupOwned, Id
from eventsys.events.models import Track
from eventsys.identity.models import Person
from eventsys.identity.rules import Scope
from eventsys.registration.models import Entry


class Register(GroupOwned):
    """The serial numbers given out under one prefix in one year."""

    __tablename__ = "register"
    __table_args__ = (UniqueConstraint("group_id", "prefix", "year"),)

    id: Mapped[Id]
    prefix: Mapped[str] = mapped_column(String(10))
    year: Mapped[int]
    last_serial: Mapped[int] = mapped_column(default=0)


class Certificate(GroupOwned):
    """One issued paper, frozen as printed; revoked or replaced, never changed."""

    __tablename__ = "certificate"
    __table_args__ = (
        UniqueConstraint("group_id", "number"),
        UniqueConstraint("entry_id", "person_id", "edition"),
    )

    id: Mapped[Id]
    token: Mapped[str] = mapped_column(String(40), unique=True)
    number: Mapped[str] = mapped_column(String(40), index=True)
    track_id: Mapped[int] = mapped_column(BIG, ForeignKey("track.id"), index=True)
    entry_id: Mapped[int] = mapped_column(BIG, ForeignKey("entry.id"))
    person_id: Mapped[int] = mapped_column(BIG, ForeignKey("person.id"), index=True)
    edition: Mapped[int] = mapped_column(default=1)
    issued_on: Mapped[date]
    issued_at: Mapped[datetime]
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    key_id: Mapped[str] = mapped_column(String(20))
    signature: Mapped[str] = mapped_column(String(120))
    revoked_at: Mapped[datetime | None]
    revoked_reason: Mapped[str] = mapped_column(String(200), default="")
    replaced_by_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("certificate.id"))

    track: Mapped[Track] = relationship()
    entry: Mapped[Entry] = relationship()
    person: Mapped[Person] = relationship()

    @property
    def scopes(self) -> list[Scope]:
        """The scopes this certificate lies in."""
        return self.track.scopes

    @property
    def holder(self) -> str:
        """The name as it stands on the paper."""
        return str(self.document["holder"])

    @property
    def state(self) -> CertificateState:
        """What the record says; whether it can be believed, its signature says."""
        if self.replaced_by_id is not None:
            return CertificateState.REPLACED
        return CertificateState.VALID if self.revoked_at is None else CertificateState.REVOKED

"""Pages of the certificate catalogue."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.catalogue.forms import CertificateForm
from blueprints.listing import asked, paged
from blueprints.web import load, me, page
from eventsys import clock
from eventsys.catalogue import queries
from eventsys.catalogue.actions import add_certificate
from eventsys.catalogue.models import SkillCertificate
from eventsys.catalogue.policy import may_add_certificate, may_see_catalogue, may_see_certificate
from eventsys.catalogue.rules import SYSTEM_LABELS
from eventsys.db import session
from eventsys.fees import queries as fees
from eventsys.fees.states import STATE_LABELS
from eventsys.identity.policy import authorize

bp = Blueprint("catalogue", __name__, url_prefix="/skill-certificates")


@bp.get("")
def certificates() -> ResponseReturnValue:
    """The certificates of the group, with today's prices."""
    group_id = me().group_id or 0
    authorize(me(), may_see_catalogue, group_id)
    found = paged(queries.certificates(asked("q")))
    return page(
        "catalogue/certificates.html",
        certificates=found,
        prices=fees.prices_on([one.id for one in found.items], clock.today()),
        may_add=may_add_certificate(me(), group_id),
    )


@bp.route("/new", methods=["GET", "POST"])
def new_certificate() -> ResponseReturnValue:
    """List one more certificate."""
    group_id = me().group_id or 0
    authorize(me(), may_add_certificate, group_id)
    form = CertificateForm()
    form.offer(queries.issuers())
    if form.submitted() and form.commits(add_certificate, group_id, form.given()):
        flash(_("The certificate is listed. Next: negotiate its price."), "ok")
        return redirect(url_for(".certificate", certificate_id=form.result.id))
    return page("catalogue/new_certificate.html", form=form)


@bp.get("/<int:certificate_id>")
def certificate(certificate_id: int) -> ResponseReturnValue:
    """One certificate: its levels, what they cost and did cost, and its negotiations."""
    found = load(SkillCertificate, certificate_id, may_see_certificate)
    history = fees.prices_of(found.id)
    files = session().scalars(fees.negotiations(certificate_id=found.id)).all()
    return page(
        "catalogue/certificate.html",
        certificate=found,
        prices=fees.prices_on([found.id], clock.today()),
        history=history,
        files=files,
        file_codes={one.id: one.code for one in files},
        systems=SYSTEM_LABELS,
        states=STATE_LABELS,
        may_add=may_add_certificate(me(), found.group_id),
    )

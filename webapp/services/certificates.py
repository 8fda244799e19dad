"""Certificates of facts (证明): issued with an answer, downloaded by who asked, checked by who has number and code.

What it says is kept sealed as it was on the day of issue. The code is kept nowhere: it follows from the number and a
key of the vault, so that the whole database gives no code away.
"""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime

from webapp.domain.certificate import Certified, Content, code_of, new_number, read_code, read_number
from webapp.domain.errors import NotFound, Refused
from webapp.domain.fact import Outcome, State
from webapp.domain.local_time import day
from webapp.services import audit, facts, pieces, policy, requests, throttles, units
from webapp.services import fact_queries as queries
from webapp.services.actor import SYSTEM, Actor
from webapp.services.audit import Outcome as Judged
from webapp.services.throttles import ADDRESS, Bucket
from webapp.services.visitor import Visitor
from webapp.storage.database import transaction
from webapp.storage.facts import Certificate, FactQuery
from webapp.vault.vault import vault

NOT_GENUINE = (
    "没有查到相符的证明。请对照证明核对编号和校验码；仍不相符的，这份证明可能不是真的，请向出具单位核实。"
)


@dataclass(frozen=True, slots=True)
class Document:
    """A certificate to be printed, with its code."""

    number: str
    code: str
    content: Content


@dataclass(frozen=True, slots=True)
class Checked:
    """A genuine certificate, as whoever checks it is told. Of one that is void, the facts are told no more.

    revoked_at, revocation -- when and why, as anybody may know; None and empty while it holds
    """

    number: str
    content: Content
    revoked_at: datetime | None = None
    revocation: str = ""


def issue(actor: Actor, query: FactQuery, *, now: datetime) -> Certificate:
    """Certify what was confirmed of an answered query. Part of the caller's transaction."""
    told = queries.opened(
        queries.asker_of(query), query
    )  # papers are named as far as the asker may know of them
    certified = tuple(
        Certified(line.fact.label, line.told, line.source)
        for line in told.lines
        if line.outcome is Outcome.CONFIRMED
    )
    content = Content(
        policy.current().organisation,
        query.dossier.subject.name,
        units.full_name(query.dossier.subject.unit),
        queries.asked_by(query),
        told.purpose,
        actor.person.name,
        now.isoformat(),
        certified,
    )
    number = new_number(day(now), secrets.token_bytes(5))
    sealed = pieces.seal_field(query.dossier, f"certificate:{number}", content.written())
    certificate = Certificate.create(number=number, query=query, content=sealed, issued_at=now)
    _log("certificate:issued", certificate, actor, now, purpose=query.purpose)
    return certificate


def document(actor: Actor, query_id: str, *, now: datetime) -> Document:
    """The certificate on the actor's own query, to be printed; the download is logged first.

    Raises NotFound where there is none or it is told no longer; Refused as for the answer.
    """
    query = facts.own_query(actor, query_id)
    requests.require_may_ask(actor, query.dossier)
    certificate = Certificate.get_or_none(Certificate.query == query)
    if certificate is None or not facts.is_told(query, now):
        raise NotFound("没有可以下载的证明")
    with transaction():
        _log("certificate:downloaded", certificate, actor, now, purpose=query.purpose)
    code = code_of(vault.certificate_secret(certificate.number))
    return Document(certificate.number, code, _content(certificate))


def check(number: str, code: str, *, visitor: Visitor, now: datetime) -> Checked:
    """Whether a certificate is genuine, and what it says; logged either way.

    Raises Invalid for what can be no number or code; Refused when there is none such; Throttled.
    """
    number, code = read_number(number), read_code(code)
    address = Bucket(f"check|address|{vault.blind_index('address', visitor.network)}", ADDRESS)
    reserved = throttles.reserve([address], now=now)
    certificate = Certificate.get_or_none(Certificate.number == number)
    is_right = hmac.compare_digest(code_of(vault.certificate_secret(number)), code)
    with transaction():
        if certificate is None or not is_right:
            _log(
                "certificate:checked",
                certificate,
                SYSTEM,
                now,
                judged=Judged.DENY,
                reason="certificate:no-match",
            )
        else:
            throttles.give_back(reserved)
            _log("certificate:checked", certificate, SYSTEM, now)
    if certificate is None or not is_right:
        raise Refused(NOT_GENUINE, rule="certificate:no-match", is_logged=True)
    return _checked(certificate)


def _checked(certificate: Certificate) -> Checked:
    told, content = queries.listed([certificate.query])[0], _content(certificate)
    if told.state is State.ANSWERED:
        return Checked(certificate.number, content)
    return Checked(certificate.number, content, told.query.revoked_at, told.revocation)


def _content(certificate: Certificate) -> Content:
    dossier = certificate.query.dossier
    return Content.read(
        pieces.unseal_field(dossier, f"certificate:{certificate.number}", certificate.content)
    )


def _log(
    action: str,
    certificate: Certificate | None,
    actor: Actor,
    at: datetime,
    *,
    purpose: str = "",
    judged: Judged = Judged.ALLOW,
    reason: str = "",
) -> None:
    """Ids alone: the number, which is half of what it takes to check, stays out of the log."""
    details = {"dossier": certificate.query.dossier.public_id} if certificate else {}
    audit.append(action, actor=actor, at=at, kind="certificate", purpose=purpose, outcome=judged, reason=reason,
                 record=certificate.public_id if certificate else "", details=details)  # fmt: skip

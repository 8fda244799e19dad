"""Every address, by every visitor: a table of who may use what, and a test that fails for a route not in it."""

from collections.abc import Iterator
from hashlib import sha256

import pytest
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.accounts import OFFICE
from tests.asking import DAY, approve, granted, make_approver, make_request, stand_in
from tests.borrowing import lent
from tests.builders import ELSEWHERE, UNIT, able, make_dossier, make_material, make_officer, make_page
from tests.site import Site, opened, token_in
from webapp.domain.role import Role
from webapp.services import audit, complaints, corrections, facts, grants, search, sessions, viewings
from webapp.services.actor import Actor
from webapp.services.complaints import Matter
from webapp.services.facts import Wanted
from webapp.settings import Settings
from webapp.storage.accounts import Attempt, Recusal, Session
from webapp.storage.database import database, transaction
from webapp.storage.facts import FactQuery
from webapp.storage.models import ALL
from webapp.storage.pages import Page
from webapp.storage.requests import AccessRequest, Grant

ANONYMOUS, HALF = "anonymous", "half signed in"
EVERY_ROLE = frozenset(Role)
READERS = frozenset({Role.OFFICIAL, Role.ARCHIVIST, Role.APPROVER})
VISITORS = (ANONYMOUS, HALF, *Role)
ANYBODY = frozenset(VISITORS)
INDIVIDUAL = frozenset({Role.INDIVIDUAL})
CODE = frozenset({HALF, *Role})  # the pages of the code send a full sitting home
OFFICIAL, APPROVER, ARCHIVIST, SYSTEM, SECURITY, AUDITOR = (
    frozenset({role})
    for role in (
        Role.OFFICIAL, Role.APPROVER, Role.ARCHIVIST, Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_OFFICER, Role.AUDITOR,
    )
)  # fmt: skip

POLICY: dict[str, frozenset[str]] = {
    "GET /": EVERY_ROLE,
    "GET /account": EVERY_ROLE,
    "POST /account/appearance": EVERY_ROLE,
    "GET /account/devices/<device_id>": EVERY_ROLE,
    "POST /account/devices/<device_id>/accept": EVERY_ROLE,
    "POST /account/devices/<device_id>/refuse": EVERY_ROLE,
    "GET /account/passkeys": EVERY_ROLE,
    "POST /account/passkeys": EVERY_ROLE,
    "GET /account/passkeys/<passkey_id>": EVERY_ROLE,
    "POST /account/passkeys/<passkey_id>/name": EVERY_ROLE,
    "POST /account/passkeys/<passkey_id>/remove": EVERY_ROLE,
    "POST /account/passkeys/proof": EVERY_ROLE,
    "POST /account/passkeys/request": EVERY_ROLE,
    "POST /account/proof/request": EVERY_ROLE,
    "GET /account/password": EVERY_ROLE,
    "POST /account/password": EVERY_ROLE,
    "GET /account/phone": EVERY_ROLE,
    "POST /account/phone": EVERY_ROLE,
    "GET /account/recovery-codes": EVERY_ROLE,
    "POST /account/recovery-codes": EVERY_ROLE,
    "GET /account/role": EVERY_ROLE,
    "POST /account/role": EVERY_ROLE,
    "POST /account/sessions/<session_id>/end": EVERY_ROLE,
    "POST /account/sessions/end-others": EVERY_ROLE,
    "GET /desk/audit": AUDITOR,
    "POST /desk/audit/verify": AUDITOR,
    "GET /desk/cases": SECURITY | AUDITOR,
    "GET /desk/cases/<case_id>": SECURITY | AUDITOR,
    "POST /desk/cases/<case_id>": SECURITY | AUDITOR,
    "GET /desk/copies": ARCHIVIST,
    "POST /desk/copies/<copy_id>": ARCHIVIST,
    "GET /desk/corrections": ARCHIVIST,
    "GET /desk/corrections/<correction_id>": ARCHIVIST,
    "POST /desk/corrections/<correction_id>": ARCHIVIST,
    "GET /desk/facts": ARCHIVIST,
    "GET /desk/facts/<query_id>": ARCHIVIST,
    "POST /desk/facts/<query_id>/answer": ARCHIVIST,
    "POST /desk/facts/<query_id>/decline": ARCHIVIST,
    "GET /desk/facts/<query_id>/lines/<code>": ARCHIVIST,
    "POST /desk/facts/<query_id>/lines/<code>": ARCHIVIST,
    "POST /desk/facts/<query_id>/revoke": ARCHIVIST,
    "GET /desk/dossiers/<dossier_id>/catalogue": ARCHIVIST,
    "GET /desk/dossiers/<dossier_id>/catalogue.pdf": ARCHIVIST,
    "GET /desk/dossiers/<dossier_id>/catalogue/new": ARCHIVIST,
    "POST /desk/dossiers/<dossier_id>/catalogue/new": ARCHIVIST,
    "GET /desk/intake": ARCHIVIST,
    "GET /desk/intake/<material_id>": ARCHIVIST,
    "POST /desk/intake/<material_id>": ARCHIVIST,
    "GET /desk/dossiers/<dossier_id>/loans": ARCHIVIST,
    "GET /desk/dossiers/<dossier_id>/loans/new": ARCHIVIST,
    "POST /desk/dossiers/<dossier_id>/loans/new": ARCHIVIST,
    "GET /desk/loans": ARCHIVIST,
    "POST /desk/loans/search": ARCHIVIST,
    "GET /desk/loans/<loan_id>": ARCHIVIST,
    "POST /desk/loans/<loan_id>/end": ARCHIVIST,
    "POST /desk/loans/<loan_id>/extend": ARCHIVIST,
    "GET /desk/loans/register.pdf": ARCHIVIST,
    "GET /desk/masks": ARCHIVIST,
    "GET /desk/masks/<page_id>": ARCHIVIST,
    "POST /desk/masks/<page_id>": ARCHIVIST,
    "GET /desk/masks/<page_id>/image": ARCHIVIST,
    "GET /desk/materials/<material_id>": ARCHIVIST,
    "POST /desk/materials/<material_id>": ARCHIVIST,
    "GET /desk/materials/<material_id>/pages/<int:number>/mask": ARCHIVIST,
    "POST /desk/materials/<material_id>/pages/<int:number>/move": ARCHIVIST,
    "POST /desk/materials/<material_id>/remove": ARCHIVIST,
    "GET /desk/officers": SYSTEM,
    "POST /desk/officers/search": SYSTEM,
    "GET /desk/officers/<officer_id>": SYSTEM,
    "POST /desk/officers/<officer_id>/disable": SYSTEM,
    "POST /desk/officers/<officer_id>/enable": SYSTEM,
    "POST /desk/officers/<officer_id>/link": SYSTEM,
    "GET /desk/officers/import": SYSTEM,
    "POST /desk/officers/import": SYSTEM,
    "POST /desk/officers/import/confirm": SYSTEM,
    "GET /desk/officers/import/example.xlsx": SYSTEM,
    "GET /desk/officers/new": SYSTEM,
    "POST /desk/officers/new": SYSTEM,
    "GET /desk/people": ARCHIVIST,
    "POST /desk/people": ARCHIVIST,
    "GET /desk/people/import": ARCHIVIST,
    "POST /desk/people/import": ARCHIVIST,
    "GET /desk/people/roster.pdf": ARCHIVIST,
    "GET /desk/people/roster.xlsx": ARCHIVIST,
    "GET /desk/recusals": SECURITY,
    "POST /desk/recusals": SECURITY,
    "POST /desk/recusals/<int:number>/lift": SECURITY,
    "POST /desk/recusals/<int:number>/lift/confirm": SECURITY,
    "POST /desk/recusals/<int:number>/lift/drop": SECURITY,
    "GET /desk/recusals/example.xlsx": SECURITY,
    "POST /desk/recusals/search": SECURITY,
    "GET /desk/policy": SECURITY | AUDITOR,
    "POST /desk/policy": SECURITY,
    "POST /desk/policy/<change_id>/confirm": SECURITY,
    "POST /desk/policy/<change_id>/drop": SECURITY,
    "GET /desk/policy/grants": SECURITY,
    "GET /desk/policy/new": SECURITY,
    "POST /desk/policy/new": SECURITY,
    "GET /desk/proofs/<attachment_id>/<int:number>": ARCHIVIST,
    "GET /desk/requests/<request_id>/form.pdf": ARCHIVIST,
    "GET /desk/rights": SECURITY,
    "POST /desk/rights/search": SECURITY,
    "GET /desk/rights/<officer_id>": SECURITY,
    "POST /desk/rights/<officer_id>": SECURITY,
    "POST /desk/rights/authorise": SECURITY,
    "GET /desk/trace": SECURITY,
    "POST /desk/trace": SECURITY,
    "GET /desk/trace/<trace_id>": SECURITY,
    "POST /desk/trace/viewing": SECURITY,
    "POST /desk/uploads/<upload_id>/remove": ARCHIVIST,
    "POST /desk/uploads/<upload_id>/retry": ARCHIVIST,
    "GET /approvals": APPROVER,
    "POST /approvals/all": APPROVER,
    "GET /approvals/stream": APPROVER,
    "GET /approvals/<request_id>": APPROVER,
    "POST /approvals/<request_id>/approve": APPROVER,
    "GET /approvals/<request_id>/form.pdf": APPROVER,
    "POST /approvals/<request_id>/reject": APPROVER,
    "POST /approvals/<request_id>/return": APPROVER,
    "POST /approvals/<request_id>/undo": APPROVER,
    "GET /delegations": APPROVER,
    "POST /delegations": APPROVER,
    "POST /delegations/<delegation_id>/end": APPROVER,
    "GET /desk/delegations": SECURITY,
    "POST /desk/delegations/<delegation_id>/end": SECURITY,
    "GET /approvals/facts/<query_id>": APPROVER,
    "POST /approvals/facts/<query_id>/approve": APPROVER,
    "POST /approvals/facts/<query_id>/decline": APPROVER,
    "GET /check": ANYBODY,
    "POST /check": ANYBODY,
    "GET /demo/codes": ANYBODY,
    "GET /desk/grants": SECURITY,
    "POST /desk/grants/<grant_id>/revoke": SECURITY,
    "POST /grants/<grant_id>/revoke": APPROVER,
    "GET /copies/check": ANYBODY,
    "POST /copies/check": ANYBODY,
    "GET /grants/<grant_id>/copy": OFFICIAL,
    "POST /grants/<grant_id>/copy": OFFICIAL,
    "GET /join": OFFICIAL | ARCHIVIST,
    "POST /join": OFFICIAL | ARCHIVIST,
    "POST /join/confirm": OFFICIAL | ARCHIVIST,
    "POST /join/<companion_id>/leave": OFFICIAL | ARCHIVIST,
    "GET /materials/<material_id>/second": READERS | {Role.INDIVIDUAL},
    "POST /materials/<material_id>/second": READERS | {Role.INDIVIDUAL},
    "POST /materials/<material_id>/beat": READERS | {Role.INDIVIDUAL},
    "GET /requests/facts": OFFICIAL,
    "GET /requests/facts/<query_id>": OFFICIAL,
    "GET /requests/facts/<query_id>/certificate.pdf": OFFICIAL,
    "POST /requests/facts/<query_id>/withdraw": OFFICIAL,
    "GET /requests/facts/new": OFFICIAL,
    "POST /requests/facts/new": OFFICIAL,
    "GET /requests": OFFICIAL,
    "GET /requests/new": OFFICIAL,
    "POST /requests/new": OFFICIAL,
    "GET /loans/<loan_id>": EVERY_ROLE,
    "GET /requests/<request_id>": OFFICIAL,
    "GET /requests/<request_id>/form.pdf": OFFICIAL,
    "POST /requests/<request_id>/again": OFFICIAL,
    "POST /requests/<request_id>/answer": OFFICIAL,
    "GET /approvals/letters/<attachment_id>/<int:number>": APPROVER,
    "GET /requests/letters/<attachment_id>/<int:number>": OFFICIAL,
    "POST /requests/<request_id>/letters/<letter_id>/remove": OFFICIAL,
    "GET /requests/<request_id>/reason": OFFICIAL,
    "POST /requests/<request_id>/reason": OFFICIAL,
    "GET /requests/<request_id>/scope": OFFICIAL,
    "POST /requests/<request_id>/scope": OFFICIAL,
    "GET /requests/<request_id>/terms": OFFICIAL,
    "POST /requests/<request_id>/terms": OFFICIAL,
    "POST /requests/<request_id>/withdraw": OFFICIAL,
    "GET /dossiers/<dossier_id>": READERS | {Role.INDIVIDUAL},
    "GET /dossiers/<dossier_id>/catalogue": READERS | {Role.INDIVIDUAL},
    "GET /enrol/<token>": ANYBODY,
    "POST /enrol/<token>/code": ANYBODY,
    "POST /enrol/<token>/password": ANYBODY,
    "GET /healthz": ANYBODY,
    "GET /help": ANYBODY,
    "GET /login": ANYBODY,
    "POST /login": ANYBODY,
    "GET /login/code": CODE,
    "POST /login/code": CODE,
    "POST /login/passkey": ANYBODY,
    "POST /login/passkey/request": ANYBODY,
    "GET /login/recovery": CODE,
    "POST /login/recovery": CODE,
    "POST /logout": ANYBODY,
    "GET /manifest.webmanifest": ANYBODY,
    "GET /materials/<material_id>": READERS | {Role.INDIVIDUAL},
    "POST /materials/<material_id>": READERS | {Role.INDIVIDUAL},
    "GET /materials/<material_id>/pages/<int:number>/image": READERS | {Role.INDIVIDUAL},
    "GET /materials/<material_id>/pages/<int:number>/text": READERS | {Role.INDIVIDUAL},
    "POST /materials/<material_id>/viewed": READERS | {Role.INDIVIDUAL},
    "GET /me": INDIVIDUAL,
    "GET /me/complaints": INDIVIDUAL,
    "GET /me/complaints/<complaint_id>": INDIVIDUAL,
    "POST /me/complaints/<complaint_id>/withdraw": INDIVIDUAL,
    "GET /me/complaints/new": INDIVIDUAL,
    "POST /me/complaints/new": INDIVIDUAL,
    "GET /me/corrections": INDIVIDUAL,
    "GET /me/corrections/<correction_id>": INDIVIDUAL,
    "POST /me/corrections/<correction_id>/proofs": INDIVIDUAL,
    "POST /me/corrections/<correction_id>/withdraw": INDIVIDUAL,
    "GET /me/corrections/new": INDIVIDUAL,
    "POST /me/corrections/new": INDIVIDUAL,
    "GET /me/facts": INDIVIDUAL,
    "GET /me/facts/<query_id>": INDIVIDUAL,
    "GET /me/facts/<query_id>/certificate.pdf": INDIVIDUAL,
    "POST /me/facts/<query_id>/withdraw": INDIVIDUAL,
    "GET /me/facts/new": INDIVIDUAL,
    "POST /me/facts/new": INDIVIDUAL,
    "GET /me/facts/told": INDIVIDUAL,
    "GET /badge": ANYBODY,
    "GET /notices": EVERY_ROLE,
    "GET /notices/<notice_id>": EVERY_ROLE,
    "GET /notices/ways": EVERY_ROLE,
    "POST /notices/mail": EVERY_ROLE,
    "POST /notices/messenger": EVERY_ROLE,
    "POST /notices/push": EVERY_ROLE,
    "POST /notices/push/stop": EVERY_ROLE,
    "POST /notices/read": EVERY_ROLE,
    "GET /me/export": INDIVIDUAL,
    "POST /me/export": INDIVIDUAL,
    "GET /me/proofs/<attachment_id>/<int:number>": INDIVIDUAL,
    "GET /me/viewers": INDIVIDUAL,
    "GET /me/viewers/<viewing_id>": INDIVIDUAL,
    "GET /me/viewers/paper": INDIVIDUAL,
    "POST /me/wishes": INDIVIDUAL,
    "GET /offline": ANYBODY,
    "GET /search": READERS,
    "POST /search": READERS,
    "GET /search/<search_id>": READERS,
    "POST /search/forget": READERS,
    "GET /static/<path:filename>": ANYBODY,
    "GET /sw.js": ANYBODY,
    "POST /csp-report": ANYBODY,
}
WITHOUT_TOKEN = {"POST /csp-report"}
WRITTEN_BY_READING = {"audit_entry", "viewing", "session", "recorded_search"}


class World:
    """A site with one dossier, one officer of each role, and what the addresses name."""

    def __init__(self, site: Site):
        self.site, self.app = site, site.app
        self.tokens: dict[FlaskClient, str] = {}
        self.dossier = make_dossier("张三")
        self.material = make_material(self.dossier, "1", "干部履历表")
        self.page = make_page(self.material, "姓名 张三 性别 男", "籍贯 云梧 政治面貌 党员")
        self.restricted = make_page(
            make_material(self.dossier, "8", "关于给予警告处分的决定"), "给予 警告 处分 一次"
        )
        self.withheld = make_page(make_material(self.dossier, "2", "自传材料"), "认不出 的 字迹", score=0.5)
        self.wrongly_sent = make_page(make_material(self.dossier, "3", "考核登记表"))
        self.officers = {role: make_officer(role, lookup=UNIT, custody=UNIT) for role in Role}
        able(Role.SECURITY_OFFICER)  # so that complaints are theirs to handle
        owner = self.officers[Role.INDIVIDUAL].person
        owner.subject, owner.role_names = self.dossier.subject, "individual official archivist"
        owner.save()
        individual, aim = Actor(owner, Role.INDIVIDUAL), corrections.Aim("birth")
        self.complaint = complaints.complain(individual, Matter("other"), "办理太慢了", now=site.now)
        self.correction = corrections.ask(individual, aim, "出生日期与户口簿不一致", now=site.now)
        self.bystander = make_officer(Role.OFFICIAL).person
        self.loan = lent(self.material, self.officers[Role.OFFICIAL], now=site.now)
        self.request = make_request(self.officers[Role.OFFICIAL], self.restricted.material)
        self.query = self.asked_by(self.officers[Role.OFFICIAL])

    def asked_by(self, asker: Actor) -> FactQuery:
        """A query for facts that waits for the keeper."""
        wanted = Wanted(frozenset({"party"}), "发展党员，核对介绍人", "1")
        return facts.ask(asker, self.dossier.public_id, wanted, now=self.site.now)

    def client(self, visitor: str | Role | Actor) -> FlaskClient:
        """A browser of this visitor, in a sitting of its own, that has seen a form already."""
        client = self.app.test_client()
        self._sign_in(client, visitor)
        page = client.get(
            "/account" if visitor not in (ANONYMOUS, HALF) else "/login/code", follow_redirects=True
        )
        database.connect(reuse_if_open=True)
        self.tokens[client] = token_in(page.text)
        return client

    def _sign_in(self, client: FlaskClient, visitor: str | Role | Actor) -> None:
        client.environ_base |= {"HTTP_ACCEPT": "text/html", "REMOTE_ADDR": "10.1.2.3"}
        if visitor == ANONYMOUS:
            return
        stage = sessions.CODE if visitor == HALF else sessions.FULL
        actor = (
            visitor
            if isinstance(visitor, Actor)
            else self.officers[Role.OFFICIAL if visitor == HALF else visitor]
        )
        with transaction():
            session, cookie = sessions.open_session(actor.person, stage, visitor=OFFICE, now=self.site.now)
            Session.update(role=actor.role).where(Session.id == session.id).execute()
        client.set_cookie("session", cookie)

    def ask(
        self, client: FlaskClient, method: str, path: str, form: dict[str, str] | None = None, **more
    ) -> TestResponse:
        """A request with a good form token; more -- token=…: another one, headers."""
        token = more.pop("token", None)
        if method == "POST" and token is None:
            token = self.tokens[client]
        sent = {"csrf_token": token, **(form or {})} if token else form
        answer = client.open(path, method=method, data=sent, buffered=True, **more)  # no file stays open
        database.connect(reuse_if_open=True)
        return answer

    def path(self, rule: Rule, actor: Actor | None = None) -> str:
        """The address of a rule, about what there is."""
        named = {
            "dossier_id": self.dossier.public_id,
            "material_id": self.material.public_id,
            "page_id": self.page.public_id,
            "upload_id": (self.wrongly_sent if "remove" in rule.rule else self.page).upload.public_id,
            "officer_id": self.bystander.public_id,
            "loan_id": self.loan.public_id,
            "request_id": self.request.public_id,
            "grant_id": "no-such-grant---",
            "session_id": "no-such-session-",
            "companion_id": "no-such-company-",
            "copy_id": "no-such-copy----",
            "device_id": "no-such-device--",
            "passkey_id": "no-such-passkey-",
            "notice_id": "no-such-notice--",
            "delegation_id": "no-such-delegat-",
            "viewing_id": "no-such-viewing-",
            "attachment_id": "no-such-attachm-",
            "letter_id": "no-such-letter--",
            "complaint_id": self.complaint.public_id,
            "case_id": self.complaint.public_id,
            "correction_id": self.correction.public_id,
            "search_id": search.record(actor, "张三", now=self.site.now).public_id
            if actor
            else "no-such-search--",
            "query_id": self.query.public_id,
            "code": "party",
            "token": "no-such-token",
            "trace_id": "no-such-trace---",
            "change_id": "no-such-change--",
            "filename": "css/lantai.css",
            "number": 1,
        }
        values = {name: named[name] for name in rule.arguments}
        with self.app.test_request_context():
            return str(
                self.app.url_map.bind("localhost").build(rule.endpoint, values, method=method_of(rule))
            )


def method_of(rule: Rule) -> str:
    (method,) = (rule.methods or set()) - {"HEAD", "OPTIONS"}
    return method


def key(rule: Rule) -> str:
    return f"{method_of(rule)} {rule.rule}"


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("site")
    with opened(Settings(instance=folder / "instance", keyring=folder / "keyring.json")) as site:
        yield World(site)


def rules(world: World) -> list[Rule]:
    """All of them; signing out and removing last, so that what the others name is there."""
    return sorted(
        world.app.url_map.iter_rules(), key=lambda rule: ("remove" in rule.rule, rule.rule, str(rule.methods))
    )


def entries_since(count: int) -> list[dict]:
    return list(audit.entries(limit=max(0, length() - count)))


def length() -> int:
    return database.execute_sql("SELECT count(*) FROM audit_entry").fetchone()[0]


def digest(*, but: set[str]) -> dict[str, str]:
    tables = [model._meta.table_name for model in ALL if model._meta.table_name not in but]
    rows = {table: database.execute_sql(f'SELECT * FROM "{table}" ORDER BY 1').fetchall() for table in tables}  # noqa: S608
    return {table: sha256(repr(held).encode()).hexdigest() for table, held in rows.items()}


def test_every_route_stands_in_the_table_and_every_line_of_it_is_a_route(world):
    assert {key(rule) for rule in world.app.url_map.iter_rules()} == set(POLICY)


@pytest.mark.parametrize("visitor", VISITORS)
def test_each_visitor_uses_what_the_table_says_and_each_refusal_is_one_entry(world, visitor):
    actor = world.officers.get(visitor)
    client = world.client(visitor)
    for rule in rules(world):
        if rule.rule == "/logout":
            continue
        path, before = world.path(rule, actor if visitor in READERS else None), length()
        answer = world.ask(client, method_of(rule), path)
        entries, where = entries_since(before), f"{visitor}: {key(rule)} gave {answer.status_code}"
        refusals = [
            e for e in entries if e["action"] == "access:refused" and e["reason"].startswith("permission:")
        ]
        assert answer.status_code < 500, where
        if visitor in POLICY[key(rule)]:
            assert not refusals, where
            assert answer.status_code != 401, where
            assert answer.headers.get("Location") not in {"/login", "/login/code"} or rule.rule.startswith(
                "/login"
            ), where
        elif visitor in (ANONYMOUS, HALF):
            assert (answer.status_code, answer.headers.get("Location")) == (
                303,
                "/login" if visitor == ANONYMOUS else "/login/code",
            ), where
            assert not entries, where
        else:
            assert answer.status_code == 403, where
            assert len(entries) == len(refusals) == 1, where
            assert (entries[0]["actor"], entries[0]["role"]) == (actor.person.public_id, visitor), where


@pytest.mark.parametrize("role", Role)
def test_a_visit_changes_nothing_but_what_is_written_by_reading(world, role):
    client = world.client(role)
    before = digest(but=WRITTEN_BY_READING)
    for rule in rules(world):
        if method_of(rule) == "GET" and role in POLICY[key(rule)]:
            path = world.path(rule, world.officers[role] if role in READERS else None)
            world.ask(client, "GET", path)
            world.ask(client, "GET", path, headers={"HX-Request": "true"})
            world.ask(client, "HEAD", path)
    assert digest(but=WRITTEN_BY_READING) == before


def unsafe(world: World) -> Iterator[tuple[str, Rule]]:
    for rule in rules(world):
        if method_of(rule) == "POST" and key(rule) not in WITHOUT_TOKEN:
            allowed = POLICY[key(rule)]
            yield ANONYMOUS if ANONYMOUS in allowed else HALF if HALF in allowed else sorted(allowed)[0], rule


@pytest.mark.parametrize(
    "attack", ["no token", "a token of another sitting", "not even text", "cross-site", "same-site"]
)
def test_no_form_is_taken_from_elsewhere(world, attack):
    clients = {visitor: world.client(visitor) for visitor in VISITORS}
    stranger = world.client(Role.OFFICIAL)
    before = digest(but={"audit_entry", "session"})
    for visitor, rule in unsafe(world):
        path, entries = world.path(rule), length()
        more = {
            "no token": {"token": ""},
            "a token of another sitting": {"token": world.tokens[stranger]},
            "not even text": {"token": "令牌\x00é"},
            "cross-site": {"headers": {"Sec-Fetch-Site": "cross-site"}},
            "same-site": {"headers": {"Sec-Fetch-Site": "same-site"}},
        }[attack]
        answer = world.ask(clients[visitor], "POST", path, **more)
        where = f"{visitor}: {key(rule)} gave {answer.status_code}"
        assert answer.status_code == 403, where
        (entry,) = entries_since(entries)
        assert entry["reason"] in ("csrf:token", "csrf:cross-site"), where
    assert digest(but={"audit_entry", "session"}) == before


@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE", "PATCH"])
def test_other_methods_are_not_known(world, method):
    client, entries = world.client(Role.ARCHIVIST), length()
    for path in {world.path(rule) for rule in rules(world)}:
        answer = world.ask(client, method, path)
        assert answer.status_code == 405, path
        assert set(answer.headers["Allow"].split(", ")) <= {"GET", "HEAD", "OPTIONS", "POST"}
    assert length() == entries


PLACES = {
    "summary": "GET /dossiers/{dossier}",
    "catalogue": "GET /dossiers/{dossier}/catalogue",
    "material": "GET /materials/{material}",
    "image": "GET /materials/{material}/pages/1/image",
    "thumbnail": "GET /materials/{material}/pages/1/image?size=thumbnail",
    "text": "GET /materials/{material}/pages/1/text",
    "no such page": "GET /materials/{material}/pages/99/image",
    "restricted": "GET /materials/{restricted}",
    "restricted page": "GET /materials/{restricted}/pages/1/image",
    "withheld page": "GET /materials/{withheld}/pages/1/image",
    "desk catalogue": "GET /desk/dossiers/{dossier}/catalogue",
    "desk material": "GET /desk/materials/{material}",
    "desk intake": "GET /desk/intake/{material}",
    "desk mask": "GET /desk/masks/{page}",
    "desk mask image": "GET /desk/masks/{page}/image",
    "desk mask by number": "GET /desk/materials/{material}/pages/1/mask",
    "own correction": "GET /me/corrections/{correction}",
    "desk correction": "GET /desk/corrections/{correction}",
    "another's facts": "GET /requests/facts/{query}",
    "another's certificate": "GET /me/facts/{query}",
    "desk facts": "GET /desk/facts/{query}",
    "desk fact": "GET /desk/facts/{query}/lines/party",
    "own complaint": "GET /me/complaints/{complaint}",
    "case": "GET /desk/cases/{complaint}",
    "own viewing": "GET /me/viewers/{viewing}",
    "desk loans": "GET /desk/dossiers/{dossier}/loans",
    "desk loan form": "GET /desk/dossiers/{dossier}/loans/new",
    "desk loan": "GET /desk/loans/{loan}",
    "desk loan return": "POST /desk/loans/{loan}/end",
    "desk approval form": "GET /desk/requests/{request}/form.pdf",
    "own loan": "GET /loans/{loan}",
    "retry": "POST /desk/uploads/{upload}/retry",
}
READ = ("image", "thumbnail", "text")
OF_ONES_OWN = ("own correction", "own complaint", "own viewing")
OF_OTHERS = {"own loan": 404}  # what another officer borrowed
ANOTHERS = ("another's facts", "another's certificate")
OPEN_TO: dict[str, dict[str, int]] = {  # what is not named is refused with 403
    "official in scope": dict.fromkeys(("summary", "catalogue", "material", *READ), 200)
    | {"no such page": 404},
    "official elsewhere": {"summary": 200, "catalogue": 200},
    "official elsewhere, granted": dict.fromkeys(
        ("summary", "catalogue", "material", *READ, "restricted", "restricted page"), 200
    )
    | {"no such page": 404},
    "official elsewhere, pending": {"summary": 200, "catalogue": 200},
    "official elsewhere, expired": {"summary": 200, "catalogue": 200},
    "official elsewhere, used up": {"summary": 200, "catalogue": 200},
    "official elsewhere, revoked": {"summary": 200, "catalogue": 200},
    "official elsewhere, granted, then recused": {},
    "official, own": {},
    "official, recused": {},
    "keeper": dict.fromkeys(PLACES, 200)
    | {"no such page": 404, "retry": 409, "desk mask by number": 303}
    | dict.fromkeys((*OF_ONES_OWN, *ANOTHERS, "case"), 403)
    | {"own loan": 404, "desk loan return": 422},
    "archivist elsewhere": {"summary": 200},
    "archivist, own": {},
    "archivist, recused": {},
    "approver": {"summary": 200},
    "individual": dict.fromkeys(("summary", "catalogue", "material", *READ), 200)
    | dict.fromkeys(OF_ONES_OWN, 200)
    | {"no such page": 404},
    "individual, another's": dict.fromkeys(("summary", "catalogue", *OF_ONES_OWN), 404),
    "system administrator": {},
    "security officer": {"case": 200},
    "auditor": {"case": 404},
}
HIDDEN = {
    ("official", "another's facts"): 404,
    ("individual", "another's certificate"): 404,
}  # of a role as such


def reader(world: World, who: str) -> Actor:
    """An officer as a line of OPEN_TO names them: role, then what they are to the dossier."""
    named = {"keeper": Role.ARCHIVIST, "system": Role.SYSTEM_ADMINISTRATOR, "security": Role.SECURITY_OFFICER}
    first = who.replace(",", "").split(" ")[0]
    role = named.get(first) or Role(first)
    if who == "individual" or who.endswith(", own"):
        return Actor(world.officers[Role.INDIVIDUAL].person, role)
    unit = ELSEWHERE if "elsewhere" in who else UNIT
    recused_from = world.dossier.subject if who.endswith(", recused") else None
    actor = make_officer(role, lookup=unit, custody=unit, recused_from=recused_from)
    if who.startswith("official elsewhere, "):
        give(world, actor, who)
    return actor


def give(world: World, actor: Actor, who: str) -> None:
    """A grant on the ordinary and the restricted material, in the state that the line names."""
    now, materials = world.site.now, (world.material, world.restricted.material)
    if who.endswith("pending"):
        approve(make_request(actor, *materials, now=now), now=now)
        return
    grant = granted(actor, *materials, now=now - 10 * DAY if who.endswith("expired") else now, days=1)
    if who.endswith("used up"):
        Grant.update(used_ms=Grant.allowed_ms).where(Grant.id == grant.id).execute()
    if who.endswith("revoked"):
        grants.revoke(grant.public_id, actor=make_approver(), now=now)
    if who.endswith("recused"):
        Recusal.create(officer=actor.person, subject=world.dossier.subject, relation="配偶")


@pytest.mark.parametrize("who", OPEN_TO)
def test_each_reader_gets_of_one_dossier_what_the_decision_says(world, who):
    Page.update(mask_state="withheld").where(Page.id == world.withheld.id).execute()
    client = world.client(reader(world, who))
    named = {
        "dossier": world.dossier.public_id,
        "material": world.material.public_id,
        "restricted": world.restricted.material.public_id,
        "withheld": world.withheld.material.public_id,
        "page": world.page.public_id,
        "upload": world.page.upload.public_id,
        "correction": world.correction.public_id,
        "loan": world.loan.public_id,
        "request": world.request.public_id,
        "complaint": world.complaint.public_id,
        "query": world.asked_by(make_officer(Role.OFFICIAL, lookup=UNIT)).public_id,
        "viewing": viewings.begin(
            make_officer(Role.OFFICIAL, lookup=UNIT), world.material.public_id, "2", now=world.site.now
        ).public_id,
    }
    for material in (world.material, world.restricted.material, world.withheld.material):
        world.ask(client, "POST", f"/materials/{material.public_id}", {"purpose": "2"})
    for name, place in PLACES.items():
        method, path = place.format(**named).split(" ")
        before = length()
        answer = world.ask(client, method, path)
        named_so = HIDDEN.get((who.split(" ")[0].strip(","), name), OF_OTHERS.get(name, 403))
        expected = OPEN_TO[who].get(name, named_so)
        assert answer.status_code == expected, f"{who}: {name}"
        refusals = [e for e in entries_since(before) if e["action"] == "access:refused"]
        is_hidden = expected == 404 and name != "no such page"
        assert len(refusals) == (expected == 403 or is_hidden), f"{who}: {name}"
        if expected == 403:
            assert "云梧" not in answer.text
            assert "警告处分" not in answer.text


CASE = {
    "own request": "GET /requests/{request}",
    "own form": "GET /requests/{request}/form.pdf",
    "withdraw": "POST /requests/{request}/withdraw",
    "case": "GET /approvals/{request}",
    "form": "GET /approvals/{request}/form.pdf",
    "send back": "POST /approvals/{request}/return",
    "approve": "POST /approvals/{request}/approve",
}
DECIDED_BY: dict[str, dict[str, int]] = {  # who, and what they get; what is not named is refused with 403
    "asker": {"own request": 200, "own form": 200, "withdraw": 303},
    "another official": {"own request": 404, "own form": 404, "withdraw": 404},
    "approver": {"case": 200, "form": 200, "send back": 422, "approve": 303},
    "approver who asked": {},
    "approver about themselves": {},
    "approver, recused": {},
    "approver elsewhere": {},
    "approver elsewhere, deputy": {"case": 200, "form": 200, "send back": 422, "approve": 303},
    "approver elsewhere, deputy of one recused": {},
    "first approver again": {},
    "second approver": {"case": 200, "form": 200, "send back": 422, "approve": 303},
    "approver without a code": {"case": 200, "form": 200, "send back": 422, "approve": 422},
    "archivist": {},
    "security officer": {},
    "auditor": {},
}


def decider(world: World, who: str, request: AccessRequest) -> Actor:
    subject = world.dossier.subject
    if who == "asker":
        return Actor(request.asker, Role.OFFICIAL)
    if who == "approver who asked":
        return Actor(request.asker, Role.APPROVER)
    if who == "approver about themselves":
        return Actor(world.officers[Role.INDIVIDUAL].person, Role.APPROVER)
    if who == "first approver again":
        first = make_approver(now=world.site.now)
        approve(request, first, now=world.site.now)
        return first
    if who == "second approver":
        approve(request, make_approver(now=world.site.now), now=world.site.now)
    if who.startswith("approver elsewhere"):
        deputy = able(Role.APPROVER, approval=ELSEWHERE)
        if "deputy" in who:
            kept_away = subject if who.endswith("recused") else None
            absent = able(Role.APPROVER, approval=UNIT, recused_from=kept_away)
            stand_in(deputy, absent, now=world.site.now)
        return deputy
    if who.startswith("approver") or who.endswith("approver"):
        return make_officer(Role.APPROVER, recused_from=subject if who.endswith("recused") else None)
    role = who.removeprefix("another ").replace(" ", "_")
    return world.officers[Role(role)] if role != "official" else make_officer(Role.OFFICIAL)


@pytest.mark.parametrize("who", DECIDED_BY)
def test_each_officer_does_with_a_request_what_their_part_in_it_allows(world, who):
    asker = make_officer(Role.OFFICIAL, lookup=ELSEWHERE)
    asker.person.role_names = "official approver"
    asker.person.save()
    world.officers[Role.INDIVIDUAL].person.role_names = "individual official archivist approver"
    world.officers[Role.INDIVIDUAL].person.save()
    request = make_request(asker, world.restricted.material, now=world.site.now)
    client = world.client(decider(world, who, request))
    if who == "approver without a code":
        Session.update(proved_at=None).execute()
        Attempt.delete().execute()  # the clock of all these tests stands still, and each wrong code counts
    for name, place in CASE.items():
        method, path = place.format(request=request.public_id).split(" ")
        before, version = length(), AccessRequest.get_by_id(request.id).version
        answer = world.ask(
            client, method, path, {"version": str(version), "words": ""} if method == "POST" else None
        )
        expected = DECIDED_BY[who].get(name, 403)
        assert answer.status_code == expected, f"{who}: {name}"
        refusals = [e for e in entries_since(before) if e["action"] == "access:refused"]
        assert len(refusals) == (expected == 403), f"{who}: {name}"
        if expected == 403:
            assert "警告处分" not in answer.text


def test_a_reader_without_a_purpose_is_asked_for_it(world):
    client = world.client(make_officer(Role.OFFICIAL, lookup=UNIT))
    path = f"/materials/{world.material.public_id}"
    assert world.ask(client, "GET", f"{path}/pages/1/image").status_code == 409
    assert world.ask(client, "POST", path, {"purpose": "x"}).status_code == 422
    assert "事由" in world.ask(client, "GET", path).text


def test_the_log_keeps_no_words_of_an_address_and_no_token(world):
    clients = {role: world.client(role) for role in (Role.AUDITOR, Role.OFFICIAL)}
    for path in ("/dossiers/张三的档案", "/desk/materials/110101199003074610", "/search/张三"):
        assert world.ask(clients[Role.AUDITOR], "GET", path).status_code == 403
        assert set(next(audit.entries(limit=1))) >= {"record", "reason"}
        assert "details" not in next(audit.entries(limit=1))
    token = "s" * 43
    world.ask(world.client(ANONYMOUS), "POST", f"/enrol/{token}/password", token="")
    assert token not in str(next(audit.entries(limit=1)))
    world.ask(clients[Role.OFFICIAL], "GET", f"/desk/materials/{world.material.public_id}")
    assert next(audit.entries(limit=1))["details"] == {"object": world.material.public_id}

"""Every order of asking, deciding, delegating, reading and waiting: nobody ever reads what no live grant covers."""

import shutil
import tempfile
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.asking import make_approver, make_draft, stand_in, terms
from tests.builders import ELSEWHERE, UNIT, enabled, make_dossier, make_material, make_officer
from tests.moment import NOW
from webapp.domain.access_request import State, Step
from webapp.domain.disclosure import Level
from webapp.domain.errors import ArchiveError, Refused
from webapp.domain.grant import LONGEST_GAP, UNDO
from webapp.domain.role import Role
from webapp.services import approvals, asked, delegations, grants, instance, requests, viewings
from webapp.services.actor import Actor
from webapp.settings import Settings
from webapp.storage.accounts import Officer
from webapp.storage.database import database
from webapp.storage.delegations import Delegation
from webapp.storage.requests import AccessRequest, Grant, RequestStep

TERMINAL = {State.REJECTED, State.WITHDRAWN, State.EXPIRED}
DECIDED = (Step.SECONDED, Step.APPROVED, Step.REJECTED, Step.RETURNED)
EVERYWHERE, HERE, ASKER, RELATIVE, DEPUTY = range(5)  # of the approvers
MINUTES = 10
approvers = st.integers(EVERYWHERE, DEPUTY)
levels = st.sampled_from([Level.MASKED, Level.CLEAR])
pauses = st.sampled_from([0.0005, 0.3, 1, 4.9, 5, 20, 59, 60, 61, 600, 90_000]).map(
    lambda s: timedelta(seconds=s)
)


class Asking(RuleBasedStateMachine):
    """An asker, an ordinary and a restricted material, and five approvers who stand in for one another: one decides
    everywhere, one in this unit, one is the asker, one a relative of the subject, one decides elsewhere only.
    """

    empty: Path

    def __init__(self):
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        shutil.copytree(self.empty, self.folder, dirs_exist_ok=True)
        held = Settings(instance=self.folder / "instance", keyring=self.folder / "keys" / "keyring.json")
        instance.open_instance(held)
        database.connect(reuse_if_open=True)
        self.now = NOW
        dossier = make_dossier("张三")
        self.materials = [make_material(dossier, "4-1", "学历"), make_material(dossier, "8", "处分决定")]
        self.asker = make_officer(Role.OFFICIAL, lookup=ELSEWHERE)
        self.stranger = make_officer(Role.OFFICIAL, lookup=ELSEWHERE)
        self.approvers = [
            make_approver(is_able=True, now=NOW + timedelta(days=999), **more)
            for more in (
                {},
                {"approval": UNIT},
                {},
                {"approval": UNIT, "recused_from": dossier.subject},
                {"approval": ELSEWHERE},
            )
        ]
        Officer.update(role_names="official approver").where(Officer.id == self.asker.person.id).execute()
        in_two_roles = enabled(self.asker).officer
        self.approvers[ASKER] = Actor(in_two_roles, Role.APPROVER, self.approvers[ASKER].session)
        self.request = None
        self.contacts: dict[str, list] = {}

    def teardown(self):
        database.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def tried(self, act) -> bool:
        """Do it if the rules allow it."""
        try:
            act()
        except ArchiveError:
            return False
        return True

    @rule(which=st.sampled_from([(0,), (1,), (0, 1)]), level=levels)
    def ask(self, which, level):
        chosen = [self.materials[n] for n in which]
        asked_for = terms(level, minutes=MINUTES, now=self.now, days=1)

        def submitted():
            draft = make_draft(self.asker, *chosen, now=self.now)
            requests.change_terms(self.asker, draft.public_id, asked_for, now=self.now)
            requests.submit(self.asker, draft.public_id, now=self.now)
            self.request = draft.public_id

        self.tried(submitted)

    @precondition(lambda self: self.request)
    @rule(who=approvers)
    def approve(self, who):
        version, actor = self.stored().version, self.approvers[who]
        done = self.tried(lambda: approvals.approve(actor, self.request, version=version, now=self.now))
        assert not (done and who in (ASKER, RELATIVE)), "the asker or a relative approved"

    @rule(absent=approvers, deputy=approvers, days=st.sampled_from([1, 7]))
    def delegate(self, absent, deputy, days):
        away, other = self.approvers[absent], self.approvers[deputy]
        done = self.tried(lambda: stand_in(other, away, now=self.now, days=days))
        assert not (done and absent == deputy)

    @rule(who=approvers)
    def end_a_delegation(self, who):
        for held in Delegation.select():
            self.tried(lambda d=held: delegations.end(self.approvers[who], d.public_id, now=self.now))

    @precondition(lambda self: self.request)
    @rule(who=approvers, how=st.sampled_from([approvals.reject, approvals.send_back]))
    def turn_down(self, who, how):
        version, actor = self.stored().version, self.approvers[who]
        done = self.tried(lambda: how(actor, self.request, "为何", version=version, now=self.now))
        assert not (done and who in (ASKER, RELATIVE))

    @precondition(lambda self: self.request)
    @rule(who=approvers)
    def undo(self, who):
        self.tried(lambda: approvals.undo(self.approvers[who], self.request, now=self.now))

    @precondition(lambda self: self.request)
    @rule()
    def answer(self):
        self.tried(lambda: requests.submit(self.asker, self.request, now=self.now, words="补充"))

    @precondition(lambda self: self.request)
    @rule()
    def withdraw(self):
        self.tried(lambda: requests.withdraw(self.asker, self.request, now=self.now))

    @precondition(lambda self: self.request)
    @rule(who=approvers)
    def revoke(self, who):
        for grant in Grant.select():
            self.tried(lambda g=grant: grants.revoke(g.public_id, actor=self.approvers[who], now=self.now))

    @rule(pause=pauses)
    def wait(self, pause):
        self.now += pause

    @rule(which=st.integers(0, 1))
    def read(self, which):
        material = self.materials[which]
        grant_of = self.opening(material)
        if grant_of:
            self.contacts.setdefault(grant_of.public_id, []).append(self.now)
        try:
            left = viewings.beat(self.asker, material.public_id, now=self.now)
        except Refused:
            return
        assert grant_of, "read without a live grant"
        assert left is not None
        assert left > 0 or self.kept(grant_of).used_ms < MINUTES * 60_000
        assert self.kept(grant_of).used_ms < MINUTES * 60_000

    @rule(which=st.integers(0, 1))
    def a_stranger_reads(self, which):
        with pytest.raises(Refused):
            viewings.beat(self.stranger, self.materials[which].public_id, now=self.now)

    def opening(self, material):
        """The grant that covers a material by a plain reading of the rows, not by the code under test."""
        for row in Grant.select().order_by(Grant.level, -Grant.id):
            is_live = row.in_force_at and row.in_force_at <= self.now and row.revoked_at is None
            is_live = is_live and row.not_before <= self.now < row.not_after and row.used_ms < row.allowed_ms
            names = any(part.material_id == material.id for part in row.scopes)
            if is_live and names and (row.is_double or material.sensitivity == "ordinary"):
                return row
        return None

    def stored(self):
        return AccessRequest.get(AccessRequest.public_id == self.request)

    def kept(self, grant):
        return Grant.get_by_id(grant.id)

    @invariant()
    def time_is_never_negative_and_never_more_than_allowed(self):
        for row in Grant.select():
            assert 0 <= row.used_ms <= row.allowed_ms
        for held in grants.with_scopes(Grant.select()):
            assert held.grant.remaining_s(self.now) >= 0

    @invariant()
    def neither_the_asker_nor_a_relative_decides_or_lends_their_name(self):
        kept_away = {self.approvers[ASKER].person.id, self.approvers[RELATIVE].person.id}
        for step in RequestStep.select().where(RequestStep.kind.in_(DECIDED)):
            assert not {step.officer_id, step.absent_id} & kept_away

    @invariant()
    def who_decides_has_the_unit_or_stands_in_for_one_who_has(self):
        own = {self.approvers[which].person.id for which in (EVERYWHERE, HERE)}
        for step in RequestStep.select().where(RequestStep.kind.in_(DECIDED)):
            if step.absent_id is None:
                assert step.officer_id in own
                continue
            assert step.absent_id in own
            held = Delegation.select().where(
                (Delegation.officer == step.absent) & (Delegation.deputy == step.officer)
            )
            assert any(
                each.begins_at <= step.at < each.ends_at
                and (each.ended_at is None or each.ended_at >= step.at)
                for each in held
            )

    @invariant()
    def nobody_is_away_and_a_deputy_at_once(self):
        running = [each for each in Delegation.select() if each.ended_at is None and each.ends_at > self.now]
        away, deputies = ([getattr(each, side) for each in running] for side in ("officer_id", "deputy_id"))
        assert not set(away) & set(deputies)
        assert len(away) == len(set(away))

    @invariant()
    def a_grant_in_force_has_as_many_approvers_as_it_takes(self):
        for row in Grant.select().where(Grant.in_force_at <= self.now):
            request = row.request
            if row.revoked_at is None:
                assert request.state == State.APPROVED
                assert request.approvals >= request.approvals_needed
                last = asked.steps_of(request)
                given = [s for s in last if s.kind in (Step.SECONDED, Step.APPROVED)][
                    : request.approvals_needed
                ]
                names = [{s.officer_id, s.absent_id} - {None} for s in given]
                assert len(names) == request.approvals_needed
                assert len(set().union(*names)) == sum(map(len, names))
                assert row.in_force_at - UNDO <= self.now

    @invariant()
    def what_is_over_stays_over(self):
        for request in AccessRequest.select():
            if request.state in TERMINAL:
                live = Grant.select().where((Grant.request == request) & Grant.revoked_at.is_null())
                assert not live.exists()

    @invariant()
    def every_contact_was_counted(self):
        for public_id, moments in self.contacts.items():
            row = Grant.get(Grant.public_id == public_id)
            gaps = (min(b - a, LONGEST_GAP) for a, b in pairwise(moments))
            paid = sum(gaps, timedelta()) / timedelta(milliseconds=1)
            assert row.used_ms >= min(int(paid), row.allowed_ms)


def test_nobody_ever_reads_what_no_live_grant_covers(empty_instance):
    Asking.empty = empty_instance
    run_state_machine_as_test(
        Asking,
        settings=settings(
            max_examples=25,
            stateful_step_count=30,
            deadline=None,
            phases=[Phase.generate],  # a failure is told as it was met: making it smaller takes minutes
            suppress_health_check=list(HealthCheck),
        ),
    )

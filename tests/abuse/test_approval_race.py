"""Sixteen approvals, sixteen rejections and four withdrawals at once: one of them counts, the others are told so."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from tests.asking import make_approver, make_request
from tests.builders import ELSEWHERE, make_dossier, make_material, make_officer
from tests.moment import NOW
from webapp.domain.access_request import State
from webapp.domain.errors import Conflict
from webapp.domain.grant import UNDO
from webapp.domain.role import Role
from webapp.services import approvals, audit, grants, requests
from webapp.storage.database import database
from webapp.storage.requests import AccessRequest, Grant

ROUNDS = 3
DECIDED = {
    "request:approved": State.APPROVED,
    "request:rejected": State.REJECTED,
    "request:withdrawn": State.WITHDRAWN,
}


def at_once(acts: list[Callable[[], object]]) -> list[str]:
    """Run all acts at the same moment, each on a thread and connection of its own: "done" or "conflict" of each."""
    together = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> str:
        with database.connection_context():
            together.wait()
            try:
                act()
            except Conflict:
                return "conflict"
            return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_one_decision_of_thirty_six_counts(archive):
    material = make_material(make_dossier("张三"), "4-1", "高等学校毕业生登记表")
    asker = make_officer(Role.OFFICIAL, lookup=ELSEWHERE)
    approvers = [make_approver() for _ in range(16)]
    for _ in range(ROUNDS):
        request = make_request(asker, material)
        public_id, version = request.public_id, request.version
        before = Grant.select().count()

        def approve(by, public_id=public_id, version=version):
            return lambda: approvals.approve(by, public_id, version=version, now=NOW)

        def reject(by, public_id=public_id, version=version):
            return lambda: approvals.reject(by, public_id, "理由不足", version=version, now=NOW)

        def withdraw(public_id=public_id):
            return lambda: requests.withdraw(asker, public_id, now=NOW)

        acts = [withdraw() for _ in range(4)]
        acts += [act(by) for by in approvers for act in (approve, reject)]
        assert Counter(at_once(acts)) == {"done": 1, "conflict": 35}
        kept = AccessRequest.get_by_id(request.id)
        logged = [entry for entry in audit.entries(limit=50) if entry["record"] == public_id]
        decisions = [DECIDED[entry["action"]] for entry in logged if entry["action"] in DECIDED]
        assert decisions == [kept.state]
        assert Grant.select().count() - before == (kept.state == State.APPROVED)


def test_two_first_approvals_at_once_do_not_make_a_whole_one(archive):
    material = make_material(make_dossier("张三"), "8", "关于给予警告处分的决定")
    asker = make_officer(Role.OFFICIAL, lookup=ELSEWHERE)
    request = make_request(asker, material)
    approvers = [make_approver() for _ in range(8)]
    acts = [
        lambda by=by: approvals.approve(by, request.public_id, version=request.version, now=NOW)
        for by in approvers
    ]
    assert Counter(at_once(acts))["done"] == 1
    assert AccessRequest.get().state == State.WAITING
    assert grants.in_force(asker, at=NOW + UNDO) == {}

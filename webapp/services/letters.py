"""Letters that go with a request to read (介绍信、公函): sent by the asker, seen by them and by who may decide.

What was handed in stays as it was: only what came after that may be removed, and all of a draft that is given up.
"""

from datetime import datetime

from webapp.domain.access_request import State
from webapp.domain.errors import Conflict, NotFound
from webapp.domain.role import Role
from webapp.rendering import images
from webapp.services import approvals, asked, attachments, deciders, pieces, requests
from webapp.services.actor import Actor
from webapp.storage.attachments import Attachment
from webapp.storage.database import transaction
from webapp.storage.requests import AccessRequest


def attach(actor: Actor, request_id: str, file_name: str, content: bytes, *, now: datetime) -> Attachment:
    """Send a file along with one's own draft or returned request. Raises NotFound, Invalid, Conflict; OSError."""
    request = requests.own(actor, request_id)

    def has_room() -> None:
        _require_turn(AccessRequest.get_by_id(request.id), now)
        if len(asked.new_letters(request)) >= attachments.MOST:
            raise Conflict(f"一次最多附 {attachments.MOST} 个文件，请先移除不用的")

    return attachments.keep(request, file_name, content, actor=actor, now=now, has_room=has_room)


def remove(actor: Actor, request_id: str, letter_id: str, *, now: datetime) -> None:
    """Take one back that was not handed in yet. Raises NotFound, Conflict."""
    with transaction():
        request = requests.own(actor, request_id)
        _require_turn(request, now)
        letter = next((one for one in attachments.of(request) if one.public_id == letter_id), None)
        if letter is None:
            raise NotFound("没有这个附件")
        if letter not in asked.new_letters(request):
            raise Conflict("已经提交过的附件不能移除，可以再附新的")
        spent = attachments.forget([letter], actor=actor, now=now)
    for blob in spent:
        pieces.discard(blob)


def handed_in(request: AccessRequest) -> list[Attachment]:
    """Those that go to the approvers."""
    new = asked.new_letters(request)
    return [one for one in attachments.of(request) if one not in new]


def picture(actor: Actor, letter_id: str, number: int, *, now: datetime) -> images.Rendered:
    """One side, marked, for the asker or for who may decide about the request. Raises NotFound, Refused."""
    letter = attachments.find(letter_id)
    if letter.request is None:
        raise NotFound("没有这个附件")
    request_id = letter.request.public_id
    if actor.role is Role.OFFICIAL:
        requests.own(actor, request_id)
    else:
        request = approvals.find(request_id)
        deciders.require(actor, request, at=now)
        if letter not in handed_in(request):
            raise NotFound("没有这个附件")
    return attachments.picture(letter, number, actor=actor, now=now)


def _require_turn(request: AccessRequest, now: datetime) -> None:
    state = asked.state_of(request, now)
    if state not in (State.DRAFT, State.RETURNED):
        raise Conflict(f"这份申请{state.label}，不能再增减附件")

"""Web push (推送), handed in at the hub of the browser's maker.

The hub learns that a device was told something by this address, and when. What it passes on is sealed for the
browser, and always the same.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from ocr_worker.telling import Letter, NeverTaken, NotTaken, post
from webapp.domain.channel import Channel
from webapp.domain.errors import Invalid
from webapp.domain.notice import UNSAID
from webapp.domain.push_hub import checked_endpoint
from webapp.services import push
from webapp.services.push import Receiver
from webapp.storage.jobs import Job
from webapp.vault import web_push
from webapp.vault.keyring import Purpose
from webapp.vault.vault import vault

KEPT = timedelta(days=1)  # by the hub, for a phone without a network
_GONE, _REFUSED = frozenset({404, 410}), frozenset({400, 413})


class Push:
    """The push hubs that the installation allows."""

    channel = Channel.PUSH

    def __init__(self, hosts: Sequence[str], origin: str, clock: Callable[[], datetime]):
        self._hosts, self._origin, self._clock = hosts, origin, clock
        self._key = web_push.key_of(vault.ring.key(Purpose.PUSH))

    def letter(self, job: Job) -> Letter | None:
        """A push to the job's device; none to a hub that is allowed no more."""
        receiver = push.receiver_of(job.record)
        if receiver is None:
            return None
        try:
            hub = urlsplit(checked_endpoint(receiver.endpoint, self._hosts)).netloc
        except Invalid:
            push.gone(job.record)
            return None
        return Letter(hub, lambda: self._hand_in(job.record, receiver))

    def _hand_in(self, subscription: str, receiver: Receiver) -> None:
        body = web_push.encrypted(UNSAID.encode(), receiver=receiver.public_key, auth=receiver.auth)
        headers = {
            "Authorization": web_push.authorization(
                self._key, receiver.endpoint, contact=self._origin, now=self._clock()
            ),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(int(KEPT.total_seconds())),
            "Topic": "notices",  # several that wait for a phone become one
            "Urgency": "normal",
        }
        status, _ = post(receiver.endpoint, body, headers)
        if status in _GONE:
            push.gone(subscription)
        elif status in _REFUSED:
            raise NeverTaken(f"status {status}")
        elif not 200 <= status < 300:
            raise NotTaken(f"status {status}")

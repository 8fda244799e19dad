"""Messages by an office messenger or an SMS gateway (消息、短信提醒), handed in as JSON at one address."""

from ocr_worker.telling import Letter, NeverTaken, NotTaken, post, words
from webapp.domain import messenger
from webapp.domain.channel import Channel
from webapp.domain.messenger import Verdict
from webapp.services import channels
from webapp.storage.jobs import Job


class Gateway:
    """The messenger or gateway of the installation."""

    channel = Channel.MESSENGER

    def __init__(self, server: messenger.Messenger, origin: str):
        self._server, self._origin = server, origin

    def letter(self, job: Job) -> Letter | None:
        """A message to the job's officer."""
        address = channels.recipient(job)
        return Letter("", lambda: self._hand_in(address)) if address else None

    def _hand_in(self, address: str) -> None:
        headers = {"Content-Type": "application/json; charset=utf-8", "Accept": "application/json"}
        if self._server.authorization:
            headers["Authorization"] = self._server.authorization
        status, answer = post(self._server.url, self._server.body(address, words(self._origin)), headers)
        verdict = self._server.verdict(status, answer)
        if verdict is not Verdict.TAKEN:
            raise (NeverTaken if verdict is Verdict.NEVER else NotTaken)(f"status {status}")

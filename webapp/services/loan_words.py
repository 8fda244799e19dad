"""What an entry of the register says in words (登记内容): sealed under the data key of the dossier it is about."""

import json
from dataclasses import asdict, dataclass

from webapp.services import pieces
from webapp.storage.archive import Dossier


@dataclass(frozen=True, slots=True)
class Words:
    """When the paper was taken. Names only of who has no account; paper_number -- of an approval form on paper."""

    taker: str = ""
    taker_unit: str = ""
    second: str = ""
    second_unit: str = ""
    paper_number: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class EndWords:
    """When it came back: who brought it, and what was missing or otherwise remarkable."""

    bringer: str = ""
    remark: str = ""


def seal(dossier: Dossier, loan_id: str, words: Words | EndWords) -> bytes:
    """The words for their column; loan_id is the entry's public id."""
    text = json.dumps(asdict(words), ensure_ascii=False)
    return pieces.seal_field(dossier, _field(loan_id, type(words)), text)


def unseal(dossier: Dossier, loan_id: str, sealed: bytes) -> Words:
    """Inverse of seal for Words."""
    return Words(**json.loads(pieces.unseal_field(dossier, _field(loan_id, Words), sealed)))


def unseal_end(dossier: Dossier, loan_id: str, sealed: bytes | None) -> EndWords:
    """Inverse of seal for EndWords; empty as long as the entry has not ended."""
    if sealed is None:
        return EndWords()
    return EndWords(**json.loads(pieces.unseal_field(dossier, _field(loan_id, EndWords), sealed)))


def seal_reason(dossier: Dossier, loan_id: str, reason: str) -> bytes:
    """Why the day was moved, for its column."""
    return pieces.seal_field(dossier, f"loan-extension:{loan_id}", reason)


def unseal_reason(dossier: Dossier, loan_id: str, sealed: bytes) -> str:
    """Inverse of seal_reason."""
    return pieces.unseal_field(dossier, f"loan-extension:{loan_id}", sealed)


def _field(loan_id: str, kind: type[Words | EndWords]) -> str:
    return f"loan:{loan_id}" if kind is Words else f"loan-end:{loan_id}"

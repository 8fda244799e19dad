"""Sealing to a recovery key: anybody seals, one opens, and what was touched does not open."""

import pytest

from webapp.vault.cipher import Tampered
from webapp.vault.recovery import BadRecoveryKey, new_pair, seal_to, unseal_with

PRIVATE, PUBLIC = new_pair()
SEALED = seal_to(PUBLIC, b"the whole ring")


def test_the_private_half_opens_what_the_public_half_sealed():
    assert unseal_with(PRIVATE, SEALED) == b"the whole ring"
    assert seal_to(PUBLIC, b"the whole ring") != SEALED


def test_it_may_be_typed_from_paper_in_small_letters_and_with_any_gaps():
    typed = PRIVATE.replace("-", " ").lower()
    assert unseal_with(f"  {typed}\n", SEALED) == b"the whole ring"
    assert unseal_with(PRIVATE.replace("-", ""), SEALED) == b"the whole ring"


def test_another_recovery_key_does_not_open_it():
    with pytest.raises(Tampered):
        unseal_with(new_pair()[0], SEALED)
    with pytest.raises(Tampered):
        unseal_with(PUBLIC, SEALED)


def test_every_cut_and_every_flip_is_noticed():
    for end in range(len(SEALED)):
        with pytest.raises(Tampered):
            unseal_with(PRIVATE, SEALED[:end])
    for place in range(len(SEALED)):
        changed = bytearray(SEALED)
        changed[place] ^= 1
        with pytest.raises(Tampered):
            unseal_with(PRIVATE, bytes(changed))


def test_a_sender_that_any_key_agrees_with_is_refused():
    with pytest.raises(Tampered):
        unseal_with(PRIVATE, bytes(32) + SEALED[32:])


@pytest.mark.parametrize(
    "text",
    ["", "ABCD", PRIVATE[:-5], PRIVATE + "ABCD", "身份证", PRIVATE.replace("A", "1") + "1"],
    ids=["nothing", "short", "cut", "longer", "chinese", "a digit that is none"],
)
def test_what_is_no_recovery_key_is_called_that(text):
    with pytest.raises(BadRecoveryKey):
        unseal_with(text, SEALED)
    with pytest.raises(BadRecoveryKey):
        seal_to(text, b"x")

"""Sealed pieces: whatever is changed, cut or moved does not open."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.vault.cipher import KEY_BYTES, MAGIC, Tampered, new_key, seal, unseal

KEY, CONTEXT = new_key(), b"blob|1|original|d"


@given(st.binary(max_size=200), st.binary(max_size=40))
def test_what_is_sealed_opens_in_its_place(content, context):
    assert unseal(KEY, seal(KEY, content, context=context), context=context) == content


def test_a_flip_of_any_bit_of_any_byte_is_noticed():
    sealed = seal(KEY, "身份证".encode(), context=CONTEXT)
    for place in range(len(sealed)):
        for bit in range(8):
            changed = bytearray(sealed)
            changed[place] ^= 1 << bit
            with pytest.raises(Tampered):
                unseal(KEY, bytes(changed), context=CONTEXT)


def test_every_cut_and_every_addition_is_noticed():
    sealed = seal(KEY, b"12 bytes her", context=CONTEXT)
    for end in range(len(sealed)):
        with pytest.raises(Tampered):
            unseal(KEY, sealed[:end], context=CONTEXT)
    for changed in (sealed + b"\0", b"\0" + sealed, sealed[1:], sealed * 2):
        with pytest.raises(Tampered):
            unseal(KEY, changed, context=CONTEXT)


@given(st.binary(max_size=30), st.binary(max_size=30))
def test_a_piece_does_not_open_in_another_place(one, other):
    sealed = seal(KEY, b"content", context=one)
    if one != other:
        with pytest.raises(Tampered):
            unseal(KEY, sealed, context=other)


def test_another_key_does_not_open_it():
    with pytest.raises(Tampered):
        unseal(new_key(), seal(KEY, b"content", context=CONTEXT), context=CONTEXT)


def test_the_same_content_is_never_sealed_alike():
    made = {seal(KEY, b"content", context=CONTEXT) for _ in range(2000)}
    assert len({sealed[4:16] for sealed in made}) == 2000  # the nonces
    assert all(sealed.startswith(MAGIC) and b"content" not in sealed for sealed in made)


def test_a_piece_of_the_first_version_still_opens():
    sealed = bytes.fromhex(
        "4c543101000102030405060708090a0ba28766fe4a55030fa763079bbf510a5abc7017d7edc1"
    )  # made in 2026; what is sealed must open for as long as dossiers are kept
    assert unseal(bytes(range(KEY_BYTES)), sealed, context=b"place").decode() == "兰台"

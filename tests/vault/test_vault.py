"""The vault: every dossier under a key of its own, every secret bound to its owner."""

import pytest

from webapp.vault.cipher import Tampered
from webapp.vault.vault import KEPT_DATA_KEYS, Vault, vault


def test_a_piece_of_one_dossier_does_not_open_with_the_key_of_another(archive):
    one, other = vault.new_data_key("one"), vault.new_data_key("other")
    sealed = vault.seal_for("one", one, b"text", context=b"c")
    assert vault.unseal_for("one", one, sealed, context=b"c") == b"text"
    for dossier, key in (("other", other), ("other", one), ("one", other)):
        with pytest.raises(Tampered):
            vault.unseal_for(dossier, key, sealed, context=b"c")


def test_a_credential_belongs_to_one_owner(archive):
    sealed = vault.seal_credential(b"secret", owner="officer-1")
    assert vault.unseal_credential(sealed, owner="officer-1") == b"secret"
    with pytest.raises(Tampered):
        vault.unseal_credential(sealed, owner="officer-2")


def test_the_blind_index_finds_equals_within_a_field_and_tells_nothing_else(archive):
    found = vault.blind_index("id_number", "110101199003074610")
    assert found == vault.blind_index("id_number", "110101199003074610")
    assert found not in {
        vault.blind_index("phone", "110101199003074610"),
        vault.blind_index("id_number", "1"),
    }
    assert len(found) == 32
    assert "1101" not in found


def test_only_some_data_keys_stay_in_memory(archive):
    wrapped = vault.new_data_key("d")
    for number in range(KEPT_DATA_KEYS + 20):
        fresh = vault.rewrapped("d", wrapped)
        vault.seal_for("d", fresh, b"%d" % number, context=b"c")
    assert len(vault._data_keys) == KEPT_DATA_KEYS


def test_a_vault_that_was_not_opened_says_so():
    with pytest.raises(RuntimeError, match="not open"):
        _ = Vault().ring

"""The key ring: closed to others, whole at any moment, and none of its keys ever lost."""

import json
import os
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from tests.moment import NOW
from webapp.vault import keyring
from webapp.vault.cipher import Tampered, new_key
from webapp.vault.keyring import KeyRing, KeyRingUnusable, Purpose, Wrapped

WRITING = ("rotate", "_held_alone", "_opened", "_add_root", "_save")
LATER = NOW + timedelta(days=90)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "keyring.json"


@pytest.fixture
def ring(path: Path) -> KeyRing:
    return KeyRing.create(path, now=NOW)


def keys_of(ring: KeyRing) -> dict[Purpose, bytes]:
    return {purpose: ring.key(purpose) for purpose in Purpose}


def test_a_new_ring_has_a_key_of_its_own_for_every_purpose(ring, path):
    assert len(set(keys_of(ring).values())) == len(Purpose)
    assert keys_of(KeyRing.open(path)) == keys_of(ring)


def test_the_file_is_for_its_owner_alone(ring, path):
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o610, 0o601])
def test_a_ring_that_others_may_touch_is_refused(ring, path, mode):
    path.chmod(mode)
    with pytest.raises(KeyRingUnusable, match="chmod 600"):
        KeyRing.open(path)


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]", b"null", b"{", b'{"roots": [{"id": "r", "key": "?"}]}', b"\xff"]
)
def test_what_is_no_key_ring_is_refused(path, content):
    path.parent.mkdir()
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(KeyRingUnusable):
        KeyRing.open(path)


def test_a_missing_ring_is_refused_and_an_existing_one_never_replaced(ring, path):
    with pytest.raises(KeyRingUnusable, match="exists"):
        KeyRing.create(path, now=NOW)
    with pytest.raises(KeyRingUnusable, match="exists"):
        KeyRing.from_bytes(ring.to_bytes(), path)
    path.unlink()
    with pytest.raises(KeyRingUnusable, match="missing"):
        KeyRing.open(path)


def without(ring: KeyRing, path: Path, purpose: Purpose) -> KeyRing:
    """The ring as it was made before there was such a purpose."""
    content = json.loads(ring.to_bytes())
    del content["purposes"][purpose]
    path.write_text(json.dumps(content))
    return KeyRing.open(path)


def test_an_older_ring_is_given_the_key_of_a_later_purpose_once(ring, path):
    old = without(ring, path, Purpose.PUSH)
    with pytest.raises(KeyRingUnusable, match="no key for push"):
        old.key(Purpose.PUSH)
    other = KeyRing.open(path)  # another process that starts at the same time
    old.provide(Purpose.PUSH)
    other.provide(Purpose.PUSH)
    held = keys_of(KeyRing.open(path))
    assert held == keys_of(old) == keys_of(other)
    assert {one: key for one, key in held.items() if one is not Purpose.PUSH} == {
        one: key for one, key in keys_of(ring).items() if one is not Purpose.PUSH
    }
    assert path.stat().st_mode & 0o777 == 0o600


def test_an_older_ring_is_rotated_as_it_is(ring, path):
    old = without(ring, path, Purpose.PUSH)
    old.rotate(now=LATER)
    assert old.key(Purpose.DATABASE) == ring.key(Purpose.DATABASE)
    assert Purpose.PUSH not in json.loads(path.read_bytes())["purposes"]


def test_rotation_changes_the_root_and_none_of_the_keys(ring, path):
    held, first = keys_of(ring), ring.active_root_id
    wrapped = ring.wrap(key := new_key(), context=b"d1")
    assert ring.rotate(now=LATER) != first
    reopened = KeyRing.open(path)
    assert keys_of(reopened) == keys_of(ring) == held
    assert reopened.unwrap(wrapped, context=b"d1") == key
    assert {row["root"] for row in json.loads(path.read_bytes())["purposes"].values()} == {
        ring.active_root_id
    }


def test_a_wrapped_key_opens_only_where_it_belongs(ring):
    wrapped = ring.wrap(new_key(), context=b"data-key|one")
    with pytest.raises(Tampered):
        ring.unwrap(wrapped, context=b"data-key|two")
    ring.rotate(now=LATER)
    with pytest.raises(Tampered):
        ring.unwrap(Wrapped(ring.active_root_id, wrapped.sealed), context=b"data-key|one")
    with pytest.raises(KeyRingUnusable):
        ring.unwrap(Wrapped("r0", wrapped.sealed), context=b"data-key|one")


def test_a_running_process_follows_the_rotation_of_another(ring, path):
    other = KeyRing.open(path)
    other.rotate(now=LATER)
    wrapped = other.wrap(key := new_key(), context=b"d")
    assert ring.unwrap(wrapped, context=b"d") == key
    assert ring.wrap(key, context=b"d").root_id == ring.active_root_id == other.active_root_id


def test_two_processes_that_rotate_lose_no_root_key(ring, path):
    other = KeyRing.open(path)
    wrapped = [ring.wrap(b"0" * 32, context=b"d")]
    for one in (ring, other, ring, other):
        one.rotate(now=LATER)
        wrapped.append(one.wrap(b"0" * 32, context=b"d"))
    reopened = KeyRing.open(path)
    assert [reopened.unwrap(key, context=b"d") for key in wrapped] == [b"0" * 32] * 5
    assert reopened.to_bytes() == ring.to_bytes() == other.to_bytes()


def test_a_rotation_that_cannot_be_saved_never_wraps_anything(ring, path, monkeypatch):
    first = ring.active_root_id

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(keyring.os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            ring.rotate(now=LATER)
    assert ring.wrap(new_key(), context=b"d").root_id == first == KeyRing.open(path).active_root_id


def test_a_running_process_outlives_the_medium_of_its_ring(ring, path):
    wrapped = ring.wrap(key := new_key(), context=b"d")
    path.unlink()
    assert ring.unwrap(wrapped, context=b"d") == key


def killed_while_rotating(path: Path, after_lines: int) -> bool:
    """Rotate in a child that dies after so many of the lines that write. False when it came to the end."""
    if child := os.fork():
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    left = after_lines

    def count(frame, event, _argument):
        nonlocal left
        if frame.f_code.co_filename == keyring.__file__ and frame.f_code.co_name in WRITING:
            left -= event == "line"
            if left < 0:
                os._exit(9)
            return count
        return None

    try:
        ring = KeyRing.open(path)
        sys.settrace(count)
        ring.rotate(now=LATER)
        os._exit(0)
    finally:
        os._exit(1)


def test_a_ring_whose_process_is_killed_at_any_line_of_a_rotation_stays_whole(ring, path):
    held, lines = keys_of(ring), 0
    wrapped = ring.wrap(b"0" * 32, context=b"d")
    while killed_while_rotating(path, lines):
        lines += 1
        reopened = KeyRing.open(path)
        assert keys_of(reopened) == held
        assert reopened.unwrap(wrapped, context=b"d") == b"0" * 32
    assert lines > 20
    assert keys_of(KeyRing.open(path)) == held
    assert path.stat().st_mode & 0o777 == 0o600

"""Writing: one writer, whole commits, and an index that a killed writer leaves readable."""

import os
import random
import signal
import subprocess
import sys
import threading

import pytest

from tests.search.corpus import KEY, containing, entries, everywhere, page_texts, verifier
from webapp.domain.errors import Conflict, Invalid
from webapp.search.entry import Entry
from webapp.search.index import Index
from webapp.search.merging import MOST_SEGMENTS
from webapp.search.reader import Reader
from webapp.search.sight import Level

ALL = everywhere(Level.CLEAR)

WRITER = """
import sys
from pathlib import Path
from tests.search.corpus import KEY, entries, page_texts
from webapp.search.index import Index
index = Index(Path(sys.argv[1]), KEY)
for round in range(1000):
    with index.writing() as batch:
        for entry in entries(page_texts(30, seed=round % 7)):
            batch.put(entry)
    if round % 5 == 4:
        index.merge()
    print(round, flush=True)
"""


def put(index, texts):
    with index.writing() as batch:
        for entry in entries(texts):
            batch.put(entry)


def found(reader, query, texts):
    return {hit.ref for hit in reader.search(query, sight=ALL, verify=verifier(texts), limit=10**6).hits}


def test_a_new_index_is_empty_and_opens_again(tmp_path):
    index = Index(tmp_path / "deep" / "index", KEY)
    assert index.count == 0
    assert Index(tmp_path / "deep" / "index", KEY).generation == index.generation
    assert found(Reader(index), "张", {}) == set()


def test_a_key_of_another_size_is_refused(tmp_path):
    with pytest.raises(ValueError, match="32 bytes"):
        Index(tmp_path, b"short")


def test_putting_again_replaces_and_removing_removes(tmp_path):
    index = Index(tmp_path, KEY)
    reader = Reader(index)
    put(index, {"page:1": "张伟", "page:2": "李娜", "material:1": "王芳"})
    put(index, {"page:1": "陈静"})
    assert index.count == 3
    assert found(reader, "张伟", {}) == set()
    assert found(reader, "陈静", {}) == {"page:1"}
    with index.writing() as batch:
        batch.remove("page:1")
        batch.remove("page:77")
        with pytest.raises(Invalid):
            batch.remove("nothing")
    assert found(reader, "陈静", {}) == set()
    assert found(reader, "王芳", {}) == {"material:1"}
    index.merge()
    assert index.count == 2
    assert found(reader, "李娜", {}) == {"page:2"}


def test_the_last_word_on_a_ref_in_a_batch_counts(tmp_path):
    index = Index(tmp_path, KEY)
    with index.writing() as batch:
        for text in ("张伟", "李娜"):
            batch.put(Entry("page:1", 1, text, text))
        batch.put(Entry("page:2", 1, "王芳", "王芳"))
        batch.remove("page:2")
    assert index.count == 1
    assert found(Reader(index), "李娜", {}) == {"page:1"}


def test_an_exception_in_a_batch_leaves_the_index_as_it_was(tmp_path):
    index = Index(tmp_path, KEY)
    put(index, {"page:1": "张伟"})
    before = index.fingerprint

    def failing():
        with index.writing() as batch:
            batch.remove("page:1")
            raise KeyError

    with pytest.raises(KeyError):
        failing()
    assert index.fingerprint == before
    put(index, {"page:2": "李娜"})


def test_an_empty_batch_commits_nothing(tmp_path):
    index = Index(tmp_path, KEY)
    before = index.generation
    with index.writing():
        pass
    index.merge()
    assert index.generation == before


def test_every_commit_changes_the_generation_for_other_processes(tmp_path):
    index, other = Index(tmp_path, KEY), Index(tmp_path, KEY)
    seen = {other.generation}
    for number in range(3):
        put(index, {f"page:{number}": "张伟"})
        seen.add(other.generation)
    assert len(seen) == 4


def test_an_index_built_anew_is_noticed_by_a_reader_of_the_former(tmp_path):
    index = Index(tmp_path / "index", KEY)
    reader = Reader(index)
    put(index, {"page:1": "张伟"})
    assert found(reader, "张伟", {}) == {"page:1"}
    (tmp_path / "index").rename(tmp_path / "aside")
    put(Index(tmp_path / "index", KEY), {"page:2": "张伟"})
    assert found(reader, "张伟", {}) == {"page:2"}


def test_a_second_writer_is_told_to_wait(tmp_path):
    index, other = Index(tmp_path, KEY), Index(tmp_path, KEY)
    with index.writing():
        with pytest.raises(Conflict), other.writing():
            pass
        with pytest.raises(Conflict):
            other.merge()
    put(other, {"page:1": "张伟"})


def test_entries_without_any_text_are_kept_and_found_by_nothing(tmp_path):
    index = Index(tmp_path, KEY)
    put(index, {"dossier:1": "", "page:1": "，。"})
    put(index, {"page:2": "张"})
    index.merge()
    assert index.count == 3
    assert found(Reader(index), "张", {}) == {"page:2"}


def test_everything_can_be_removed(tmp_path):
    index = Index(tmp_path, KEY)
    put(index, page_texts(5))
    with index.writing() as batch:
        for ref in page_texts(5):
            batch.remove(ref)
    index.merge()
    assert index.count == 0
    assert found(Reader(index), "同志", {}) == set()
    assert not list(tmp_path.glob("*.seg"))


def test_a_merge_that_takes_files_away_from_under_a_reader_is_followed(tmp_path):
    index = Index(tmp_path, KEY)
    put(index, {"page:1": "张伟"})
    put(index, {"page:2": "李娜"})

    class Merging(dict):
        def get(self, name):
            if index.count and len(list(tmp_path.glob("*.seg"))) > 1:
                Index(tmp_path, KEY).merge()
            return super().get(name)

    generation, segments = index.load(Merging())
    assert generation == index.generation
    assert [segment.count for segment, _ in segments] == [2]


def test_many_small_commits_do_not_pile_up(tmp_path):
    index = Index(tmp_path, KEY)
    texts = page_texts(40)
    for ref, text in texts.items():
        put(index, {ref: text})
        assert len(list(tmp_path.glob("*.seg"))) <= MOST_SEGMENTS
    reader = Reader(index)
    assert index.count == 40
    for query in ("同志", "组织部", "处分"):
        assert found(reader, query, texts) == containing(query, texts)


def test_readers_go_on_while_another_thread_writes_and_merges(tmp_path):
    index = Index(tmp_path, KEY)
    texts = page_texts(40)
    put(index, texts)
    reader, wrong, stop = Reader(index), [], threading.Event()
    expected = containing("组织部", texts)

    def read():
        while not stop.is_set():
            if found(reader, "组织部", texts) != expected:
                wrong.append(1)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for thread in readers:
        thread.start()
    try:
        for turn in range(6):
            put(index, {f"page:{1000 + turn}": "无关"} | dict(list(texts.items())[turn : turn + 5]))
            if turn % 3 == 2:
                index.merge()
    finally:
        stop.set()
        for thread in readers:
            thread.join()
    assert not wrong


def start_writer(folder):
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.getcwd()},
    )


def test_readers_go_on_while_another_process_writes_and_a_kill_leaves_it_readable(tmp_path):
    draw = random.Random(4)
    all_texts = [page_texts(30, seed=seed) for seed in range(7)]
    index = Index(tmp_path, KEY)
    reader = Reader(index)
    for _ in range(3):
        writer = start_writer(tmp_path)
        for _ in range(draw.randint(1, 8)):
            writer.stdout.readline()
            texts = {h.ref for h in reader.search("同志", sight=ALL, verify=verifier({}), limit=50).hits}
            assert texts in [containing("同志", each) for each in all_texts]
        try:
            writer.wait(timeout=draw.random() / 20)
        except subprocess.TimeoutExpired:
            writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        for fresh in (reader, Reader(Index(tmp_path, KEY))):
            assert found(fresh, "同志", {}) in [containing("同志", each) for each in all_texts]
    put(index, page_texts(30))
    assert index.count == 30
    assert found(reader, "同志", {}) == containing("同志", page_texts(30))
    assert not list(tmp_path.glob("*.part"))
    assert len(list(tmp_path.glob("*.toc"))) == 1

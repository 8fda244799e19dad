"""`ocr`: held-out drawn pages through the worker's own decoder and reader, from the file's bytes to the text.

Rival: `tesseract -l chi_sim --psm 3` on the same files, one thread a process. It does not turn a page that lies on its
side; the `upright_` figures leave those pages out for both.
"""

import csv
import os
import resource
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from tempfile import TemporaryDirectory
from typing import Any

from ocr_worker.decoding import Decoder
from ocr_worker.reading import ReaderProcess
from tests.benchmarks.figures import Figures, say
from tests.benchmarks.papers import Paper, papers
from tests.benchmarks.processes import Watched
from tests.benchmarks.reading_truth import Sign, Tally, spread
from webapp.domain.geometry import Box
from webapp.domain.transcription import Line, Transcription

ENGINE = "openvino"  # the default of settings.py
AT_ONCE = 2  # as the worker has children
_RIVAL = ("-l", "chi_sim", "--psm", "3", "tsv")
Read = Callable[[Paper], None]


@dataclass(frozen=True, slots=True)
class Effort:
    """What one page took: wall and CPU seconds of all processes that worked on it."""

    wall_s: float
    cpu_s: float


def measure(*, pages: int = 24) -> Figures:
    """Read `pages` pages, each by both readers in turn; then all of them by two processes of each kind."""
    with TemporaryDirectory(prefix="lantai-bench-") as folder, ExitStack() as held:
        say(f"ocr: drawing {pages} pages")
        drawn = list(papers(Path(folder), pages))
        readers = [held.enter_context(ReaderProcess(ENGINE)) for _ in range(AT_ONCE)]
        for reader in readers:
            reader.start()
        ours, theirs, efforts = [], [], []
        for paper in drawn:
            say(f"ocr: {paper.name}")
            read, effort = _watched(lambda paper=paper: ocr_read(readers[0], paper), readers[0].pid or 0)
            ours.append(_our_tally(paper, read))
            tsv, rival_effort = _watched(lambda paper=paper: tesseract_read(paper))
            theirs.append(paper.as_filed().tally(_signs_of_tsv(tsv)))
            efforts.append((effort, rival_effort))
        say(f"ocr: all pages by {AT_ONCE} processes, then by {AT_ONCE} of tesseract")
        hour = _per_hour(drawn, [lambda p, r=reader: ocr_read(r, p) and None for reader in readers])
        rival_hour = _per_hour(drawn, [lambda p: tesseract_read(p) and None] * AT_ONCE)
        peak_mb = max(Watched(reader.pid or 0).peak_mb for reader in readers)
        return (
            _accuracy("", drawn, ours) | _cost("", [e for e, _ in efforts], hour) | {"peak_rss_mb": peak_mb}
            | _accuracy("tesseract_", drawn, theirs) | _cost("tesseract_", [e for _, e in efforts], rival_hour)
            | {"pages": len(drawn)}
        )  # fmt: skip


def ocr_read(reader: ReaderProcess, paper: Paper) -> Transcription:
    """As the worker does: decoded in a child without keys, prepared, read and checked in another."""
    frame = next(Decoder().frames(paper.file.read_bytes(), claimed="image/jpeg"))
    return reader.read(frame.pixels, frame.width_px, frame.height_px, dpi=frame.dpi).transcription


def tesseract_read(paper: Paper) -> str:
    """As its manual has it; the words with their places."""
    ran = subprocess.run(
        ["tesseract", str(paper.file), "stdout", *_RIVAL],  # noqa: S607 - the one that is installed
        env=os.environ | {"OMP_THREAD_LIMIT": "1"}, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return ran.stdout


def _watched(read: Callable[[], Any], child: int = 0) -> tuple[Any, Effort]:
    """What it read, with the time of this process, of `child`, and of the children that came and went."""
    began, spent = time.perf_counter(), _cpu_s(child)
    answer = read()
    return answer, Effort(time.perf_counter() - began, _cpu_s(child) - spent)


def _cpu_s(child: int) -> float:
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime + (Watched(child).cpu_s if child else 0)


def _per_hour(drawn: Sequence[Paper], readers: Sequence[Read]) -> float:
    """Pages an hour when each reader takes the next page as soon as it is done with one."""
    waiting: SimpleQueue[Paper] = SimpleQueue()
    for paper in drawn:
        waiting.put(paper)

    def work(read: Read) -> None:
        while True:
            try:
                paper = waiting.get_nowait()
            except Empty:
                return
            read(paper)

    began = time.perf_counter()
    with ThreadPoolExecutor(len(readers)) as pool:
        list(pool.map(work, readers))
    return round(len(drawn) / (time.perf_counter() - began) * 3600)


def _our_tally(paper: Paper, read: Transcription) -> Tally:
    trusted = [sign for line in read.sure_lines() for sign in _signs_of(line)]
    more = [sign for line in (*read.lines, *read.second_lines) for sign in _signs_of(line)]
    return paper.as_prepared(read).tally(trusted, more)


def _signs_of(line: Line) -> Iterator[Sign]:
    for word in line.words:
        yield from spread(word.text, word.box)


def _signs_of_tsv(tsv: str) -> Iterator[Sign]:
    for row in csv.DictReader(tsv.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE):
        if row["level"] == "5" and row["text"].strip():
            left, top, width, height = (int(row[name]) for name in ("left", "top", "width", "height"))
            yield from spread(row["text"], Box(left, top, left + max(1, width), top + max(1, height)))


def _accuracy(rival: str, drawn: Sequence[Paper], tallies: Sequence[Tally]) -> Figures:
    pairs = list(zip(drawn, tallies, strict=True))
    whole = sum(tallies, Tally())
    printed = sum((tally for paper, tally in pairs if not paper.is_penned), Tally())
    upright = sum((tally for paper, tally in pairs if not paper.is_turned), Tally())
    return {
        f"{rival}cer": whole.cer,
        f"{rival}cer_print": printed.cer_of_lines,
        f"{rival}upright_cer": upright.cer,
        f"{rival}field_exact": whole.field_exact,
        f"{rival}id_exact": whole.id_exact,
    }


def _cost(rival: str, efforts: Sequence[Effort], per_hour: float) -> Figures:
    return {
        f"{rival}s_per_page": round(sum(effort.wall_s for effort in efforts) / len(efforts), 2),
        f"{rival}cpu_s_per_page": round(sum(effort.cpu_s for effort in efforts) / len(efforts), 2),
        f"{rival}pages_per_hour": per_hour,
    }

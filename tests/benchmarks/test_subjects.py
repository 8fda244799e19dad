"""Each subject of `make bench` runs at a tiny size and gives every figure it promises."""

import json
import math

import pytest

from tests.benchmarks import (
    __main__,
    audit,
    figures,
    masking,
    ocr,
    page_image,
    pipeline,
    screens,
    search_50k,
    trace,
)
from tests.benchmarks.reading_truth import Sign, Tally, Truth, plain, spread
from webapp.demonstration.sheet import DrawnLine, Secret
from webapp.domain.geometry import Box

LABEL, VALUE = DrawnLine("姓名", Box(100, 100, 200, 150)), DrawnLine("张 建国", Box(300, 100, 450, 150))


def read(text: str, box: Box) -> list[Sign]:
    return spread(text, box)


def sound(found: figures.Figures, *names: str) -> None:
    assert set(names) <= set(found)
    assert all(math.isfinite(value) and value >= 0 for value in found.values())


def test_the_95th_percentile_is_a_value_that_was_measured():
    assert figures.percentile([3, 1, 2], 0.95) == 3
    assert figures.percentile(range(1, 101), 0.95) == 95
    assert figures.percentile([7], 0.5) == 7


def test_a_page_read_without_fault_has_no_errors_whatever_the_order_it_was_read_in():
    truth = Truth([LABEL, VALUE], [Secret("id_number", "11010119900307461X", Box(100, 300, 700, 350))])
    signs = read("张建国", VALUE.box) + read("姓 名", LABEL.box)
    number = read("11010119900307461X", Box(100, 300, 700, 350))
    tally = truth.tally(signs, number)
    assert (tally.cer, tally.field_exact, tally.id_exact) == (0, 1, 1)
    assert (tally.characters, tally.fields) == (5, 1)


def test_signs_wrong_lost_and_read_where_nothing_stands_count_alike():
    tally = Truth([LABEL, VALUE], []).tally(read("张健", VALUE.box) + read("旁", Box(900, 900, 950, 950)))
    assert (tally.errors, tally.ghosts, tally.fields_exact) == (2 + 2, 1, 0)
    assert tally.cer == 1


def test_what_is_read_in_a_seal_counts_neither_way():
    seal = Box(800, 800, 1200, 1200)
    assert Truth([LABEL], [], [seal]).tally(read("演示", Box(900, 950, 1000, 1000))).ghosts == 0


def test_widths_and_blanks_are_no_faults():
    assert plain("Ａ１　中 文\n") == "A1中文"


def test_tallies_add_up():
    assert Tally(10, 1) + Tally(10, 3, ghosts=2) == Tally(20, 4, ghosts=2)
    assert Tally().cer == 0


def test_a_name_that_is_no_subject_is_refused_and_nothing_is_printed(capsys):
    assert __main__.main(["ocr", "speed"]) == 2
    assert capsys.readouterr().out == ""


def test_what_is_printed_is_one_object_of_subjects(capsys, monkeypatch):
    monkeypatch.setattr(audit, "measure", lambda: {"append_per_s": 900})
    assert __main__.main(["audit"]) == 0
    assert json.loads(capsys.readouterr().out) == {"audit": {"append_per_s": 900}}


@pytest.mark.engine
def test_ocr():
    found = ocr.measure(pages=1)
    sound(
        found,
        "cer",
        "s_per_page",
        "cpu_s_per_page",
        "pages_per_hour",
        "tesseract_cer",
        "tesseract_pages_per_hour",
    )
    assert found["cer"] < found["tesseract_cer"] < 1


@pytest.mark.engine
def test_page_image():
    found = page_image.measure(pages=1, turns=1)
    sound(found, "p50_ms", "p95_ms", "alone_p95_ms", "kb", "web_peak_mb", "pillow_plain_ms")


@pytest.mark.engine
def test_audit():
    found = audit.measure(appends=40, rows=200)
    sound(found, "append_per_s", "append_4_processes_per_s", "verify_rows_per_s", "plain_insert_per_s")


@pytest.mark.engine
def test_screens():
    found = screens.measure(runs=1, pages=1)
    sound(
        found, "login_kb", "home_lcp_ms", "results_kb", "summary_kb", "catalogue_kb", "viewer_kb", "budget_kb"
    )


@pytest.mark.engine
def test_pipeline():
    found = pipeline.measure(pages=1, batch=1)
    sound(found, "upload_to_found_s", "pages_per_minute", "tesseract_cli_s")


@pytest.mark.engine
def test_search_50k():
    found = search_50k.measure(pages=250, queries=4)
    sound(
        found,
        "term_p95_ms",
        "and_p95_ms",
        "phrase_p95_ms",
        "fts5_term_p95_ms",
        "http_p95_ms",
        "index_build_s",
    )


@pytest.mark.engine
def test_trace():
    found = trace.measure(pages=1, read_pages=0)
    sound(found, "camera_first_share", "wrong_comparisons", "trace_p95_ms", "lsb_as_served_first_share")
    assert (found["first_share"], found["false_accepts"]) == (1, 0)


@pytest.mark.engine
def test_masking():
    found = masking.measure(forms=2)
    sound(found, "leaks", "overmasked_share", "withheld_share", "s_per_form", "tesseract_regex_leaks")
    assert (found["forms"], found["leaks"]) == (2, 0)

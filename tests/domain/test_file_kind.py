"""What a file claims to be and what its first bytes say."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.errors import Invalid
from webapp.domain.file_kind import ACCEPTED, HEAD_BYTES, checked, sniff

HEADS = {
    "image/jpeg": [b"\xff\xd8\xff\xe0\x00\x10JFIF"],
    "image/png": [b"\x89PNG\r\n\x1a\n\x00\x00"],
    "image/tiff": [b"II*\x00\x08\x00", b"MM\x00*\x00\x08", b"II+\x00\x08\x00", b"MM\x00+\x00\x08"],
    "application/pdf": [b"%PDF-1.7\n"],
}
NOT_SCANS = [
    b"<svg xmlns=",
    b"<!DOCTYPE html>",
    b"PK\x03\x04",
    b"%!PS-Adobe-3.0 EPSF",
    b"GIF89a",
    b"RIFF....WEBP",
    b"BM",
]


@pytest.mark.parametrize(("kind", "head"), [(kind, head) for kind, heads in HEADS.items() for head in heads])
def test_each_accepted_kind_is_told_from_its_first_bytes(kind, head):
    assert sniff(head) == kind
    for ending in (*ACCEPTED[kind][1], ACCEPTED[kind][1][0].upper(), ""):
        assert checked(f"扫描 1{ending}", head) == kind


@pytest.mark.parametrize("head", NOT_SCANS)
def test_what_is_no_scan_is_refused_whatever_it_is_called(head):
    for ending in (".jpg", ".pdf", ".tif", ""):
        with pytest.raises(Invalid, match="只接收"):
            checked(f"扫描{ending}", head)


def test_a_name_that_does_not_fit_the_content_is_refused():
    for kind, heads in HEADS.items():
        for other, (_, endings) in ACCEPTED.items():
            if other != kind:
                with pytest.raises(Invalid, match="内容却是"):
                    checked(f"扫描{endings[0]}", heads[0])


def test_an_empty_file_is_refused():
    with pytest.raises(Invalid, match="空的"):
        checked("扫描.jpg", b"")


@given(st.text(max_size=40), st.binary(min_size=1, max_size=HEAD_BYTES))
def test_any_name_and_any_bytes_are_accepted_or_refused(name, head):
    with suppress(Invalid):
        assert checked(name, head) in ACCEPTED

"""The shell: what anybody may ask for or send."""

import logging

import pytest

from tests.site import opened
from webapp.settings import Settings

REPORT = (
    '{"csp-report": {"document-uri": "https://lantai.example/enrol/Tok3n", "violated-directive": "img-src"}}'
)


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        (REPORT, "img-src"),
        ('{"x": 1}\n2026-03-02 lantai.web ERROR 张三\x1b[2J', "unreadable"),
        ('{"effective-directive": "a\\nb"}', "a"),
    ],
)
def test_a_report_of_a_browser_leaves_one_line_without_any_address(
    settings: Settings, caplog: pytest.LogCaptureFixture, told: str, kept: str
) -> None:
    with opened(settings) as site, caplog.at_level(logging.WARNING, "lantai.csp"):
        assert site.browser().client.post("/csp-report", data=told).status_code == 204
    assert [record.getMessage() for record in caplog.records] == [f"refused by the content policy: {kept}"]

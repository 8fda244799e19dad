import re
from pathlib import Path

from webapp.domain.acts import act

ROOT = Path(__file__).parents[2]
WRITTEN = re.compile(
    r'(?:audit\.append|_log|queries\.log|_opened)\(\s*(?:actor, public_id, )?"([a-z-]+:[a-z-]+)"'
)


def test_every_act_that_is_logged_has_a_word():
    sources = [path.read_text() for part in ("webapp", "ocr_worker") for path in (ROOT / part).rglob("*.py")]
    written = {action for source in sources for action in WRITTEN.findall(source)}
    assert len(written) > 40
    assert {action for action in written if act(action) == action} == set()


def test_an_act_of_an_older_or_newer_version_is_shown_as_it_is_written():
    assert act("page:folded") == "page:folded"


def test_confirming_an_account_is_not_called_a_change_of_rights():
    assert act("officer:authorised") == "核准账号"
    assert act("officer:authorised") != act("officer:rights-changed")

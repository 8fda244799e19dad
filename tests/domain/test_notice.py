from webapp.domain.notice import TELLINGS, UNSAID, NoticeKind


def test_every_kind_has_words_and_an_address():
    assert set(TELLINGS) == set(NoticeKind)
    for telling in TELLINGS.values():
        assert telling.title
        assert telling.leads_to("x").startswith("/")


def test_what_leaves_the_app_says_nothing_of_what_happened():
    for word in ("档案", "申请", "更正", "投诉", "查阅"):
        assert word not in UNSAID

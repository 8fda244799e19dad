"""The tabs of each role. A tab appears when its feature works; no role has more than five."""

from dataclasses import dataclass

from flask import Flask, g, request, url_for

from webapp.domain.role import Role
from webapp.services import notices


@dataclass(frozen=True, slots=True)
class Tab:
    """One place of the tab bar. With `tells` it carries the number of unread notices."""

    label: str
    href: str
    icon: str
    current: bool
    tells: bool = False

    @property
    def badge(self) -> int:
        """Unread notices. Asked for when the tab is drawn: an error page, which draws none, asks nothing."""
        return notices.unread(g.session.officer) if self.tells else 0


# label, endpoint, icon
_TABS: dict[Role, tuple[tuple[str, str, str], ...]] = {
    Role.OFFICIAL: (
        ("首页", "home.home", "home"),
        ("查档", "search.search", "search"),
        ("申请", "requests.index", "request"),
        ("我的", "account.account", "person"),
    ),
    Role.APPROVER: (
        ("待办", "approvals.index", "stamp"),
        ("查档", "search.search", "search"),
        ("我的", "account.account", "person"),
    ),
    Role.INDIVIDUAL: (
        ("我的档案", "own.home", "dossier"),
        ("消息", "notices.listed", "bell"),
        ("我的", "account.account", "person"),
    ),
    Role.ARCHIVIST: (
        ("待办", "home.home", "todo"),
        ("查档", "search.search", "search"),
        ("接收", "intake.intake", "scan"),
        ("人员", "people.people", "people"),
        ("我的", "account.account", "person"),
    ),
    Role.SYSTEM_ADMINISTRATOR: (
        ("首页", "home.home", "home"),
        ("账号", "officers.officers", "people"),
        ("我的", "account.account", "person"),
    ),
    Role.SECURITY_OFFICER: (
        ("首页", "home.home", "home"),
        ("权限", "officers.rights", "shield"),
        ("追查", "tracing.traces", "search"),
        ("授权", "grants.index", "key"),
        ("我的", "account.account", "person"),
    ),
    Role.AUDITOR: (
        ("首页", "home.home", "home"),
        ("日志", "audit.audit", "history"),
        ("我的", "account.account", "person"),
    ),
}


def tabs() -> list[Tab]:
    """The tabs of this sitting; none before somebody is signed in."""
    session = g.get("session")
    if session is None or session.stage != "full":
        return []
    places = _TABS[Role(session.role)]
    endpoints = [endpoint for _, endpoint, _ in places]
    told_at = next(endpoint for endpoint in ("notices.listed", "account.account") if endpoint in endpoints)
    return [
        Tab(label, url_for(endpoint), icon, _is_here(endpoint), tells=endpoint == told_at)
        for label, endpoint, icon in places
    ]


def _is_here(endpoint: str) -> bool:
    """Pages of the same blueprint count as the same place, and so do those below its address."""
    is_below = request.path.startswith(url_for(endpoint).rstrip("/") + "/") and endpoint != "home.home"
    return endpoint.partition(".")[0] == request.blueprint or is_below


def install(app: Flask) -> None:
    """Tell every template who is here, where they may go, and how they like to read."""

    @app.context_processor
    def surroundings() -> dict[str, object]:
        session = g.get("session")
        is_known = session is not None and session.stage == "full"
        return {
            "tabs": tabs(),
            "me": session.officer if is_known else None,
            "my_role": Role(session.role) if is_known else None,
            "theme": session.theme if is_known else "",
            "size": "elder" if is_known and session.is_elder else "",
        }

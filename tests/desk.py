"""Browsers already signed in, for tests of routes that are not about signing in."""

from tests.accounts import OFFICE
from tests.site import Browser, Site
from webapp.services import sessions
from webapp.services.actor import Actor
from webapp.storage.database import transaction
from webapp.web.csrf import cookie_name


def browser_of(site: Site, actor: Actor) -> Browser:
    """A browser in a full sitting of this officer, with the form cookie that a first page hands out."""
    browser = site.browser()
    with transaction():
        _, token = sessions.open_session(actor.person, sessions.FULL, visitor=OFFICE, now=site.now)
    with site.app.app_context():
        browser.client.set_cookie(cookie_name("session"), token)
    return browser

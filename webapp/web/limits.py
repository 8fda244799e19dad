"""How often one browser may ask (flask-limiter). Sign-in and code throttles are in the database: services/sign_in."""

from flask import Flask, request
from flask_limiter import Limiter

from webapp.web.sign_in import load_session

PER_SITTING = "600 per minute"  # of one address; a person reading fast stays below 200
IN_ALL = "1200 per minute"  # of all addresses together, refused ones too: each refusal is an entry of the log
DOCUMENTS = "20 per minute"  # each is set or written for seconds, on a core that others wait for
EXPORTS = "2 per minute"  # each draws up to 40 pages, ten seconds of a core
CHECKS = (
    "20 per minute"  # of a copy or a certificate by its code; wrong ones are counted in the database as well
)
TRIALS = "20 per minute"  # each tells of as many ID numbers as its spreadsheet has rows
SEARCHES = (
    "120 per minute"  # each opens up to 200 texts; a person reads results for longer than half a second
)
CHALLENGES = "120 per minute"  # each is a row for five minutes; an office that begins its day has one address
PAGE_IMAGES = "150 per minute"  # ASVS 2.4.1: faster than anyone reads is copying


def asker() -> str:
    """The sitting where there is one, else the address."""
    session = load_session()
    return session.public_id if session is not None else request.remote_addr or "unknown"


limiter = Limiter(
    asker, default_limits=[PER_SITTING], application_limits=[lambda: IN_ALL], storage_uri="memory://"
)


def install(app: Flask) -> None:
    """Limit every route but static files."""
    app.config.setdefault("RATELIMIT_IN_MEMORY_FALLBACK_ENABLED", True)
    limiter.init_app(app)

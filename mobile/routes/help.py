"""What masking, marking and the log can and cannot do, in plain words (帮助)."""

from flask import Blueprint, render_template

from webapp.domain.permission import Permission
from webapp.web.guards import requires

bp = Blueprint("help", __name__)


@bp.get("/help")
@requires(Permission.ANYBODY)
def help_page() -> str:
    """The same for everybody, signed in or not: it names nobody."""
    return render_template("help/help.html")

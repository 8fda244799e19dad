"""Taking scans in (扫描件接收): choose a material, send files, watch them become searchable."""

from collections.abc import Collection

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.domain.errors import Conflict, Invalid
from webapp.domain.permission import Permission
from webapp.services import intake as taking
from webapp.web.clock import now
from webapp.web.fragments import fragment_or_redirect, page_or_fragment
from webapp.web.guards import current_actor, requires
from webapp.web.sign_in import POLL_HEADER

bp = Blueprint("intake", __name__)


@bp.get("/desk/intake")
@requires(Permission.INTAKE)
def intake() -> str:
    """What of the actor's uploads is being worked on or needs a decision, and the way to send more."""
    uploads = taking.unsettled(current_actor())
    return page_or_fragment("intake/intake.html", "intake/_unsettled.html", uploads=uploads)


@bp.get("/desk/intake/<material_id>")
@requires(Permission.INTAKE)
def material(material_id: str) -> str:
    """Files of one material: those that came in, and a place to send more."""
    if POLL_HEADER not in request.headers:  # the page asks again by itself until all is settled: one look
        taking.opened(current_actor(), material_id, now=now())
    context = _context(material_id, request.args.getlist("again"))
    return page_or_fragment("intake/material.html", "intake/_uploads.html", **context)


@bp.post("/desk/intake/<material_id>")
@requires(Permission.INTAKE)
def receive(material_id: str) -> Response:
    """Take one or several files. Each is kept, known already or refused by itself; the answer says which."""
    actor, refused, again = current_actor(), [], []
    files = [sent for sent in request.files.getlist("files") if sent.filename]
    if not files:
        raise Invalid("还没有选择文件")
    for sent in files:
        try:
            name, content = sent.filename or "", sent.stream.read()
            upload, is_known = taking.receive(actor, material_id, name, content, now=now())
        except (Invalid, Conflict) as error:
            refused.append((sent.filename, str(error)))
        else:
            again += [upload.public_id] if is_known else []
    address = url_for("intake.material", material_id=material_id, again=again)
    if request.accept_mimetypes.best == "text/plain":
        if refused:
            raise Invalid(refused[0][1])
        answer = make_response("", 201)
        answer.headers["Location"] = address
        return answer
    if refused:
        page = render_template("intake/material.html", **_context(material_id, again), refused=refused)
        return make_response(page, 422)
    return redirect(address, code=303)


@bp.post("/desk/uploads/<upload_id>/retry")
@requires(Permission.INTAKE)
def retry(upload_id: str) -> Response:
    """Try again what failed."""
    upload = taking.retry(current_actor(), upload_id, now=now())
    material_id = upload.material.public_id
    return fragment_or_redirect(
        "intake/_uploads.html",
        "intake.material",
        values={"material_id": material_id},
        toast="已重新排队处理",
        **_context(material_id),
    )


@bp.post("/desk/uploads/<upload_id>/remove")
@requires(Permission.INTAKE)
def remove(upload_id: str) -> Response:
    """Take a wrongly sent file out again, after the question on the page."""
    material = taking.remove(current_actor(), upload_id, now=now())
    return redirect(url_for("intake.material", material_id=material.public_id), code=303)


def _context(material_id: str, again: Collection[str] = ()) -> dict[str, object]:
    """What the page shows. `again` names uploads whose file was just sent once more."""
    actor = current_actor()
    uploads = taking.progress(actor, material_id)
    return {
        "material": taking.keepable_material(actor, material_id),
        "uploads": uploads,
        "known": [one.upload.file_name for one in uploads if one.upload.public_id in again],
    }

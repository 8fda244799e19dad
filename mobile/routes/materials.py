"""Reading a material's pages (原件浏览): purpose once a sitting, then images masked and marked for this reader."""

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.domain import purpose as purposes
from webapp.domain.errors import Invalid
from webapp.domain.grant import BEAT_S, WARNED_S
from webapp.domain.page_width import READING_PX, THUMBNAIL_PX, ZOOMED_PX
from webapp.domain.permission import Permission
from webapp.services import mask_queue, viewings
from webapp.services.viewings import Opened, Sheet
from webapp.web.clock import now
from webapp.web.guards import current_actor, requires
from webapp.web.limits import PAGE_IMAGES, limiter

bp = Blueprint("materials", __name__)
DAMAGED = "这一页没有处理成功，请联系档案管理员"
AWAITED = "这一页还在处理中，请稍后再看"
WIDTHS = {"page": READING_PX, "full": ZOOMED_PX, "thumbnail": THUMBNAIL_PX}


@bp.get("/materials/<material_id>")
@requires(Permission.READ)
def read(material_id: str) -> Response | str:
    """The viewer; before it, once a sitting, the question what for, and where two must read the second officer."""
    actor = current_actor()
    opened = viewings.open_material(actor, material_id, at=now())
    if opened.viewing is None:
        implied = viewings.implied_purpose(actor, opened.grant)
        if implied is None:
            return render_template("materials/purpose.html", opened=opened, purposes=purposes.PURPOSES)
        viewings.begin(actor, material_id, implied, now=now())
        opened = viewings.open_material(actor, material_id, at=now())
    if opened.awaits_second:
        return redirect(url_for("joining.awaited", material_id=material_id), code=303)
    _await_withheld(opened)
    return _viewer(opened)


@bp.post("/materials/<material_id>")
@requires(Permission.READ)
def state_purpose(material_id: str) -> Response | tuple[str, int]:
    """Take the stated purpose and open the viewer."""
    actor = current_actor()
    try:
        viewings.begin(actor, material_id, request.form.get("purpose", ""), now=now())
    except Invalid as error:
        opened = viewings.open_material(actor, material_id, at=now())
        page = render_template(
            "materials/purpose.html", opened=opened, purposes=purposes.PURPOSES, error=str(error)
        )
        return page, 422
    number = request.form.get("page", type=int)
    return redirect(url_for("materials.read", material_id=material_id, page=number), code=303)


@bp.get("/materials/<material_id>/pages/<int:number>/image")
@requires(Permission.READ)
@limiter.limit(PAGE_IMAGES)
def image(material_id: str, number: int) -> Response:
    """One page's pixels as this reader may see them, in the smallest encoding the browser takes."""
    width_px = WIDTHS.get(request.args.get("size", "page"), READING_PX)
    accept = request.headers.get("Accept", "")
    rendered = viewings.deliver(
        current_actor(), material_id, number, width_px=width_px, accept=accept, now=now()
    )
    answer = make_response(rendered.content)
    answer.mimetype = rendered.media_type
    answer.vary.add("Accept")
    answer.headers["Content-Disposition"] = "inline"
    return answer


@bp.get("/materials/<material_id>/pages/<int:number>/text")
@requires(Permission.READ)
@limiter.limit(PAGE_IMAGES)
def text(material_id: str, number: int) -> str:
    """One page as text, for readers who listen or need large type; masked as its image is."""
    actor = current_actor()
    rows = viewings.text(actor, material_id, number, now=now())
    opened = viewings.open_material(actor, material_id, at=now())
    return render_template(
        "materials/text.html",
        opened=opened,
        number=number,
        rows=rows,
        count=len(opened.sheets),
        **_clock(opened),
    )


@bp.post("/materials/<material_id>/viewed")
@requires(Permission.READ)
def viewed(material_id: str) -> tuple[str, int]:
    """The beacon of the viewer: a page was on screen for a second or more."""
    viewings.looked_at(
        current_actor(),
        material_id,
        request.form.get("page", 0, type=int),
        seconds=request.form.get("seconds", 1, type=int),
        now=now(),
    )
    return "", 204


@bp.post("/materials/<material_id>/beat")
@requires(Permission.READ)
def beat(material_id: str) -> dict[str, int | None]:
    """The heartbeat of an open viewer: how long it may stay open; refused once the right has ended."""
    return {"left_s": viewings.beat(current_actor(), material_id, now=now())}


def _await_withheld(opened: Opened) -> None:
    """Let the archivist know that somebody came for pages whose masks are not checked yet."""
    withheld = [sheet.page for sheet in opened.sheets if sheet.is_ready and sheet.decision.is_withheld]
    if withheld and opened.viewing:
        mask_queue.await_pages(current_actor(), opened.viewing, withheld, now=now())


def _viewer(opened: Opened) -> str:
    count = len(opened.sheets)
    current = max(1, min(request.args.get("page", 1, type=int), count or 1))
    pages = [_figure(opened, sheet) for sheet in opened.sheets]
    return render_template(
        "materials/viewer.html",
        opened=opened,
        pages=pages,
        current=current,
        count=count,
        **_clock(opened),
    )


def _clock(opened: Opened) -> dict[str, int]:
    """What the heartbeat of reading under a grant needs; nothing where the standing right suffices."""
    if opened.grant is None:
        return {}
    return {"left_s": opened.grant.remaining_s(now()), "beat_s": BEAT_S, "warn_s": WARNED_S}


def _figure(opened: Opened, sheet: Sheet) -> dict[str, object]:
    """What the strip needs of one page; `reason` instead of an address when there is no image to show."""
    number, address, icon = sheet.page.number, None, "lock"
    reason = sheet.decision.reason
    if not sheet.is_ready:
        reason, icon = (DAMAGED, "alert") if sheet.page.state == "damaged" else (AWAITED, "clock")
    elif sheet.decision.shows_pages:
        address = url_for("materials.image", material_id=opened.material.public_id, number=number)
        reason = ""
    width, height = sheet.page.width_px or 2480, sheet.page.height_px or 3508
    return {
        "number": number,
        "src": address,
        "full_src": address and f"{address}?size=full",
        "width": READING_PX,
        "height": round(READING_PX * height / width),
        "alt": f"第 {number} 页",
        "reason": reason,
        "icon": icon,
    }

"""The catalogue at the desk (著录): add and change materials, order pages, print the catalogue."""

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for

from webapp.domain.category import Category, every
from webapp.domain.category_keywords import suggested_category
from webapp.domain.permission import Permission
from webapp.services import dossiers, loan_register, materials
from webapp.services.materials import Description, Misdescribed
from webapp.storage.archive import Dossier, Material
from webapp.web.clock import now
from webapp.web.documents import attached, printed
from webapp.web.fragments import fragment_or_redirect, wants_fragment
from webapp.web.guards import current_actor, requires
from webapp.web.limits import DOCUMENTS, limiter

bp = Blueprint("catalogue", __name__)


@bp.get("/desk/dossiers/<dossier_id>/catalogue")
@requires(Permission.CATALOGUE)
def catalogue(dossier_id: str) -> str:
    """Every line of the catalogue, with what may be done to it."""
    opened = dossiers.kept_catalogue(current_actor(), dossier_id, at=now())
    out = loan_register.out_of(current_actor(), opened.dossier, now=now())
    return render_template("catalogue/catalogue.html", opened=opened, out=out)


@bp.get("/desk/dossiers/<dossier_id>/catalogue.pdf")
@requires(Permission.CATALOGUE)
@limiter.limit(DOCUMENTS)
def paper(dossier_id: str) -> Response:
    """The catalogue on paper, in the prescribed form."""
    opened = dossiers.printed_catalogue(current_actor(), dossier_id, at=now())
    content = printed("catalogue/print.html", opened=opened, at=now())
    return attached(content, "application/pdf", f"干部人事档案目录-{opened.dossier.number}.pdf")


@bp.get("/desk/dossiers/<dossier_id>/catalogue/new")
@requires(Permission.CATALOGUE)
def describe(dossier_id: str) -> str:
    """An empty form for a further material."""
    return _form(_kept(dossier_id), None, {"copies": "1"})


@bp.post("/desk/dossiers/<dossier_id>/catalogue/new")
@requires(Permission.CATALOGUE)
def add(dossier_id: str) -> Response:
    """Catalogue a further material; or only suggest where it belongs."""
    dossier = _kept(dossier_id)
    if request.form.get("step") == "suggest":
        return make_response(_suggested(dossier, None))
    try:
        given = Description.read(request.form)
        material = materials.add(current_actor(), dossier_id, given, now=now())
    except Misdescribed as error:
        return make_response(_form(dossier, None, request.form, error.errors), 422)
    if request.form.get("step") == "another":
        return redirect(url_for("catalogue.describe", dossier_id=dossier_id), code=303)
    return redirect(
        url_for("catalogue.catalogue", dossier_id=dossier_id) + f"#m{material.public_id}", code=303
    )


@bp.get("/desk/materials/<material_id>")
@requires(Permission.CATALOGUE)
def material(material_id: str) -> str:
    """One material: its description, its pages, and taking it out of the catalogue."""
    described = materials.opened(current_actor(), material_id, now=now())
    return _form(described.dossier, described, _typed(described))


@bp.post("/desk/materials/<material_id>")
@requires(Permission.CATALOGUE)
def change(material_id: str) -> Response:
    """Describe a material anew; or only suggest where it belongs."""
    described = _kept_material(material_id)
    if request.form.get("step") == "suggest":
        return make_response(_suggested(described.dossier, described))
    try:
        materials.change(current_actor(), material_id, Description.read(request.form), now=now())
    except Misdescribed as error:
        return make_response(_form(described.dossier, described, request.form, error.errors), 422)
    address = url_for("catalogue.catalogue", dossier_id=described.dossier.public_id)
    return redirect(f"{address}#m{material_id}", code=303)


@bp.post("/desk/materials/<material_id>/remove")
@requires(Permission.CATALOGUE)
def remove(material_id: str) -> Response:
    """Take a material without scans out of the catalogue, after the question on the page."""
    dossier = materials.remove(current_actor(), material_id, now=now())
    return redirect(url_for("catalogue.catalogue", dossier_id=dossier.public_id), code=303)


@bp.post("/desk/materials/<material_id>/pages/<int:number>/move")
@requires(Permission.CATALOGUE)
def move_page(material_id: str, number: int) -> Response:
    """Put one page in another place of its material."""
    to = request.form.get("to", "")
    place = int(to) if to.isdecimal() and len(to) <= 4 else 0
    moved = materials.move_page(current_actor(), material_id, number, place, now=now())
    return fragment_or_redirect(
        "catalogue/_pages.html",
        "catalogue.material",
        values={"material_id": material_id},
        toast=f"已移到第 {place} 页",
        described=moved,
        pages=materials.pages_of(moved),
    )


def _kept(dossier_id: str) -> Dossier:
    dossier = dossiers.find(dossier_id)
    dossiers.require_custody(current_actor(), dossier)
    return dossier


def _kept_material(material_id: str) -> Material:
    described = materials.find(material_id)
    dossiers.require_custody(current_actor(), described.dossier)
    return described


def _typed(described: Material) -> dict[str, str]:
    """What the form shows of a material that is there."""
    formed, head = dossiers.formed_of(described), described.goes_with
    return {
        "title": described.title,
        "category": described.category,
        "formed": formed.dotted if formed else "",
        "recorded_pages": str(described.recorded_pages or ""),
        "copies": str(described.copies),
        "remark": described.remark,
        "goes_with": head.public_id if head else "",
    }


def _suggested(dossier: Dossier, described: Material | None) -> str:
    """The form with the category that the title speaks for; what was chosen stays when it says nothing."""
    typed = dict(request.form)
    found = suggested_category(typed.get("title", ""))
    if found is None:
        return _form(dossier, described, typed, suggestion="从名称看不出类别，请自己选择")
    typed["category"] = found.code
    return _form(dossier, described, typed, suggestion=f"按名称建议放在 {found.display} {found.title()}")


def _form(
    dossier: Dossier,
    described: Material | None,
    typed: dict[str, str],
    errors: dict[str, str] | None = None,
    suggestion: str = "",
) -> str:
    template = "catalogue/_form.html" if wants_fragment() else "catalogue/material.html"
    return render_template(
        template,
        dossier=dossier,
        described=described,
        typed=typed,
        errors=errors or {},
        suggestion=suggestion,
        categories=[("", "按材料名称自动判断"), *((c.code, f"{c.display}　{c.title()}") for c in every())],
        heads=[
            (m.public_id, f"{Category(m.category).display}　{m.title}")
            for m in materials.heads(dossier, but=described)
        ],
        pages=materials.pages_of(described) if described else [],
    )

"""Headers of every answer: nothing is stored, framed, sniffed or fetched from elsewhere."""

from flask import Flask, Response, current_app, request

CSP = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "font-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "object-src 'none'",
        "report-uri /csp-report",
    )
)
IMAGE_CSP = "default-src 'none'; sandbox"  # a page image opened by itself is a picture and nothing else
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Permissions-Policy": (
        "camera=(self), geolocation=(), microphone=(), display-capture=(), clipboard-read=(), "
        "publickey-credentials-get=(self)"
    ),
    "X-Robots-Tag": "noindex, nofollow",
}
ONE_YEAR_S = 31_536_000


def install(app: Flask) -> None:
    """Put the headers on every answer, errors included."""
    app.after_request(guard)


def guard(response: Response) -> Response:
    """Add what is missing. Only static files with the right hash in their address may be kept."""
    for name, value in ALWAYS.items():
        response.headers.setdefault(name, value)
    is_image = (response.mimetype or "").startswith("image/")
    response.headers.setdefault("Content-Security-Policy", IMAGE_CSP if is_image else CSP)
    if current_app.config["IS_HTTPS"]:
        response.headers.setdefault("Strict-Transport-Security", f"max-age={ONE_YEAR_S}; includeSubDomains")
    if request.endpoint == "static" and request.args.get("v") and response.status_code == 200:
        response.headers["Cache-Control"] = f"public, max-age={ONE_YEAR_S}, immutable"
    else:
        response.headers["Cache-Control"] = "private, no-store"
        response.vary.update(["Cookie", "HX-Request", "HX-History-Restore-Request"])
    return response

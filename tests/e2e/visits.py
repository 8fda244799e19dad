"""Ways through the product that several tests take, as a person takes them."""

import io
import re
from datetime import UTC, datetime
from urllib.parse import urlsplit

from PIL import Image
from playwright.sync_api import APIResponse, FilePayload, Locator, Page, expect

from tests.e2e.browsing import Browsing
from webapp.services import jobs
from webapp.storage.archive import Dossier, Material
from webapp.storage.database import database, transaction
from webapp.storage.pages import Page as Sheet

LINK = re.compile(r'(?:href|src|data-src|data-full)="([^"]+)"')
MOST_ADDRESSES = 300
SHOWN = """number => {
  const image = document.querySelector(`#pg${number} img`);
  return !image || (image.complete && image.naturalWidth > 0);
}"""


def material_id(number: str, title: str) -> str:
    """Public id of the material with this title in the dossier with this number."""
    with database.connection_context():
        return str(_material(number, title).public_id)


def dossier_id(number: str) -> str:
    """Public id of the dossier with this number."""
    with database.connection_context():
        return str(Dossier.get(Dossier.number == number).public_id)


def withhold(number: str, title: str) -> None:
    """Let the first page of a material wait for a person, as a machine does that is not sure.

    Which pages a machine doubts by itself changes with its rules.
    """
    with database.connection_context(), transaction():
        sheet = Sheet.get((Sheet.material == _material(number, title)) & (Sheet.number == 1))
        Sheet.update(mask_state="withheld", unsure="整页识别把握不足。").where(Sheet.id == sheet.id).execute()
        jobs.enqueue("index", f"page:{sheet.id}", now=datetime.now(UTC))


def search(page: Page, words: str) -> None:
    """Ask the search box."""
    page.goto("/search")
    page.get_by_role("searchbox").fill(words)
    page.get_by_role("button", name="查找").click()
    expect(page.locator("#results")).to_be_visible()


def state_purpose(page: Page) -> None:
    """Answer the question what for, if it is asked."""
    if page.get_by_role("button", name="开始查阅").count():
        page.get_by_label("干部日常管理中了解干部、研究解决问题").check()
        page.get_by_role("button", name="开始查阅").click()


def read(page: Page, material: str, number: int = 1) -> None:
    """Open the viewer at a page and wait until it shows it, or says why it does not."""
    page.goto(f"/materials/{material}?page={number}")
    state_purpose(page)
    expect(page.locator(f"#pg{number}")).to_be_visible()
    page.wait_for_function(SHOWN, arg=number)


def picture(
    page: Page, material: str, number: int, media_type: str = "image/jpeg", size: str = "full"
) -> bytes:
    """One page image as the service sends it to this officer."""
    answer = page.request.get(
        f"/materials/{material}/pages/{number}/image?size={size}", headers={"Accept": media_type}
    )
    assert answer.ok, f"{answer.status} {answer.url}"
    assert answer.headers["content-type"] == media_type
    return answer.body()


def everything_linked(page: Page, *starts: str) -> dict[str, APIResponse]:
    """Every answer an officer gets by following links from the given addresses, pictures too."""
    answers: dict[str, APIResponse] = {}
    waiting = list(starts)
    while waiting and len(answers) < MOST_ADDRESSES:
        address = waiting.pop(0)
        if address in answers:
            continue
        answers[address] = answer = page.request.get(address, max_redirects=5)
        if answer.headers.get("content-type", "").startswith("text/html"):
            waiting += [link for found in LINK.findall(answer.text()) if (link := _own(found, address))]
    return answers


def _material(number: str, title: str) -> Material:
    found = Material.select().join(Dossier).where((Dossier.number == number) & (Material.title == title))
    return found.get()


def beside_pixels(answer: APIResponse) -> str:
    """Everything an answer says but in pixels: its text, whatever the type; of a picture what is noted in the file."""
    media_type = answer.headers.get("content-type", "")
    if media_type.startswith("image/") and "svg" not in media_type:
        picture = Image.open(io.BytesIO(answer.body()))
        return f"{picture.info} {dict(picture.getexif())}"
    return answer.body().decode("utf-8", errors="replace")


def _own(link: str, here: str) -> str:
    """The path and query of a link within the service; nothing for static files and other places."""
    parts = urlsplit(link.replace("&amp;", "&"))
    if parts.scheme or parts.netloc or parts.path.startswith("/static/"):
        return ""
    path = parts.path or urlsplit(here).path
    return path + (f"?{parts.query}" if parts.query else "")


def catalogue(page: Page, dossier: str, title: str, formed: str = "2024.3") -> str:
    """Catalogue a material at the desk under the category its title suggests. Returns its public id."""
    page.goto(f"/desk/dossiers/{dossier}/catalogue/new")
    page.get_by_label("材料名称").fill(title)
    page.get_by_role("button", name="按名称建议类别").click()
    expect(page.get_by_role("status").filter(has_text="按名称建议")).to_be_visible()
    page.get_by_label("形成时间").fill(formed)
    page.get_by_role("button", name="保存", exact=True).click()
    page.wait_for_url("**/catalogue#m*")
    return page.url.rpartition("#m")[2]


def send_files(page: Page, material: str, *files: FilePayload) -> None:
    """Choose files on the intake screen of a material and send them: all are taken, and the screen says so."""
    offer_files(page, material, *files)
    page.wait_for_function("() => !document.querySelector('.upload-files').children.length")
    page.wait_for_load_state()


def offer_files(page: Page, material: str, *files: FilePayload) -> None:
    """Choose files and send them, whatever the answer."""
    page.goto(f"/desk/intake/{material}")
    page.locator("input[type=file]").set_input_files(files)
    page.get_by_role("button", name="开始上传").click()


def upload_of(page: Page, name: str) -> Locator:
    """The card of a file that was received."""
    return page.get_by_role("article").filter(has_text=name)


def act_as(page: Page, browsing: Browsing, role: str) -> None:
    """Have the officer with two roles switch to this one, by a code, unless it is the one of the sitting."""
    page.goto("/account")
    if page.get_by_role("definition").get_by_text(role, exact=True).count():
        return
    page.get_by_role("link", name="切换角色").click()
    page.get_by_label(role).check()
    page.get_by_label("验证码").fill(browsing.code("benren"))
    page.get_by_role("button", name="切换").click()
    expect(page.get_by_role("navigation", name="主要栏目")).to_be_visible()

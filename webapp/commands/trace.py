"""`trace`: which viewing a leaked picture came from."""

import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import click

from ocr_worker.tracing import TraceLane
from webapp.domain import evidence, purpose
from webapp.domain.errors import Invalid
from webapp.domain.evidence import Weight
from webapp.services import tracing
from webapp.services.actor import SYSTEM
from webapp.services.deliveries import Sent
from webapp.services.tracing import Case
from webapp.storage.reading import Viewing

LOOK_EVERY_S = 0.5
_EXIT = {Weight.EVIDENCE: 0, Weight.INDICATIVE: 3, Weight.NOTHING: 4}


@click.command()
@click.argument("picture", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--page", "page_id", default="", help="Public id of the page it shows, as the log names it.")
@click.option("--dossier", "dossier_number", default="", help="Number (档案号) of the dossier it shows.")
@click.option(
    "--number", default="", help="Instead of a picture: the viewing number on it, ? for what is unreadable."
)
def group(picture: Path | None, page_id: str, dossier_number: str, number: str) -> None:
    """Trace a leaked PICTURE (JPEG, PNG, TIFF, PDF) to the viewing it came from.

    Exit 0: evidence (score 6 or more). 3: a hint only (5 to 6). 4: nothing. 1: refused.
    """
    if number:
        sys.exit(_tell_viewings(tracing.by_number(SYSTEM, number, now=_now())))
    if picture is None:
        raise Invalid("请给出图片，或用 --number 给出查阅号")
    asked = tracing.ask(
        SYSTEM,
        picture.read_bytes(),
        file_name=picture.name,
        page_id=page_id,
        dossier_number=dossier_number,
        now=_now(),
    )
    sys.exit(_tell(_settled(asked.public_id)))


def _settled(trace_id: str) -> Case:
    """The trace once it was compared: here, unless the worker was quicker to take it."""
    lane = TraceLane(_now)
    while not (case := tracing.case(trace_id)).is_settled:
        if not lane.step():
            time.sleep(LOOK_EVERY_S)
    return tracing.opened(SYSTEM, case.trace.public_id, now=_now())


def _tell(case: Case) -> int:
    answer = case.answer
    if answer is None:
        raise Invalid(case.trace.reason or "比对多次中断，没有完成")
    searched = f"查看 {answer.searched} 页，细比 {len(answer.comparisons)} 页，比对 {answer.compared} 次查阅"
    click.echo(
        searched + (f"；另有 {answer.left_out} 页没有查看，请用 --dossier" if answer.left_out else ""),
        err=True,
    )
    for suspect in case.suspects:
        finding = suspect.finding
        click.echo(
            f"{suspect.weight.label}  相符程度 {finding.z:.1f}（{evidence.EVIDENCE_Z:.0f} 以上可作证据），"
            f"凑巧的可能{evidence.odds(suspect.chance)}\n"
            f"  {_who(suspect.viewing)}\n  页面 {finding.page}  日志第 {_numbers(suspect.sent)} 条"
        )
    if not case.suspects:
        best = max((one.best for one in answer.comparisons), default=0.0)
        click.echo(f"没有查出（最高 {best:.1f}，{evidence.INDICATIVE_Z:.0f} 以上才可参考）")
    return _EXIT[case.suspects[0].weight if case.suspects else Weight.NOTHING]


def _tell_viewings(found: list[tuple[Viewing, list[Sent]]]) -> int:
    for viewing, sent in found:
        click.echo(f"{_who(viewing)}\n  日志第 {_numbers(sent)} 条")
    if not found:
        click.echo("没有这个查阅号")
    return 0 if found else _EXIT[Weight.NOTHING]


def _who(viewing: Viewing) -> str:
    officer = viewing.officer
    at = viewing.opened_at.isoformat(timespec="minutes")
    return (
        f"查阅号 {viewing.number}  账号 {officer.login} {officer.name}  {at}  "
        f"档案号 {viewing.dossier.number}  事由：{purpose.label(viewing.purpose)}"
    )


def _numbers(sent: tuple[Sent, ...] | list[Sent]) -> str:
    return "、".join(str(one.seq) for one in sent) or "（无）"


def _now() -> datetime:
    return datetime.now(UTC)

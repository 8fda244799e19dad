"""`demo`: a generated, visibly fictitious organisation whose pages go through the real pipeline."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime

import click
from flask import current_app

from webapp.demonstration import founding
from webapp.domain.errors import Conflict
from webapp.services import demonstration_accounts, policy
from webapp.settings import Settings
from webapp.storage.database import database


@click.group()
def group() -> None:
    """Demonstration instance."""


@group.command()
def create() -> None:
    """Make a demonstration instance with its roster and accounts."""
    founding.found(current_app.config["SETTINGS"], now=_now())
    click.echo("演示实例已建好（人物、单位、证件号均为虚构）")


@group.command()
@click.option("--most", type=int, help="Stop after so many dossiers.")
def fill(most: int | None) -> None:
    """Send the drawn dossiers through the intake; the worker reads them."""
    for done in founding.fill(clock=_now, most_dossiers=most):
        click.echo(f"已接收 {done}", err=True)


@group.command()
@click.option("--port", default=8000, help="On 127.0.0.1 only.")
def run(port: int) -> None:
    """Start web, worker and the filling of dossiers; say where to go; stop all of them with Ctrl-C."""
    if not policy.current().is_demonstration:
        raise Conflict("这里是一个真实的实例，演示模式不会启动")
    database.close()
    os.environ.setdefault("LANTAI_PUBLIC_ORIGIN", f"http://localhost:{port}")
    settings = Settings.from_env(os.environ)
    python = sys.executable
    commands = [
        [python, "-m", "ocr_worker"],
        [python, "-m", "gunicorn", "-c", "webapp/gunicorn.py", "-b", f"127.0.0.1:{port}", "webapp.wsgi:app"],
        ["nice", "-n", "15", python, "-m", "flask", "--app", "webapp.wsgi", "demo", "fill"],
    ]
    started = [subprocess.Popen(command, env=os.environ) for command in commands]
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: [child.terminate() for child in started])
    _say_where(settings)
    service = {
        started[0].pid,
        started[1].pid,
    }  # the filling may end; the service is over when one of these does
    ended = 0
    while ended not in service:
        ended, status = os.wait()
    for child in started:
        child.terminate()
        child.wait()
    sys.exit(os.waitstatus_to_exitcode(status))


def _say_where(settings: Settings) -> None:
    click.echo(f"\n打开 {settings.public_origin}  （动态口令见 {settings.public_origin}/demo/codes）\n")
    with database.connection_context():
        accounts = demonstration_accounts.all_accounts(now=_now())
    for account in accounts:
        roles = "、".join(role.label for role in account.roles)
        click.echo(f"  账号 {account.login:10} 密码 {account.password}  {account.name}（{roles}）")
    click.echo("\n第一份档案一分钟内可以查到；其余的在后台陆续处理。按 Ctrl-C 停止。\n")


def _now() -> datetime:
    return datetime.now(UTC)

"""`db`: make an instance, bring its tables up to date."""

from datetime import UTC, datetime

import click
from flask import current_app

from webapp.domain.disclosure import Policy, Preset
from webapp.services import instance, policy
from webapp.settings import Settings
from webapp.storage.database import migrations


@click.group()
def group() -> None:
    """The instance and its tables."""


@group.command()
@click.option("--organisation", prompt="单位名称", help="Name shown on every page.")
@click.option(
    "--preset",
    type=click.Choice([p.value for p in Preset]),
    prompt="查阅规则：standard（范围内可看遮挡后的页面）或 strict（每次查阅须经批准）",
    help="standard or strict; see the README.",
)
@click.option(
    "--own-dossier/--no-own-dossier",
    prompt="是否允许本人查看自己的档案（有的单位规定不得查看，请先核实）",
    help="Whether individuals may see their own dossier.",
)
@click.option(
    "--auto-masks/--no-auto-masks",
    default=False,
    help="Show a page masked by machine alone. Off: a person verifies each page first.",
)
def init(organisation: str, preset: str, own_dossier: bool, auto_masks: bool) -> None:
    """Make an instance: key ring, encrypted database, and the answers that decide who sees what."""
    settings: Settings = current_app.config["SETTINGS"]
    decided = policy.Instance(organisation, Policy(Preset(preset), own_dossier, auto_masks), False)
    instance.create(settings, decided, now=datetime.now(UTC))
    click.echo(f"实例已建在 {settings.instance}")
    click.echo(f"密钥环在 {settings.keyring}：请移到另一介质，并用 LANTAI_KEYRING 指明")
    click.echo("下一步：officers create 建第一个账号，backup recovery-key 建恢复密钥")


@group.command()
def migrate() -> None:
    """Apply the migrations that are not applied yet. Make a backup first."""
    applied = migrations().up()
    click.echo("\n".join(applied) if applied else "没有需要执行的迁移")


@group.command()
def status() -> None:
    """Which migrations are applied."""
    for row in migrations().status():
        click.echo(f"{row.name}  {row.applied or '未执行'}")

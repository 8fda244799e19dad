"""`backup`: copies of the data and of the keys, apart, and the way back."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click
from flask import current_app

from webapp.services import backup


@click.group()
def group() -> None:
    """Backup and recovery."""


@group.command("recovery-key")
def recovery_key() -> None:
    """Make the recovery key that opens key backups. Shown once: write it down and lock it away."""
    private = backup.set_recovery_key(now=datetime.now(UTC))
    click.echo("恢复密钥（只显示这一次，请抄写后交专人保管，不要存在本机）：")
    click.echo(private)


@group.command()
@click.option("--to", "folder", type=click.Path(file_okay=False, path_type=Path), required=True)
@click.option("--keys-to", "keys_folder", type=click.Path(file_okay=False, path_type=Path), required=True)
def create(folder: Path, keys_folder: Path) -> None:
    """Write a data set and, on another medium, a key set."""
    with _bar("备份页面") as progress:
        made = backup.create(folder, keys_folder, now=datetime.now(UTC), progress=progress)
    click.echo(f"数据：{made.data}（{made.blobs} 个文件，{made.size / 1e6:.1f} MB）")
    click.echo(f"密钥：{made.keys}（只有恢复密钥能打开）")


@group.command()
@click.option("--data", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True)
@click.option("--keys", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True)
@click.option("--recovery-key", prompt="恢复密钥", hide_input=True)
def restore(data: Path, keys: Path, recovery_key: str) -> None:
    """Bring an instance back into the empty folder of LANTAI_INSTANCE and prove that it is whole."""
    with _bar("恢复文件") as progress:
        done = backup.restore(
            current_app.config["SETTINGS"], data, keys, recovery_key, now=datetime.now(UTC), progress=progress
        )
    click.echo(
        f"已恢复：{done.blobs} 个文件，{done.dossiers_opened} 份档案试解密成功，{done.entries} 条日志完整"
    )
    click.echo("所有人需要重新登录；启动 worker 后索引会自动重建")


@contextmanager
def _bar(label: str) -> Iterator[backup.Progress]:
    """A progress line on standard error."""

    def show(done: int, of: int) -> None:
        click.echo(f"\r{label} {done}/{of}", err=True, nl=False)

    yield show
    click.echo("", err=True)

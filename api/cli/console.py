"""What all commands share: options, the service they stand on, and how they print."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    # A command loads what it uses; its help uses nothing.
    from api.schemas import Shape
    from api.service import KnowledgeService

WorkspaceOption = Annotated[Path, typer.Option("--workspace", envvar="KG_WORKSPACE", help="工作区文件夹。")]
ModelOption = Annotated[
    str | None,
    typer.Option("--model", envvar="KG_MODEL", help="语义模型的名称或路径；默认用随包自带的模型。"),
]
DownloadOption = Annotated[
    bool, typer.Option("--allow-download", help="允许从模型仓库下载 --model 指定的模型。")
]
JsonOption = Annotated[bool, typer.Option("--json", help="只在标准输出打印一个 JSON 值。")]
DEFAULT_WORKSPACE = Path("workspace")


def service_of(workspace: Path, model: str | None = None, allow_download: bool = False) -> KnowledgeService:
    """The service that a command stands on; nothing is read until it is asked for."""
    from api.service import KnowledgeService
    from api.settings import Settings

    return KnowledgeService(Settings(workspace=workspace, model=model, allow_download=allow_download))


def show(value: Any, as_json: bool, text: Callable[[Any], Iterable[str]]) -> None:
    """Print a shape, or a list of shapes, as one JSON value or as ``text`` has it."""
    _emit([_json(value)] if as_json else text(value))


def show_lines(values: Iterable[Shape]) -> None:
    """Print shapes as JSON, one a line."""
    _emit(value.to_json() for value in values)


def _json(value: Shape | Sequence[Shape]) -> str:
    if isinstance(value, Sequence):
        return json.dumps([one.plain() for one in value], ensure_ascii=False)
    return value.to_json()


def _emit(lines: Iterable[str]) -> None:
    try:
        for line in lines:
            typer.echo(line)
    except BrokenPipeError:
        # The reader (head, less) has what it wanted; what is still buffered must not be flushed.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(0) from None

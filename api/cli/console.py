"""What all commands share: options, the service they stand on, and how they print."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from api.service import KnowledgeService
from api.settings import Settings

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
    return KnowledgeService(Settings(workspace=workspace, model=model, allow_download=allow_download))


def show(value: Any, as_json: bool, text: Callable[[Any], Iterable[str]]) -> None:
    _emit([json.dumps(value, ensure_ascii=False)] if as_json else text(value))


def show_lines(values: Iterable[Any]) -> None:
    _emit(json.dumps(value, ensure_ascii=False) for value in values)


def _emit(lines: Iterable[str]) -> None:
    try:
        for line in lines:
            typer.echo(line)
    except BrokenPipeError:
        # The reader (head, less) has what it wanted; what is still buffered must not be flushed.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(0) from None

"""Commands of a curator: each records a decision and publishes a build of what is in force."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import partial
from getpass import getuser
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli import printing
from api.cli.console import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, service_of, show
from api.errors import BadRequest

if TYPE_CHECKING:
    from api.schemas import DecidedShape

curation = typer.Typer()

WhoOption = Annotated[str, typer.Option("--who", envvar="KG_WHO", help="谁做的决定，默认是当前系统用户。")]


def _who(given: str) -> str:
    try:
        return given or getuser()
    except (KeyError, OSError):
        # A user without an entry in the password database, as containers have.
        return f"uid {os.getuid()}"


def _decided(result: DecidedShape) -> Iterable[str]:
    yield f"已记录决定 {result.decision.id}，可用 kg undo 撤销。"


@curation.command()
def merge(
    from_: Annotated[str, typer.Argument(metavar="FROM", help="要并入的实体。")],
    into: Annotated[str, typer.Argument(help="并到哪个实体。")],
    who: WhoOption = "",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """把两个实体合并为一个。"""
    show(service_of(workspace).curator.merge(from_, into, _who(who)), as_json, _decided)


@curation.command()
def split(
    entity: Annotated[str, typer.Argument(help="实体。")],
    alias: Annotated[str, typer.Argument(help="要拆出来的别名。")],
    who: WhoOption = "",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """把一个别名从实体中拆出来。"""
    show(service_of(workspace).curator.split(entity, alias, _who(who)), as_json, _decided)


@curation.command()
def rename(
    entity: Annotated[str, typer.Argument(help="实体。")],
    name: Annotated[str, typer.Argument(help="新的名称。")],
    who: WhoOption = "",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """给实体换一个名称。"""
    show(service_of(workspace).curator.rename(entity, name, _who(who)), as_json, _decided)


@curation.command()
def retype(
    entity: Annotated[str, typer.Argument(help="实体。")],
    type_: Annotated[str, typer.Argument(metavar="TYPE", help="新的类型，如 Project。")],
    who: WhoOption = "",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """改正实体的类型。"""
    show(service_of(workspace).curator.retype(entity, type_, _who(who)), as_json, _decided)


@curation.command()
def alias(
    entity: Annotated[str, typer.Argument(help="实体。")],
    name: Annotated[str, typer.Argument(help="新的别名，会在所有文件里查找。")],
    who: WhoOption = "",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """给实体加一个别名。"""
    show(service_of(workspace).curator.add_alias(entity, name, _who(who)), as_json, _decided)


@curation.command()
def name(
    type_: Annotated[str, typer.Argument(metavar="TYPE", help="类型，如 Company。")],
    text: Annotated[str, typer.Argument(metavar="NAME", help="名称。")],
    aliases: Annotated[list[str] | None, typer.Argument(help="别名，可以多个。")] = None,
    who: WhoOption = "",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """往词表里加一个名称。"""
    result = service_of(workspace).curator.add_name(type_, text, aliases or [], _who(who))
    show(result, as_json, _decided)


@curation.command()
def reject(
    entity: Annotated[
        str | None, typer.Argument(help="实体；与 SURFACE 合用时，该名称处处不算名称。")
    ] = None,
    surface: Annotated[str | None, typer.Argument(help="不算名称的文字。")] = None,
    document: Annotated[str | None, typer.Option("--document", help="只否定这个文件里的一处。")] = None,
    start: Annotated[int | None, typer.Option("--start", help="该处的起点（kg mentions 的 start）。")] = None,
    end: Annotated[int | None, typer.Option("--end", help="该处的终点。")] = None,
    who: WhoOption = "",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """否定一处提及，或一个处处误认的名称。"""
    curator = service_of(workspace).curator
    by = _who(who)
    if document is not None and start is not None and end is not None:
        result = curator.reject_mention(document, start, end, by)
    elif entity is not None and surface is not None:
        result = curator.reject(entity, surface, by)
    else:
        raise BadRequest("请给出 ENTITY 和 SURFACE，或 --document、--start 和 --end。")
    show(result, as_json, _decided)


@curation.command()
def undo(
    decision: Annotated[str, typer.Argument(help="决定的编号。")],
    who: WhoOption = "",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """撤销一个决定。"""
    result = service_of(workspace).curator.undo(decision, _who(who))
    show(result, as_json, lambda r: [f"已撤销决定 {r.undone}。"])


@curation.command()
def decisions(workspace: WorkspaceOption = DEFAULT_WORKSPACE, as_json: JsonOption = False) -> None:
    """列出人工决定：谁、何时、做了什么。"""
    service = service_of(workspace)
    show(service.curator.decisions(), as_json, partial(printing.decisions, labels=service.snapshot.labels))


@curation.command()
def review(workspace: WorkspaceOption = DEFAULT_WORKSPACE, as_json: JsonOption = False) -> None:
    """列出值得看一眼的：可能重复的实体和没有把握的名称。"""
    show(service_of(workspace).curator.review(), as_json, printing.review)

"""Commands that ask: search, trace, impact, paths, and how well they answer."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from api.cli import explaining, figures, printing
from api.cli.console import DEFAULT_WORKSPACE, JsonOption, ModelOption, WorkspaceOption, service_of, show

questions = typer.Typer()


@questions.command()
def search(
    text: Annotated[str, typer.Argument(help="要查的问题或词语。")],
    top: Annotated[int | None, typer.Option("--top", help="最多几条；不写时十条，问“哪些”时给全。")] = None,
    level: Annotated[str, typer.Option("--level", help="step 步骤、item 事项、entity 实体。")] = "step",
    document: Annotated[str | None, typer.Option("--document", help="只查这个文件。")] = None,
    section: Annotated[str | None, typer.Option("--section", help="只查这个科室。")] = None,
    month: Annotated[int | None, typer.Option("--month", help="只查这个月份（1–12）。")] = None,
    plain: Annotated[bool, typer.Option("--plain", help="只按字面和语义查，不理解问题中的条件。")] = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    model: ModelOption = None,
    as_json: JsonOption = False,
) -> None:
    """按意思查找步骤、事项或实体。"""
    service = service_of(workspace, model)
    answer = service.search(text, top, level, document, section, month, plain)
    show(answer, as_json, partial(printing.search, labels=service.snapshot.labels))


@questions.command()
def ask(
    text: Annotated[str, typer.Argument(help="问题，或先前回答中的 query（原样重放）。")],
    document: Annotated[str | None, typer.Option("--document", help="只问这个文件。")] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    model: ModelOption = None,
    as_json: JsonOption = False,
) -> None:
    """用一句话提问，得到一段有出处的回答；不用大模型，同样的问题总得到同样的回答。"""
    service = service_of(workspace, model)
    show(service.ask(text, document), as_json, partial(explaining.asked, snapshot=service.snapshot))


@questions.command()
def evaluate(
    questions: Annotated[
        Path, typer.Argument(metavar="QUERIES.json", help="带标准答案的问题（JSON 列表）。")
    ],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    model: ModelOption = None,
    as_json: JsonOption = False,
) -> None:
    """用带标准答案的问题衡量查找的质量，并与各个组成部分比较。"""
    show(service_of(workspace, model).evaluate(questions), as_json, figures.evaluation)


@questions.command()
def trace(
    entity: Annotated[str, typer.Argument(help="实体的编号、名称或别名，如 海尔、company:海尔。")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """追溯一个实体：涉及它的全部事项和步骤，附证据。"""
    service = service_of(workspace)
    show(service.trace(entity), as_json, partial(explaining.trace, snapshot=service.snapshot))


@questions.command()
def impact(
    node: Annotated[
        str, typer.Argument(help="实体名称，事项编号（21），步骤（21:3），目标（target:21/1）或月份（9月）。")
    ],
    depth: Annotated[int | None, typer.Option("--depth", help="最多隔几条事实（1–10，默认 5）。")] = None,
    delay: Annotated[
        int | None, typer.Option("--delay", help="拖后几个月（1–24），并推算受影响的月份。")
    ] = None,
    all_paths: Annotated[bool, typer.Option("--all-paths", help="给出每个结果的全部路径。")] = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """如果一个节点拖后、落空或改变，会影响什么：全部结果，各附路径和证据。"""
    service = service_of(workspace)
    answer = service.impact(node, depth, delay, all_paths)
    show(answer, as_json, partial(explaining.impact, snapshot=service.snapshot))


@questions.command()
def path(
    one: Annotated[str, typer.Argument(metavar="A", help="一个节点：名称、编号或步骤。")],
    other: Annotated[str, typer.Argument(metavar="B", help="另一个节点。")],
    top: Annotated[int, typer.Option("--top", help="最多几条路径（1–50）。")] = 5,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """两个节点之间最短的关系路径，每一步附证据。"""
    service = service_of(workspace)
    show(service.path(one, other, top), as_json, partial(explaining.paths, snapshot=service.snapshot))

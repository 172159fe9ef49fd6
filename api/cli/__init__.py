"""The command line: thin commands over :class:`api.service.KnowledgeService`."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperOption

from api.cli import printing
from api.cli.console import (
    DEFAULT_WORKSPACE,
    DownloadOption,
    JsonOption,
    ModelOption,
    WorkspaceOption,
    service_of,
    show,
    show_lines,
)
from api.cli.curation import curation
from api.cli.questions import questions
from api.errors import KNOWN, outcome_of

app = typer.Typer(
    name="kg",
    help="政务工作图谱：把工作落实表变成可查、可追溯的知识图谱。",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(questions)
app.add_typer(curation)


@app.command()
def ingest(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="要导入的文件（文本或 CSV），可以多个；与 --rebuild 合用时可省略。"),
    ] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    model: ModelOption = None,
    allow_download: DownloadOption = False,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="即使没有变化也重新生成。")] = False,
    as_json: JsonOption = False,
) -> None:
    """导入工作计划，重新生成图谱和索引。"""
    with printing.progress() as progress:
        result = service_of(workspace, model, allow_download).ingest(files or [], progress, rebuild)
    show(result, as_json, printing.ingested)


@app.command()
def documents(workspace: WorkspaceOption = DEFAULT_WORKSPACE, as_json: JsonOption = False) -> None:
    """列出已导入的文件。"""
    show(service_of(workspace).documents(), as_json, printing.documents)


@app.command()
def remove(
    document: Annotated[str, typer.Argument(help="文件的编号或名称。")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    model: ModelOption = None,
    as_json: JsonOption = False,
) -> None:
    """从工作区移除一个文件。"""
    with printing.progress() as progress:
        result = service_of(workspace, model).remove(document, progress)
    show(result, as_json, lambda r: [f"已移除 {r.removed}。"])


@app.command()
def items(
    document: Annotated[str | None, typer.Option("--document", help="只列这个文件的事项。")] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """列出事项：步骤、科室、目标和原文缺陷。"""
    show(service_of(workspace).items(document), as_json, printing.items)


@app.command()
def entities(
    type_: Annotated[
        str | None, typer.Option("--type", help="实体类型，如 Company、Topic、Section。")
    ] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """列出实体及其别名。"""
    service = service_of(workspace)
    show(service.entities(type_), as_json, partial(printing.entities, labels=service.snapshot.labels))


@app.command()
def mentions(workspace: WorkspaceOption = DEFAULT_WORKSPACE, as_json: JsonOption = False) -> None:
    """逐行输出每一处提及（JSON 行）。"""
    show_lines(service_of(workspace).mentions())


@app.command()
def facts(workspace: WorkspaceOption = DEFAULT_WORKSPACE, as_json: JsonOption = False) -> None:
    """逐行输出每一条事实及其证据（JSON 行）。"""
    show_lines(service_of(workspace).facts())


@app.command()
def export(
    format_: Annotated[str, typer.Argument(metavar="FORMAT", help="turtle、jsonl、csv 或 graphml。")],
    file: Annotated[Path, typer.Argument(help="写到哪个文件。")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """把图谱导出为文件。"""
    result = service_of(workspace).export(format_, file)
    show(result, as_json, lambda r: [f"已写入 {r.file}（{r.bytes} 字节）。"])


@app.command()
def report(
    file: Annotated[
        Path | None, typer.Argument(help="写到 .md、.xlsx 或 .docx 文件；省略时打印 Markdown。")
    ] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """分析报告：科室工作量、到期目标、事项关联、需要协同的科室、重复和空缺。"""
    show(service_of(workspace).report(file), as_json, printing.report)


@app.command()
def stats(workspace: WorkspaceOption = DEFAULT_WORKSPACE, as_json: JsonOption = False) -> None:
    """统计图谱的规模和原文缺陷。"""
    show(service_of(workspace).stats(), as_json, printing.stats)


@app.command()
def serve(
    host: Annotated[str, typer.Option("--host", envvar="HOST", help="监听地址。")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", envvar="PORT", min=0, max=65535, help="端口。")] = 8000,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    model: ModelOption = None,
    workers: Annotated[
        int,
        typer.Option(
            "--workers", min=1, max=64, help="回答问题的进程数；每个约占 300 MB 内存，同时问的人多时再加。"
        ),
    ] = 1,
) -> None:
    """启动 REST 服务。"""
    from api.rest.serving import check_free
    from api.rest.serving import serve as answer

    service = service_of(workspace, model)
    check_free(host, port)
    typer.echo(f"正在载入…… 就绪后访问 http://{host}:{port}/docs（Ctrl-C 停止）", err=True)
    with printing.progress() as progress:
        service.renew(progress)
    answer(service, host, port, workers)


# Typer carries its own copy of click, and names of its errors only this one, of which the others are kin.
_UsageError: type[BaseException] = typer.BadParameter.__mro__[1]


def _explain(error: BaseException) -> None:
    """Wrong use in one sentence; a bare ``kg`` gets its help."""
    message: str = getattr(error, "message", None) or str(error)
    if type(error).__name__ == "NoArgsIsHelpError":
        typer.echo(message)
        return
    reason = " ".join(error.format_message().split()) if hasattr(error, "format_message") else message
    typer.echo(f"命令的用法有误（{reason.rstrip('.。')}），请加 --help 查看用法。", err=True)


_COMPLETION = {
    "install_completion": "为当前的命令行外壳安装命令补全。",
    "show_completion": "打印命令补全的脚本，可自行保存或修改。",
}


def _command() -> Any:
    """All commands as one; what Typer adds by itself speaks Chinese too."""
    command = typer.main.get_command(app)
    for option in command.params:
        if isinstance(option, TyperOption):
            option.help = _COMPLETION.get(option.name or "", option.help)
    return command


def main(arguments: list[str] | None = None) -> None:
    """Run a command; every known failure becomes one sentence and its exit status."""
    try:
        status = _command()(args=arguments, standalone_mode=False)
    except _UsageError as error:
        _explain(error)
        sys.exit(2)
    except (typer.Abort, KeyboardInterrupt):
        sys.exit(130)
    except KNOWN as error:
        typer.echo(f"{error}", err=True)
        sys.exit(outcome_of(error).exit_status)
    except Exception as error:  # noqa: BLE001 - the last resort: a sentence, never a traceback
        typer.echo(f"出现了没有预料到的错误（{type(error).__name__}：{error}），请报告这个问题。", err=True)
        sys.exit(1)
    sys.exit(status if isinstance(status, int) else 0)

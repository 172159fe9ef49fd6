"""What the tests of the ways in share: a tiny plan, the command line, and a workspace's bytes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from api.service import KnowledgeService
from api.settings import Settings

ROOT = Path(__file__).parent.parent.parent
CLI = [sys.executable, "-m", "api.cli"]
TITLE = "工信局落实2022年政府工作报告确定事项实施步骤与责任分工"
_HEADER = ["序号", "内容", "实施步骤", "执行措施", "责任科室", "监督方式"]
_QUARTERS = ["", "", "一季度", "二季度", "三季度", "四季度", "", "", ""]

FACTORY = [
    "1",
    "实施企业技术改造行动，建设海尔智慧工厂。",
    "3月份：摸底海尔集团技改需求。",
    "5月份：开展现场调研。",
    "9月份：组织验收准备。",
    "12月份：总结全年经验。",
    "一、专人负责。二、建立台账。",
    "工业科",
    "可通过85161796热线电话反映",
]
STATIONS = [
    "2",
    "推进5G网络建设，新建基站300个。",
    "1月份：制定基站建设计划。",
    "4月份：选址并开工。",
    "9月份：测试网络覆盖。",
    "10月份：验收基站。",
    "一、专人负责。",
    "信息化科",
    "可通过85161797热线电话反映",
]
TALENT = [
    "1",
    "引进海外高层次人才，举办人才论坛。",
    "2月份：发布人才政策。",
    "6月份：举办人才论坛。",
    "8月份：走访科大讯飞。",
    "11月份：兑现奖励。",
    "一、专人负责。",
    "人才科",
    "可通过85161798热线电话反映",
]


def plan(*rows: Sequence[str], title: str = TITLE) -> str:
    """A table as office suites flatten it: every cell led by a tab, a blank line behind each row."""
    lines = [title, ""]
    for row in (_HEADER, _QUARTERS, *rows):
        lines += [*(f"\t{cell}" for cell in row), ""]
    return "\n".join(lines)


TINY = plan(FACTORY, STATIONS)
OTHER = plan(TALENT, title="人才局落实2022年政府工作报告确定事项实施步骤与责任分工")


def write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def opened(workspace: Path, like: KnowledgeService) -> KnowledgeService:
    """A service of its own over a workspace, with the encoder of another: loading one takes seconds."""
    kg = KnowledgeService(Settings(workspace=workspace))
    kg.encoder = like.encoder
    return kg


def contents(folder: Path) -> dict[str, str]:
    """Every file and folder with the digest of its bytes; empty where there is nothing."""
    return {
        str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest() if path.is_file() else "folder"
        for path in sorted(folder.rglob("*"))
    }


def published(workspace: Path) -> tuple[bytes, dict[str, str]]:
    """``state.json`` and every byte of the build that it names."""
    state = (workspace / "state.json").read_bytes()
    build = json.loads(state)["build"]
    return state, contents(workspace / "builds" / build) if build else {}


def damage(path: Path, content: str | bytes) -> Path:
    """Overwrite a file that must exist: a typo in a test must not pass for a missing file."""
    assert path.is_file()
    return write(path, content)


def build_of(workspace: Path) -> Path:
    """The folder of the published build."""
    return workspace / "builds" / json.loads((workspace / "state.json").read_text("utf-8"))["build"]


def run(
    *arguments: str | Path | bytes, workspace: Path | None = None, timeout: float = 60
) -> subprocess.CompletedProcess[str]:
    """The command line in a process of its own."""
    return subprocess.run(
        [*CLI, *arguments, *(["--workspace", workspace] if workspace else [])],
        cwd=ROOT,
        env={k: v for k, v in os.environ.items() if k not in ("KG_WORKSPACE", "KG_MODEL", "HOST", "PORT")},
        capture_output=True,
        encoding="utf-8",
        timeout=timeout,
        check=False,
    )


def answer(done: tuple[int, str, str]) -> Any:
    """The one JSON value on standard output of a command that went well and said nothing else."""
    code, out, err = done
    assert (code, err) == (0, "")
    assert out.count("\n") == 1
    return json.loads(out)


def is_one_sentence(text: str) -> bool:
    """One line of Chinese that ends as a sentence does, and no traceback."""
    line = text.strip()
    return (
        "\n" not in line
        and line.endswith("。")
        and "Traceback" not in line
        and any("\u4e00" <= c <= "\u9fff" for c in line)
    )

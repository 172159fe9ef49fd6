"""Plans written for these tests, in the layouts bureaus use, and short ways to read them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from kg.analysis import Network
from kg.knowledge import Knowledge
from kg.model import Item, Plan
from kg.pipeline import Extraction, plan_of

KNOWLEDGE = Knowledge()
COLUMNS = ("序号", "内容", "实施步骤", "责任科室")
TITLE = "临江县商务局2023年重点工作安排表"


def flattened(
    rows: Iterable[Sequence[str]], columns: Sequence[str] = COLUMNS, title: str = TITLE, gap: str = "\n"
) -> str:
    """A table as office suites save it for plain text: a tab before each cell, a gap before each row."""
    lines = [title, ""]
    for row in (columns, *rows):
        lines += [f"\t{cell}" for cell in row]
        lines.append(gap.removesuffix("\n"))
    return "\n".join(lines)


def table_file(rows: Iterable[Sequence[str]], columns: Sequence[str] = COLUMNS) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([columns, *rows])
    return out.getvalue()


def read(text: str, name: str = "计划.txt", knowledge: Knowledge = KNOWLEDGE) -> Plan:
    return plan_of(text.encode(), name, "p", "0" * 64, knowledge)


def steps_of(item: Item) -> list[tuple[tuple[int, ...], str]]:
    return [(step.months, step.text) for step in item.steps]


def units_of(item: Item) -> list[tuple[str, str]]:
    return [(unit.name, unit.role) for unit in item.responsible]


def codes_of(item: Item) -> list[str]:
    return [defect.code for defect in item.defects]


def check_spans(plan: Plan) -> None:
    """Whatever a plan quotes stands in its text where its span says, on the line it says."""
    text = plan.text
    for item in plan.items:
        assert text[item.content_source.start : item.content_source.end] == item.content
        for step in item.steps:
            assert text[step.source.start : step.source.end] == step.text
        for target in item.targets:
            assert text[target.source.start : target.source.end] == target.text
        optional = (item.section_source, *item.measures_sources, item.supervision_source)
        spans = [item.source, item.content_source, *(s for s in optional if s)]
        spans += [step.source for step in item.steps] + [defect.source for defect in item.defects]
        spans += [unit.source for unit in item.responsible] + [target.source for target in item.targets]
        for span in spans:
            assert 0 <= span.start <= span.end <= len(text)
            assert span.line == text.count("\n", 0, span.start) + 1


def check_plan(plan: Plan) -> None:
    """What holds for every plan, however spoiled its source is."""
    check_spans(plan)
    assert plan.items
    numbers = [item.no for item in plan.items]
    assert numbers == sorted(set(numbers))
    for item in plan.items:
        assert item.content.strip() == item.content != ""
        keys = [step.key for step in item.steps]
        assert len(keys) == len(set(keys))
        for step in item.steps:
            assert step.key.startswith(f"{item.no}:")
            assert list(step.months) == sorted(set(step.months))
            assert set(step.months) <= set(range(1, 13))
            assert step.quarter in (None, 1, 2, 3, 4)
            assert step.text


def network_of(extraction: Extraction) -> Network:
    return Network.of(extraction.plans, extraction.entities, extraction.facts, extraction.mentions)

"""However a plan is spoiled, it is read with all that must hold, or refused in words."""

from __future__ import annotations

import codecs
import time
from collections.abc import Sequence

from hypothesis import example, given, settings
from hypothesis import strategies as st

from kg.errors import InputError
from kg.folding import fold
from kg.graph import build_graph
from kg.knowledge import Knowledge
from kg.model import Plan
from kg.pipeline import broader_topics, plan_of
from kg.recognition import Recogniser
from kg.relations import relate
from kg.resolution import resolve
from tests.conftest import SAMPLE
from tests.kg.plans import KNOWLEDGE, check_plan, check_spans
from tests.profiles import examples

LINES = SAMPLE.read_text(encoding="utf-8").split("\n")
PLACES = st.integers(0, len(LINES) - 1)
CHANGES = st.lists(
    st.tuples(st.sampled_from(["delete", "duplicate", "swap", "blank", "join", "tab"]), PLACES, PLACES),
    min_size=1,
    max_size=8,
)


def changed(lines: Sequence[str], changes: Sequence[tuple[str, int, int]]) -> str:
    spoiled = list(lines)
    for kind, a, b in changes:
        i, j = a % len(spoiled), b % len(spoiled)
        if kind == "delete" and len(spoiled) > 1:
            del spoiled[i]
        elif kind == "duplicate":
            spoiled.insert(j, spoiled[i])
        elif kind == "swap":
            spoiled[i], spoiled[j] = spoiled[j], spoiled[i]
        elif kind == "blank":
            spoiled[i] = ""
        elif kind == "join":
            spoiled[i : i + 2] = ["".join(spoiled[i : i + 2])]
        else:
            spoiled[i] = spoiled[i].replace("\t", "", 1) if "\t" in spoiled[i] else "\t" + spoiled[i]
    return "\n".join(spoiled)


def read(data: bytes, name: str = "计划.txt") -> Plan | None:
    try:
        return plan_of(data, name, "p", "0" * 64, KNOWLEDGE)
    except InputError:
        return None


@settings(max_examples=examples(12, 100), deadline=None)
@given(changes=CHANGES, cut=st.integers(0, 400))
@example(changes=[("blank", 0, 0)], cut=0)
def test_a_spoiled_sample_is_read_or_refused(changes: list[tuple[str, int, int]], cut: int) -> None:
    spoiled = changed(LINES, changes)
    plan = read(spoiled[: len(spoiled) - cut].encode())
    if plan:
        check_plan(plan)


@settings(max_examples=examples(25, 100), deadline=None)
@given(start=st.integers(0, 20000), size=st.integers(1, 4000))
def test_any_piece_of_the_sample_is_read_or_refused(start: int, size: int) -> None:
    plan = read("\n".join(LINES)[start : start + size].encode())
    if plan:
        check_plan(plan)


@settings(max_examples=examples(10, 60), deadline=None)
@given(cut=st.integers(1, 40000))
def test_bytes_cut_anywhere_are_read_or_refused(cut: int) -> None:
    plan = read(SAMPLE.read_bytes()[:cut])
    if plan:
        check_plan(plan)


@settings(max_examples=examples(50, 500), deadline=None)
@given(data=st.binary(max_size=300), bom=st.sampled_from([b"", codecs.BOM_UTF8, codecs.BOM_UTF16_LE]))
def test_any_bytes_are_read_or_refused(data: bytes, bom: bytes) -> None:
    for name in ("a.txt", "a.csv"):
        plan = read(bom + data, name)
        if plan:
            check_spans(plan)


CELLS = st.text(alphabet='序号内容实施步骤责任科室13月：；，。（）牵头局、"\n 一', max_size=12)
HEADER = ["序号", "内容", "实施步骤", "责任科室"]


@settings(max_examples=examples(40, 400), deadline=None)
@given(
    rows=st.lists(st.lists(CELLS, min_size=1, max_size=5), max_size=6),
    gap=st.sampled_from(["", "\n", "\n\n"]),
)
def test_any_table_is_read_or_refused(rows: list[list[str]], gap: str) -> None:
    text = "".join("".join(f"\t{cell}\n" for cell in row) + gap for row in [HEADER, *rows])
    plan = read(text.encode())
    if plan:
        check_spans(plan)


@settings(max_examples=examples(2, 20), deadline=None)
@given(changes=CHANGES)
def test_a_spoiled_sample_goes_all_the_way_to_a_graph(
    changes: list[tuple[str, int, int]], recogniser: Recogniser, knowledge: Knowledge
) -> None:
    plan = read(changed(LINES, changes).encode())
    if not plan:
        return
    # The stages one by one, because the recogniser remembers the words it has already cut.
    mentions, recognised = recogniser.recognise(plan)
    canonical = recogniser.vocabulary.canonical
    entities, joined = resolve(mentions, lambda t, s: canonical.get((t, fold(s))), knowledge)
    facts = relate([recognised], joined, broader_topics(recogniser.vocabulary), knowledge)
    graph = build_graph([recognised], entities, facts)
    assert graph.number_of_edges() == len(facts)
    assert all(plan.text[m.source.start : m.source.end] == m.surface for m in joined)
    assert all(fact.evidence for fact in facts)
    check_plan(recognised)


def test_a_long_plan_is_read_in_time_that_grows_with_its_length() -> None:
    def seconds(rows: int) -> float:
        row = "\t{no}\n\t推进第{no}批冷链仓建设\n\t3月：选址\n\n6月：开工\n\t项目科\n\n"
        text = "\t序号\n\t内容\n\t实施步骤\n\t责任科室\n\n" + "".join(
            row.format(no=n) for n in range(1, rows + 1)
        )
        start = time.process_time()
        plan = read(text.encode())
        assert plan is not None
        assert len(plan.items) == rows
        return time.process_time() - start

    seconds(50)
    # Eight times the rows: 8 where it is linear, 64 where quadratic.
    assert seconds(1000) < 24 * seconds(125)

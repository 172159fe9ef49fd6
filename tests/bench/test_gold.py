"""The benchmarks' own arithmetic: what counts as annotated, and how units and news are compared."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from bench import news, units
from bench.gold import read_marked
from bench.mentions import extraction_of, scope_of, score
from kg.knowledge import Knowledge
from tests.kg.plans import flattened

MARKED = (
    flattened(
        [
            ("1", "走访海尔。", "3月：走访海尔。", "工业科"),
            ("2", "走访海信。", "3月：走访海信。", "商务科"),
        ]
    )
    .replace("走访海尔", "走访[[Company:海尔]]")
    .replace("工业科", "[[Section:工业科]]")
)


def test_an_item_without_a_mark_is_not_annotated(tmp_path: Path, knowledge: Knowledge) -> None:
    path = tmp_path / "half.marked.txt"
    path.write_text(MARKED, encoding="utf-8")
    gold = read_marked(path)
    extraction = extraction_of(gold, knowledge)
    assert scope_of(gold, extraction) == {1}
    scores = score(gold, extraction)
    assert scores.mentions["Company"].tp == 2
    assert scores.mentions["Company"].fp == 0


def test_units_are_compared_with_their_parts_and_without() -> None:
    gold = Counter({(3, "lead", "甲局"): 1, (3, "support", "乙局"): 1, (4, "lead", "丙局"): 1})
    found = Counter({(3, "lead", "甲局"): 1, (3, "lead", "乙局"): 1})
    with_parts, without = units.compare(gold, found)
    assert (with_parts.tp, with_parts.fp, with_parts.fn) == (1, 1, 2)
    assert (without.tp, without.fp, without.fn) == (2, 0, 1)


def test_a_table_of_units_with_a_part_of_its_own_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "units.tsv"
    path.write_text("a.txt\t1\t2\t主持\t甲局\n", encoding="utf-8")
    with pytest.raises(SystemExit, match="主持"):
        units.read_units(path)


def test_the_units_of_our_own_measures_are_all_found() -> None:
    *_, last = units.run(None, [], verbose=False)
    assert last.split()[-2:] == ["1.000", "1.000"]


def test_in_news_all_annotators_are_at_least_as_good_as_the_ner_model_alone() -> None:
    _, ours, alone = news.run([], verbose=False)
    figures = [[float(x) for x in row.split()[-2:]] for row in (ours, alone)]
    assert figures[0][0] >= figures[1][0]
    assert figures[0][1] >= figures[1][1]

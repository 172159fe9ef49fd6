"""Figures of whole plans, each worked out by hand on a small one."""

from __future__ import annotations

import pytest

from kg.analysis.coupling import communities, couplings, keystones, section_couplings
from kg.analysis.figures import due, gaps, load, repeated
from kg.model import Plan
from tests.kg.test_impact import HAIER, HISENSE, PLATFORM
from tests.kg.works import Built, Works, built


@pytest.fixture(scope="module")
def three() -> Built:
    works = Works()
    works.item("甲科", {(1, 2): [HAIER], (3,): ()}, targets=[(3,), None])
    works.item("乙科", {(2,): [PLATFORM], (): [HISENSE]}, targets=[(2,)])
    works.item("甲科", {(3,): [HISENSE, HAIER]})
    works.item("丙科", {(12,): ()})
    return built(works)


def test_the_load_of_sections_by_month(three: Built) -> None:
    first, *others = load(three.network)
    assert (first.section, first.items, first.targets) == ("甲科", 2, 2)
    assert first.steps == (1, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    assert [(one.section, one.undated) for one in others] == [("丙科", 0), ("乙科", 1)]


def test_the_load_of_the_sample_adds_up(sample_plan: Plan, three: Built) -> None:
    assert sum(one.items for one in load(three.network)) == len(three.network.items)


def test_targets_come_by_their_deadline(three: Built) -> None:
    assert [(item.no, target.month) for item, target in due(three.network)] == [(2, 2), (1, 3), (1, None)]


def test_months_without_a_step(three: Built) -> None:
    assert gaps(three.network)["item:d/1"] == tuple(range(4, 13))
    assert "item:d/4" in gaps(three.network)


def test_wordings_that_stand_more_than_once() -> None:
    one, other = Works("a"), Works("b")
    one.item("甲科", {(1,): (), (2,): ()})
    other.item("乙科", {(1,): ()})
    (found,) = repeated(built(one, other).network)
    assert [(item.document, step.key) for item, step in found.places] == [("a", "1:1"), ("b", "1:1")]


def test_two_items_are_coupled_by_what_they_share(three: Built) -> None:
    # Items 1, 2 and 3 name 海尔: half for each pair. Items 2 and 3 share 海信 as well.
    found = {(pair.one, pair.other): (pair.strength, pair.shared) for pair in couplings(three.network)}
    assert found["item:d/2", "item:d/3"] == (1.5, ("company:海尔", "company:海信"))
    assert found["item:d/1", "item:d/2"] == (0.5, ("company:海尔",))
    assert len(found) == 3


def test_sharing_a_platform_is_not_sharing_its_company_once_more() -> None:
    works = Works()
    works.item("甲科", {(1,): [PLATFORM]})
    works.item("乙科", {(1,): [PLATFORM]})
    (pair,) = couplings(built(works).network)
    assert pair.shared == ("platform:海尔平台",)


def test_sections_that_share_things_or_items(three: Built) -> None:
    (pair,) = section_couplings(three.network)
    assert {pair.one, pair.other} == {"甲科", "乙科"}
    assert set(pair.shared) == {"company:海尔", "company:海信"}


def test_communities_are_the_same_each_time(three: Built) -> None:
    assert communities(three.network) == communities(three.network) == (("item:d/1", "item:d/2", "item:d/3"),)


def test_what_joins_most_items_holds_the_plan_together(three: Built) -> None:
    first, *_ = keystones(three.network)
    assert (first.id, first.items, first.sections) == ("company:海尔", 3, ("甲科", "乙科"))


def test_a_plan_without_shared_things_has_no_couplings() -> None:
    works = Works()
    works.item("甲科", {(1,): ()})
    network = built(works).network
    assert couplings(network) == communities(network) == keystones(network) == ()

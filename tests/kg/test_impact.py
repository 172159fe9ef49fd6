"""What a slip affects: small plans whose answer is worked out by hand, and a rival that walks the graph node by node."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.analysis import Hop, Impact, ImpactRules, Network, impact, trace
from kg.analysis.impact import MAX_PATHS
from kg.analysis.impact_rules import Rule
from kg.errors import KnowledgeFileError
from kg.graph import build_graph
from kg.knowledge import Knowledge
from kg.model import Span
from kg.pipeline import Extraction
from tests.kg.works import Built, Named, Works, built
from tests.profiles import examples

RULES = ImpactRules.of(Knowledge().impact)
HAIER: Named = ("Company", "海尔")
PLATFORM: Named = ("Platform", "海尔平台")
HISENSE: Named = ("Company", "海信")


@pytest.fixture(scope="module")
def two() -> Built:
    """Item 1 builds the platform of a company, item 2 serves the company, item 3 has to do with neither."""
    works = Works()
    works.item(
        "信息科",
        {(2,): (), (3,): [PLATFORM], (4,): (), (8,): [HISENSE]},
        content=[PLATFORM],
        targets=[None, (8,), (2,)],
    )
    works.item("企业科", {(1,): [HAIER], (5,): [HAIER], (6,): ()}, targets=[(5,), (6,)])
    works.item("综合科", {(3,): (), (9,): ()})
    return built(works)


def affected(made: Built, node: str, **how: int) -> set[str]:
    return {one.id for one in impact(node, made.network, RULES, **how).affected()}


def test_a_step_that_slips(two: Built) -> None:
    assert affected(two, "step:d/1:3") == {
        "step:d/1:4", "step:d/1:8", "item:d/1", "section:信息科", "target:d/1/1", "target:d/1/2",
        # What it works on, and who stands behind that; the company itself is not named by itself.
        "platform:海尔平台", "company:海尔",
    }  # fmt: skip


def test_a_step_that_shares_a_company_with_others(two: Built) -> None:
    found = affected(two, "step:d/2:1")
    # Later steps of its own item, then the steps elsewhere that name the company or its platform.
    assert found == {
        "step:d/2:5", "step:d/2:6", "item:d/2", "section:企业科", "target:d/2/1", "target:d/2/2",
        "company:海尔", "step:d/1:3", "item:d/1", "section:信息科",
    }  # fmt: skip


def test_what_came_before_the_slip_is_not_affected(two: Built) -> None:
    assert "step:d/1:3" not in affected(two, "step:d/2:5")


def test_a_thing_that_is_late(two: Built) -> None:
    assert affected(two, "platform:海尔平台") == {
        "step:d/1:3", "step:d/1:4", "step:d/1:8", "item:d/1", "section:信息科", "target:d/1/1", "target:d/1/2",
        "company:海尔",
    }  # fmt: skip


def test_a_company_that_is_late_makes_its_platform_late(two: Built) -> None:
    found = affected(two, "company:海尔")
    assert found >= {"platform:海尔平台", "step:d/1:3", "step:d/1:8", "step:d/2:1", "section:企业科"}
    assert "company:海信" not in found
    assert not any(node.startswith(("item:d/3", "step:d/3")) for node in found)


def test_a_thing_that_only_the_content_names_stalls_the_whole_item() -> None:
    works = Works()
    works.item("信息科", {(1,): (), (2,): ()}, content=[HAIER], targets=[(2,)])
    made = built(works)
    assert affected(made, "company:海尔") == {
        "item:d/1",
        "step:d/1:1",
        "step:d/1:2",
        "target:d/1/1",
        "section:信息科",
    }


def test_an_item_that_slips(two: Built) -> None:
    found = affected(two, "item:d/2")
    assert found >= {
        "step:d/2:1",
        "step:d/2:5",
        "step:d/2:6",
        "target:d/2/1",
        "section:企业科",
        "company:海尔",
    }
    assert found >= {"step:d/1:3", "item:d/1", "section:信息科"}
    assert "step:d/1:4" not in found


def test_a_target_that_is_missed(two: Built) -> None:
    assert affected(two, "target:d/2/2") == {"step:d/2:6", "item:d/2", "section:企业科"}


def test_a_section_that_fails(two: Built) -> None:
    assert affected(two, "section:综合科") == {"item:d/3", "step:d/3:3", "step:d/3:9"}


def test_depth_bounds_the_answer(two: Built) -> None:
    assert affected(two, "step:d/1:3", depth=1) == {
        "step:d/1:4",
        "step:d/1:8",
        "item:d/1",
        "platform:海尔平台",
    }
    assert affected(two, "step:d/1:3", depth=1) < affected(two, "step:d/1:3", depth=2)


def test_another_year_that_is_past_is_not_affected() -> None:
    last, this = Works("a", 2020), Works("b", 2021)
    last.item("甲科", {(12,): [HAIER]})
    this.item("乙科", {(3,): [HAIER]})
    made = built(last, this)
    assert "step:a/1:12" not in affected(made, "step:b/1:3")
    assert "step:b/1:3" in affected(made, "step:a/1:12")


def test_an_id_that_is_no_node_is_refused(two: Built) -> None:
    with pytest.raises(KeyError):
        impact("company:没有", two.network, RULES)


def test_scores_come_in_order_and_fall_with_every_hop(two: Built) -> None:
    result = impact("company:海尔", two.network, RULES)
    scores = [one.score for one in result.affected()]
    assert scores == sorted(scores, reverse=True)
    assert 0 < min(scores) <= max(scores) < 1


# Delays


def shifts(made: Built, node: str, delay: int) -> dict[str, tuple[tuple[int, ...], int | None]]:
    found = impact(node, made.network, RULES, delay=delay).affected()
    return {one.id: (one.expected, one.shift) for one in found if one.months}


def test_a_delay_moves_what_follows_and_free_months_absorb_it(two: Built) -> None:
    moved = shifts(two, "step:d/1:3", 2)
    assert moved["step:d/1:4"] == ((6,), 2)
    # From June there are two months to August: nothing is left of the delay.
    assert moved["step:d/1:8"] == ((8,), 0)
    assert shifts(two, "step:d/1:3", 6)["step:d/1:8"] == ((11,), 3)


def test_a_delay_may_reach_into_the_next_year(two: Built) -> None:
    assert shifts(two, "platform:海尔平台", 12)["step:d/1:8"] == ((17,), 9)


def test_a_target_moves_with_its_step(two: Built) -> None:
    assert (
        shifts(two, "step:d/2:1", 5)["target:d/2/1"]
        == shifts(two, "step:d/2:1", 5)["step:d/2:5"]
        == ((7,), 2)
    )


def test_a_step_that_two_others_hold_up_waits_for_the_later_one() -> None:
    works = Works()
    works.item("甲科", {(1,): [HAIER], (3,): [HAIER], (4,): ()})
    moved = shifts(built(works), "company:海尔", 2)
    # From January alone the two free months would absorb it; March itself slips to May.
    assert moved["step:d/1:3"] == ((5,), 2)
    assert moved["step:d/1:4"] == ((6,), 2)


def test_from_when_on(two: Built) -> None:
    since = {one.id: one.since for one in impact("step:d/2:1", two.network, RULES).affected()}
    # The slipping step itself stands in January.
    assert since["section:企业科"] == since["item:d/2"] == 1
    assert since["section:信息科"] == since["item:d/1"] == 3
    assert since["target:d/2/2"] == 6


# Paths


Known = Mapping[tuple[str, str, str], tuple[Span, ...]]


def evidence_of(made: Built | Extraction) -> Known:
    return {(f.head, f.relation, f.tail): f.evidence for f in made.facts}


def holds(known: Known, path: Iterable[Hop], start: str, end: str) -> bool:
    """Whether a path leads from start to end by facts of the records, each with evidence of its own."""
    here = start
    for hop in path:
        if hop.evidence not in known.get((hop.head, hop.relation, hop.tail), ()):
            return False
        if here not in (hop.head, hop.tail):
            return False
        here = hop.tail if here == hop.head else hop.head
    return here == end


def test_all_paths_of_the_sample_are_made_of_facts(sample: Extraction, network: Network) -> None:
    known = evidence_of(sample)
    nodes = [*network.ids[:: max(1, len(network.ids) // 60)], "company:金能", "platform:西门子创新中心"]
    for node in nodes:
        result = impact(node, network, RULES)
        for at, one in enumerate(result.affected()):
            assert holds(known, one.path, node, one.id), (node, one.id)
            if at % 5 == 0:
                paths = list(result.paths(at))
                assert paths[0] == one.path
                assert len(set(paths)) == len(paths)
                assert all(holds(known, path, node, one.id) for path in paths)


def test_all_paths_are_found(two: Built) -> None:
    result = impact("step:d/1:3", two.network, RULES)
    at = [one.id for one in result.affected()].index("item:d/1")
    hops = {tuple(hop.relation for hop in path) for path in result.paths(at)}
    assert hops == {
        ("has_step",),
        ("precedes", "has_step"),
        ("precedes", "precedes", "has_step"),
    }


def test_where_there_are_very_many_paths_one_more_than_the_limit_is_given() -> None:
    works = Works()
    for _ in range(MAX_PATHS + 3):
        works.item("甲科", {(1,): [HAIER]})
    result = impact("company:海尔", built(works).network, RULES)
    at = [one.id for one in result.affected()].index("section:甲科")
    assert len(list(result.paths(at))) == MAX_PATHS + 1


def test_the_paths_of_a_node_that_is_affected_in_two_ways() -> None:
    works = Works()
    works.item("甲科", {(1,): [HAIER], (2,): [HAIER]})
    result = impact("company:海尔", built(works).network, RULES)
    at = [one.id for one in result.affected()].index("step:d/1:2")
    hops = [tuple(hop.relation for hop in path) for path in result.paths(at)]
    assert hops == [("mentions",), ("mentions", "precedes")]


# Any plan

NAMES: list[Named] = [
    HAIER,
    PLATFORM,
    ("Project", "海尔平台二期"),
    HISENSE,
    ("Program", "倍增计划"),
    ("Topic", "机器人"),
]
months = st.sampled_from([(1,), (2,), (3,), (1, 2), (5,), (9,), ()])
names = st.lists(st.sampled_from(NAMES), max_size=3, unique=True)
items = st.tuples(
    st.sampled_from(["甲科", "乙科"]),
    st.dictionaries(months, names, min_size=1, max_size=4),
    names,
    st.lists(st.one_of(st.none(), months), max_size=2),
)


@st.composite
def plans(draw: st.DrawFn) -> Built:
    works = [
        Works(f"d{number}", draw(st.sampled_from([None, 2020, 2021])))
        for number in range(draw(st.integers(1, 2)))
    ]
    for work in works:
        for item in draw(st.lists(items, min_size=1, max_size=3)):
            work.item(*item)
    return built(*works)


@settings(max_examples=examples(20, 150), deadline=None)
@given(plans())
def test_no_path_names_a_fact_that_is_not_there(made: Built) -> None:
    known = evidence_of(made)
    for node in made.network.ids:
        result = impact(node, made.network, RULES, delay=2)
        for at, one in enumerate(result.affected()):
            assert holds(known, one.path, node, one.id)
            assert all(holds(known, path, node, one.id) for path in result.paths(at))
        if node.partition(":")[0] not in ("item", "step", "target", "document", "month"):
            for item in trace(node, made.network).items():
                assert holds(known, item.path, node, item.item.id)
                for step in item.steps:
                    assert holds(known, step.path, node, f"step:{item.item.document}/{step.step.key}")


@settings(max_examples=examples(25, 150), deadline=None)
@given(plans(), st.integers(1, 5))
def test_the_answer_is_that_of_a_walk_from_node_to_node(made: Built, depth: int) -> None:
    graph = build_graph(made.plans, made.entities, made.facts)
    for node in made.network.ids:
        found = {one.id for one in impact(node, made.network, RULES, depth).affected()}
        assert found == walk(graph, made, node, depth)


def walk(graph: nx.MultiDiGraph[str], made: Built, origin: str, depth: int) -> set[str]:
    """The rival: a breadth-first walk over the networkx graph, rule by rule."""
    start = (origin, RULES.start_of(graph.nodes[origin]["type"]))
    distance = {start: 0}
    queue = deque([start])
    while queue:
        node, state = queue.popleft()
        for rule in (rule for rule in RULES.rules if rule.state == state):
            cost = distance[node, state] + (0 if rule.free else 1)
            for end in followed(graph, node, rule, made, origin):
                if cost <= depth and cost < distance.get((end, rule.to), depth + 1):
                    distance[end, rule.to] = cost
                    (queue.appendleft if rule.free else queue.append)((end, rule.to))
    return {node for node, state in distance if state not in RULES.passed and node != origin}


def followed(graph: nx.MultiDiGraph[str], node: str, rule: Rule, made: Built, origin: str) -> Iterator[str]:
    edges = graph.in_edges(node, keys=True) if rule.against else graph.out_edges(node, keys=True)
    for head, tail, relation in edges:
        end = head if rule.against else tail
        fits = not rule.types or graph.nodes[end]["type"] in rule.types
        if relation in rule.relations and fits and condition(rule.when, head, tail, end, made, origin):
            yield end


def condition(when: str, head: str, tail: str, end: str, made: Built, origin: str) -> bool:
    mentions = [
        m
        for m in made.mentions
        if m.entity == tail
        and head in (f"item:{m.source.document}/{m.item}", f"step:{m.source.document}/{m.step}")
    ]
    if when == "titled":
        return any(m.where == "content" for m in mentions)
    if when == "alone":
        things = [m.source for m in made.mentions if m.type in ("Company", "Project", "Platform", "Program")]
        return any(
            not any(
                t != m.source
                and t.document == m.source.document
                and t.start <= m.source.start
                and m.source.end <= t.end
                for t in things
            )
            for m in mentions
        )
    if when == "own":
        return not any(
            f.relation == "has_target" and f.tail == tail and f.head.startswith("step:") for f in made.facts
        )
    if when in ("named", "unnamed"):
        return any(m.step for m in mentions) == (when == "named")
    return when != "not_earlier" or not earlier(end, origin, made)


def earlier(step: str, origin: str, made: Built) -> bool:
    """Whether a step begins before the one that slips, both being dated in the same calendar."""
    if origin.startswith("target:"):
        heads = [f.head for f in made.facts if f.relation == "has_target" and f.tail == origin]
        origin = next((head for head in heads if head.startswith("step:")), origin)
    when = {
        f"step:{item.document}/{s.key}": (plan.document.year, s.months)
        for plan in made.plans for item in plan.items for s in item.steps
    }  # fmt: skip
    if origin not in when or not when[origin][1] or not when[step][1]:
        return False
    (year, months_), (others, others_months) = when[origin], when[step]
    if (year is None) != (others is None):
        return False
    return (others or 0, others_months[0]) < (year or 0, months_[0])


# Rules


def test_a_rule_without_its_parts_is_refused_with_a_sentence() -> None:
    for broken in (
        {"start": {"other": "late"}, "rules": [{"from": "late"}]},
        {"rules": []},
        {
            "start": {"other": "late"},
            "rules": [{"from": "late", "relations": ["x"], "to": "y", "weight": 1, "when": "often"}],
        },
        {
            "start": {"other": "late"},
            "rules": [{"from": "late", "relations": ["x"], "to": "y", "weight": "much"}],
        },
    ):
        with pytest.raises(KnowledgeFileError, match=r"impact\.toml"):
            ImpactRules.of(broken)


def test_rules_only_name_what_graphs_have(network: Network) -> None:
    relations = {relation for rule in RULES.rules for relation in rule.relations}
    assert relations <= set(Knowledge().relations["labels"])
    assert all(label in RULES.states for label in RULES.labels)
    assert isinstance(impact(network.ids[0], network, RULES), Impact)

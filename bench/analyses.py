"""Judged traces, impacts and asked questions of two plans; and which order of what is affected reads best."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import networkx as nx
import numpy as np

from api import open_workspace
from api.cli import figures
from api.evaluation import read_questions
from api.evaluation.analyses import affected_ids
from api.evaluation.questions import JudgedAnalysis
from api.nodes import node_of
from api.workspace.snapshot import Snapshot
from bench.gold import read_marked
from embeddings.metrics import ndcg
from kg.analysis import Impact, impact
from kg.analysis.spreading import links

HERE = Path(__file__).parent
SAMPLE = HERE.parent / "data" / "xihaian-2021.txt"
OWN = HERE / "gold" / "linhai-gongshang-2023.marked.txt"
_DAMPING = 0.85

Order = Callable[[Impact], Mapping[str, float]]


def run() -> Iterator[str]:
    """The evaluation of every set, then nDCG of the orders over all judged impacts."""
    with TemporaryDirectory() as scratch:
        texts = {"xihaian-2021": SAMPLE.read_bytes(), OWN.name.split(".")[0]: read_marked(OWN).text.encode()}
        judged: list[tuple[Snapshot, JudgedAnalysis]] = []
        for name, text in texts.items():
            kg = open_workspace(str(Path(scratch) / name))
            kg.ingest_bytes(f"{name}.txt", text)
            for file in sorted((HERE / "questions" / "analyses").glob(f"{name}*.json")):
                yield f"{file.stem}"
                yield from figures.evaluation(kg.evaluate(file))
                judged += [
                    (kg.snapshot, one) for one in read_questions(file).analyses if one.kind == "impact"
                ]
        yield ""
        yield from _orders(judged)


def _orders(judged: Sequence[tuple[Snapshot, JudgedAnalysis]]) -> Iterator[str]:
    found: dict[str, list[float]] = {name: [] for name in ORDERS}
    for snapshot, one in judged:
        result = impact(node_of(one.asks, snapshot), snapshot.network, snapshot.rules)
        gold = affected_ids(snapshot, one.gold)
        known = [entry.id for entry in result.affected()]
        for name, order in ORDERS.items():
            scores = order(result)
            ranked = sorted(known, key=lambda node: (-scores.get(node, 0.0), node))
            found[name].append(ndcg(ranked, gold, len(gold)))
    yield f"{'order of what is affected':<34} {'nDCG':>6} {'worst':>6}"
    for name, values in found.items():
        yield f"{name:<34} {np.mean(values):>6.3f} {min(values):>6.3f}"


def _weights(result: Impact) -> Mapping[str, float]:
    return {one.id: one.score for one in result.affected()}


def _hops(result: Impact) -> Mapping[str, float]:
    return {one.id: -float(len(one.path)) for one in result.affected()}


def _by_reach(result: Impact) -> Mapping[str, float]:
    """Personalised PageRank over nothing but the ways by which the effect spreads."""
    every = links(result.reach, result.network, result.rules)
    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_nodes_from(range(len(result.reach)))
    graph.add_edges_from(zip(every.sources.tolist(), every.ends.tolist(), strict=True))
    ranks = nx.pagerank(graph, _DAMPING, personalization={0: 1.0})
    scores: dict[str, float] = {}
    for at, node in enumerate(result.reach.nodes.tolist()):
        scores[result.network.ids[node]] = max(ranks[at], scores.get(result.network.ids[node], 0.0))
    return scores


def _by_graph(result: Impact) -> Mapping[str, float]:
    """Personalised PageRank over all facts, followed either way (as HippoRAG ranks passages)."""
    network = result.network
    graph: nx.Graph[int] = nx.Graph()
    graph.add_edges_from(zip(network.heads.tolist(), network.tails.tolist(), strict=True))
    ranks = nx.pagerank(graph, _DAMPING, personalization={network.place[result.node]: 1.0})
    return {network.ids[node]: rank for node, rank in ranks.items()}


ORDERS: Mapping[str, Order] = {
    "weights of the rules (in use)": _weights,
    "PageRank over the effect's ways": _by_reach,
    "PageRank over all facts": _by_graph,
    "shortest path first": _hops,
}

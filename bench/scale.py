"""How traces and impacts grow with the plans: ratios to the sample, within one run."""

from __future__ import annotations

import gc
import time
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields

import numpy as np

from bench.generated import generated
from bench.speed import SAMPLE
from kg.analysis import ImpactRules, Network, impact, trace
from kg.analysis.arrays import named_arrays
from kg.analysis.attestation import THINGS
from kg.analysis.joining import NetworkArrays
from kg.knowledge import Knowledge
from kg.pipeline import extract, plan_of

SIZES = (1_000, 10_000, 100_000, 1_000_000)
_REPEATS = 15
_MEGABYTE = 1 << 20


@dataclass(frozen=True)
class Cost:
    """Of one analysis: the median of its seconds, the most memory it held beside what was there, its answer."""

    seconds: float
    memory: int
    answer: int


def run(sizes: tuple[int, ...] = SIZES) -> Iterator[str]:
    """One line a size: facts, arrays, and trace and impact of the busiest thing as multiples of the sample's."""
    rules = ImpactRules.of(Knowledge().impact)
    yield f"{'steps':>10} {'facts':>10} {'arrays MB':>9} | {'busiest':<16} {'trace ×':>8} {'MB':>6} {'steps':>7} | {'impact ×':>8} {'MB':>6} {'nodes':>7}"
    knowledge = Knowledge()
    sample = extract([plan_of(SAMPLE.read_bytes(), SAMPLE.name, "sample", "0" * 64, knowledge)], knowledge)
    base = _measured(Network.of(sample.plans, sample.entities, sample.facts, sample.mentions), rules)
    yield _line(*base, base[2], base[3])
    for size in sizes:
        plans = generated(size)
        network = Network.of(plans.plans, plans.entities.values(), plans.facts, plans.mentions)
        del plans
        yield _line(*_measured(network, rules), base[2], base[3])
        del network
        gc.collect()


def _measured(network: Network, rules: ImpactRules) -> tuple[Network, str, Cost, Cost]:
    busiest = _busiest(network)
    gc.freeze()  # A million records would be walked again and again by the collector, in the middle of a measurement.
    traced = _cost(lambda: len(trace(busiest, network).involvement.steps.places))
    affected = _cost(lambda: len(impact(busiest, network, rules).order))
    gc.unfreeze()
    return network, busiest, traced, affected


def _busiest(network: Network) -> str:
    """The thing that most items mention."""
    things = np.flatnonzero(network.are(np.arange(len(network.ids), dtype=np.int32), THINGS))
    return network.ids[int(things[np.argmax(network.popularity[things])])]


def _cost(analysis: Callable[[], int]) -> Cost:
    answer = analysis()  # What is indexed once belongs to the arrays.
    spent = []
    for _ in range(_REPEATS):
        started = time.perf_counter()
        analysis()
        spent.append(time.perf_counter() - started)
    tracemalloc.start()
    analysis()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return Cost(float(np.median(spent)), peak, answer)


def _line(
    network: Network, busiest: str, traced: Cost, affected: Cost, trace_base: Cost, impact_base: Cost
) -> str:
    return (
        f"{len(network.steps):>10,} {len(network.facts):>10,} {_arrays(network) / _MEGABYTE:>9.1f} | {busiest:<16} "
        f"{traced.seconds / trace_base.seconds:>8.1f} {traced.memory / _MEGABYTE:>6.1f} {traced.answer:>7,} | "
        f"{affected.seconds / impact_base.seconds:>8.1f} {affected.memory / _MEGABYTE:>6.1f} {affected.answer:>7,}"
    )


def _arrays(network: Network) -> int:
    """Bytes of the arrays that a network is."""
    arrays = NetworkArrays(**{field.name: getattr(network, field.name) for field in fields(NetworkArrays)})
    return sum(array.nbytes for array in named_arrays(arrays).values())

"""What follows from the facts: traces, impacts, paths between nodes, and figures of whole plans."""

from kg.analysis.attestation import CERTAINTIES, Certainty
from kg.analysis.between import between
from kg.analysis.impact import Affected, Impact, impact
from kg.analysis.network import Hop, Network
from kg.analysis.rules import Rules
from kg.analysis.touching import Touched, touched
from kg.analysis.tracing import Related, Trace, TracedItem, TracedStep, trace

__all__ = [
    "CERTAINTIES",
    "Affected",
    "Certainty",
    "Hop",
    "Impact",
    "Network",
    "Related",
    "Rules",
    "Touched",
    "Trace",
    "TracedItem",
    "TracedStep",
    "between",
    "impact",
    "touched",
    "trace",
]

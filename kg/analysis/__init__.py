"""What follows from the facts: traces, impacts, paths between nodes, and figures of whole plans."""

from kg.analysis.attestation import CERTAINTIES, Certainty
from kg.analysis.between import between
from kg.analysis.impact import Affected, Impact, impact
from kg.analysis.impact_rules import ImpactRules
from kg.analysis.involvement import Involvement, involvement
from kg.analysis.network import Hop, Network
from kg.analysis.tracing import Related, Trace, TracedItem, TracedStep, trace

__all__ = [
    "CERTAINTIES",
    "Affected",
    "Certainty",
    "Hop",
    "Impact",
    "ImpactRules",
    "Involvement",
    "Network",
    "Related",
    "Trace",
    "TracedItem",
    "TracedStep",
    "between",
    "impact",
    "involvement",
    "trace",
]

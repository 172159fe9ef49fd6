"""What follows from the facts: traces, impacts, paths between nodes, and figures of whole plans."""

from kg.analysis.attestation import CERTAINTIES, Certainty, certainty_of
from kg.analysis.network import Hop, Network
from kg.analysis.touching import Touched, touched
from kg.analysis.tracing import Related, Trace, TracedItem, TracedStep, trace

__all__ = [
    "CERTAINTIES",
    "Certainty",
    "Hop",
    "Network",
    "Related",
    "Touched",
    "Trace",
    "TracedItem",
    "TracedStep",
    "certainty_of",
    "touched",
    "trace",
]

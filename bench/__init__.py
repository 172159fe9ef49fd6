"""Measurements of quality and cost: ``python -m bench --help``. Nothing here is needed to run."""

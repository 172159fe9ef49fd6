"""How well the responsible units of measures are found, and 牵头 told from 配合.

The gold is a table of units that somebody counted by hand: ``document  measure  line  role  unit``, tab
by tab, where ``role`` is 责任 (no distinction), 牵头 or 配合. The documents are given by path.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.gold import read_marked
from bench.scoring import Counts
from kg.knowledge import Knowledge
from kg.model import Plan
from kg.pipeline import plan_of

GOLD = Path(__file__).parent / "gold" / "units.tsv"
_ROLES = {"责任": "lead", "牵头": "lead", "配合": "support"}

Unit = tuple[int, str, str]
"""(1-based line, role, name)"""


def read_units(path: Path) -> dict[str, Counter[Unit]]:
    """Document name → its units. Raises :class:`SystemExit` where a row has a role of its own."""
    units: dict[str, Counter[Unit]] = {}
    for number, row in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not row or row.startswith(("#", "document\t")):
            continue
        document, _, line, role, name = row.split("\t")
        if role not in _ROLES:
            raise SystemExit(f"{path.name}, row {number}: role {role} is none of {', '.join(_ROLES)}")
        units.setdefault(document, Counter())[int(line), _ROLES[role], name] += 1
    return units


def units_of(plan: Plan) -> Counter[Unit]:
    """The units that the program found, in the same form."""
    return Counter(
        (u.source.line, u.role, plan.text[u.source.start : u.source.end])
        for item in plan.items
        for u in item.responsible
    )


def compare(gold: Counter[Unit], found: Counter[Unit]) -> tuple[Counts, Counts]:
    """(with roles, without roles), as multisets of units by line."""
    return _counts(gold, found), _counts(_roleless(gold), _roleless(found))


def _roleless(units: Counter[Unit]) -> Counter[Unit]:
    plain: Counter[Unit] = Counter()
    for (line, _, name), count in units.items():
        plain[line, "", name] += count
    return plain


def _counts(gold: Counter[Unit], found: Counter[Unit]) -> Counts:
    tp = (gold & found).total()
    return Counts(tp, found.total() - tp, gold.total() - tp)


def run(gold: Path | None, texts: Sequence[Path], verbose: bool) -> Iterator[str]:
    """The table, line by line: the documents of the gold that were given or lie beside it."""
    knowledge = Knowledge()
    path = gold or GOLD
    paths = {p.name: p for p in [*GOLD.parent.glob("*.txt"), *texts]}
    total, roleless = Counts(), Counts()
    yield f"{'document':<34} {'units':>6} {'F1':>7} {'without roles':>14}"
    for document, units in read_units(path).items():
        if document not in paths:
            yield f"{document:<34} {units.total():>6}  not given (--text)"
            continue
        plan = plan_of(_plain(paths[document]), document, document, "0" * 64, knowledge)
        found = units_of(plan)
        with_roles, without = compare(units, found)
        total, roleless = total + with_roles, roleless + without
        yield f"{document:<34} {units.total():>6} {with_roles.f1:>7.3f} {without.f1:>14.3f}"
        if verbose:
            yield from (f"- line {u[0]} {u[1]:<8} {u[2]}" for u in (units - found).elements())
            yield from (f"+ line {u[0]} {u[1]:<8} {u[2]}" for u in (found - units).elements())
    yield f"{'all':<34} {total.tp + total.fn:>6} {total.f1:>7.3f} {roleless.f1:>14.3f}"


def _plain(path: Path) -> bytes:
    return read_marked(path).text.encode() if path.name.endswith(".marked.txt") else path.read_bytes()

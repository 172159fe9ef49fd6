"""What a user calls a node → its id: an id, a name, an item's number, a step's key, a month."""

from __future__ import annotations

import re
from collections.abc import Iterator

from api.workspace.snapshot import Snapshot
from kg.errors import Ambiguous, NotFound
from kg.model import item_id, month_id, step_id, target_id

_DOCUMENT = r"(?:(?P<document>.+)/)?"
_STEP = re.compile(rf"(?:step:)?{_DOCUMENT}(?P<key>\d+:[\dQ+-]+)")
_ITEM = re.compile(rf"(?:item:)?{_DOCUMENT}第?(?P<no>\d+)[号项]?(?:事项)?|事项(?P<other>\d+)")
_TARGET = re.compile(r"target:(?:(?P<document>.+)/)?(?P<no>\d+)/(?P<ordinal>\d+)")
_MONTH = re.compile(r"(?:month:)?(?P<month>1[0-2]|[1-9])月?份?")


def node_of(name: str, snapshot: Snapshot) -> str:
    """The id of a node. Raises :class:`NotFound`, or :class:`Ambiguous` where several documents have it."""
    name = name.strip()
    if name in snapshot.network.place:
        return name
    found = [node for node in _written(name, snapshot) if node in snapshot.network.place]
    if len(found) > 1:
        raise Ambiguous(f"有多个文件含“{name}”，请写明其中之一：{'、'.join(found)}。")
    if found:
        return found[0]
    if _STEP.fullmatch(name) or _ITEM.fullmatch(name) or _TARGET.fullmatch(name):
        raise NotFound(f"没有“{name}”这个事项、步骤或目标，请用 kg items 查看现有编号。")
    return snapshot.resolve(name).id


def _written(name: str, snapshot: Snapshot) -> Iterator[str]:
    """The nodes of all documents that a short form may stand for."""
    step, item, target = _STEP.fullmatch(name), _ITEM.fullmatch(name), _TARGET.fullmatch(name)
    for document in snapshot.document_ids:
        if step and step["document"] in (None, document):
            yield step_id(document, step["key"])
        elif target and target["document"] in (None, document):
            yield target_id(document, int(target["no"]), int(target["ordinal"]))
        elif item and item["document"] in (None, document):
            yield item_id(document, int(item["no"] or item["other"]))
    month = _MONTH.fullmatch(name)
    if month and not name.isdecimal():
        yield month_id(int(month["month"]))

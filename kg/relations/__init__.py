"""Plans and mentions → facts, each with the spans that show it and how it was found.

``stated``: the layout of the plan or a sentence says so. ``pattern``: the shape of a name says so
(宸芯科技 opens 宸芯科技国家重点实验室). ``inferred``: it follows from something else.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from kg.knowledge import Knowledge
from kg.model import Fact, Mention, Plan
from kg.relations.layout import plan_facts
from kg.relations.mentions import mention_facts, nested_facts, same_units, topic_facts
from kg.relations.proposals import Proposed, merged, together
from kg.relations.rules import RelationRules
from kg.relations.sentences import sentence_facts

__all__ = ["merged", "relate"]


def relate(
    plans: Sequence[Plan],
    mentions: Sequence[Mention],
    broader: Mapping[str, Sequence[str]],
    knowledge: Knowledge,
    organizations: Collection[str] | None = None,
) -> list[Fact]:
    """All facts that some plans show, in order of head, relation and tail; evidence in the order of the text.

    Args:
        plans: with the targets that recognition found in them.
        mentions: resolved, in the order of the text, the longer of two that begin together first.
        broader: the broader topics' names by topic name.
        knowledge: its ``relations.toml`` has the rules.
        organizations: the names of the organisations that plans speak of, where there are more than these.

    Raises:
        KnowledgeFileError: a rule of a user's is not as it should be.
    """
    rules = RelationRules.of(knowledge)
    texts = {plan.document.id: plan.text for plan in plans}
    proposed: list[Proposed] = [fact for plan in plans for fact in plan_facts(plan)]
    proposed += mention_facts(mentions)
    proposed += nested_facts(mentions, rules)
    proposed += sentence_facts(texts, mentions, rules)
    proposed += topic_facts(mentions, broader)
    if organizations is None:
        organizations = {m.name for m in mentions if m.type == "Organization"}
    proposed += same_units(mentions, organizations)
    return together(proposed)

"""What this project costs beside others that do the same work, and beside the least that the work can cost.

``python -m bench performance`` runs it. Every contender lives in a process of its own (:mod:`.worker`); what is
compared is measured in turn, so that a busy machine slows all alike. Nothing is imported here, because every process
would pay for it.
"""

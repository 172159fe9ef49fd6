"""Search that understands the question and admits when there is no answer.

``understanding`` (with ``spelling`` and ``periods``) → ``filters`` and ``signals`` over the ``catalogue`` →
``ranking`` and ``certainty`` → ``results``; ``answerable`` says whether there is an answer at all.
"""

from api.search.filters import Filters
from api.search.results import Hit, Level, SearchAnswer
from api.search.searcher import Searcher

__all__ = ["Filters", "Hit", "Level", "SearchAnswer", "Searcher"]

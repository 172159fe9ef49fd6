"""What may be given to a call: the parameters as types, and calls that refuse anything else in one sentence."""

from api.parameters.checking import checked, refused
from api.parameters.sentences import UNFITTING, sentence_of

__all__ = ["UNFITTING", "checked", "refused", "sentence_of"]

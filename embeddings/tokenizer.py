"""The unigram tokenizer of the bundled model, for ``tokenizers`` and ``transformers``."""

from typing import TYPE_CHECKING, Any, Final

from embeddings.charsmap import compile_charsmap
from embeddings.weights import Pieces

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_SPACE: Final = "\N{LOWER ONE EIGHTH BLOCK}"


def unigram_tokenizer(vocabulary: Pieces) -> "Tokenizer":
    """The tokenizer of XLM-RoBERTa: characters normalised, spaces marked, unigram pieces.

    ``encode`` puts the bos piece before and the eos piece after a text. Runs of characters
    that no piece covers become a single unknown piece, as in SentencePiece.
    """
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

    pieces = vocabulary.pieces
    bos, eos = pieces[vocabulary.bos], pieces[vocabulary.eos]
    scored = list(zip(pieces, vocabulary.scores.tolist(), strict=True))
    tokenizer = Tokenizer(models.Unigram(scored, unk_id=vocabulary.unk, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Precompiled(compile_charsmap(vocabulary.normalisation)),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(_SPACE, prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}",
        pair=f"{bos} $A {eos} {eos} $B {eos}",
        special_tokens=[(bos, vocabulary.bos), (eos, vocabulary.eos)],
    )
    return tokenizer


def fast_tokenizer(vocabulary: Pieces, max_tokens: int) -> Any:
    """The same as a ``transformers`` tokenizer that cuts after ``max_tokens`` tokens."""
    from tokenizers import decoders
    from transformers import PreTrainedTokenizerFast

    tokenizer = unigram_tokenizer(vocabulary)
    tokenizer.decoder = decoders.Metaspace(_SPACE, prepend_scheme="always")
    bos, eos, pad, unk = (
        vocabulary.pieces[i] for i in (vocabulary.bos, vocabulary.eos, vocabulary.pad, vocabulary.unk)
    )
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer,
        bos_token=bos,
        cls_token=bos,
        eos_token=eos,
        sep_token=eos,
        pad_token=pad,
        unk_token=unk,
        model_max_length=max_tokens,
    )

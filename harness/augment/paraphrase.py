"""Paraphrase texts with a language model; keep paraphrases that an embedding model finds similar but not equal."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.errors import ConfigError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from harness.measure.device import Device

Generate = Callable[[Sequence[str]], list[str]]
"""Texts -> the output of a model for each text, in order."""

Embed = Callable[[Sequence[str]], "npt.NDArray[np.float32]"]
"""Texts -> embeddings, shape (texts, dimensions), not necessarily of unit length."""

PROMPT = "Say the following in other words. Keep its meaning. Write nothing else.\n\n{text}"

MAX_NEW_TOKENS = 96
"""Most tokens of a paraphrase; longer outputs are discarded."""


@dataclass(frozen=True)
class Paraphrase:
    """A text in other words with a similar embedding."""

    text: str
    similarity: float
    """Cosine similarity to the original, -1 to 1."""


def paraphrases(
    texts: Sequence[str], *, generate: Generate, embed: Embed, keep_between: tuple[float, float] = (0.75, 0.98)
) -> list[Paraphrase | None]:
    """One paraphrase per text; None if the model's output is unusable.

    An output is unusable if it is empty, has the same words in the same order, or has a cosine similarity below
    `keep_between[0]` (it says something else) or above `keep_between[1]` (it says nothing new). Small models often
    fail: check how many paraphrases are kept before you train on them. A similar text may still have another meaning: a
    negation or another number hardly changes an embedding.

    Raises:
        ConfigError: `keep_between` does not satisfy -1 <= least <= most <= 1.
    """
    least, most = keep_between
    if not -1 <= least <= most <= 1:
        what = f"paraphrases are kept if their similarity is between {least} and {most}"
        raise ConfigError(what, expected="-1 <= least <= most <= 1")
    if not texts:
        return []
    written = [cleaned(text) for text in generate(texts)]
    similarities = _cosines(embed(texts), embed(written))
    return [
        Paraphrase(new, float(similarity))
        if _words(new) not in ([], _words(old)) and least <= similarity <= most
        else None
        for old, new, similarity in zip(texts, written, similarities, strict=True)
    ]


def cleaned(written: str) -> str:
    """The first paragraph of a model's output on one line, without a leading `Paraphrase:` and outer quotes."""
    first = re.split(r"\n\s*\n", written.strip(), maxsplit=1)[0]
    line = " ".join(first.split())
    line = re.sub(
        r"^(?:paraphrased?|rephrased?|answer|in other words)(?: text| version)?\s*[:,]\s*", "", line, flags=re.I
    )
    quoted = re.fullmatch(r"\"(.+)\"|“(.+)”|'(.+)'", line)
    return next(group for group in quoted.groups() if group) if quoted else line


def with_models(base: Path, encoder: Path, *, device: Device, batch_size: int = 16) -> tuple[Generate, Embed]:
    """`generate` and `embed` for `paraphrases`, from the folders of a causal language model and a sentence encoder.

    Decoding is greedy, so the same text always gets the same paraphrase. An output without an end token is discarded.

    Raises:
        DataError: the folder `base` holds no model.
    """
    from sentence_transformers import SentenceTransformer

    from harness.models.causal_lm import load_folder
    from harness.models.encoding.chat import render
    from harness.models.greedy import write_greedily

    language_model = load_folder(base, device)
    sentences = SentenceTransformer(str(encoder), device=device.kind, local_files_only=True)

    def generate(texts: Sequence[str]) -> list[str]:
        tokenizer = language_model.tokenizer
        prompts = [render(tokenizer, PROMPT.replace("{text}", text)) for text in texts]
        written = write_greedily(
            language_model.model,
            tokenizer,
            prompts=[language_model.encoding.prompt(prompt) for prompt in prompts],
            max_new_tokens=MAX_NEW_TOKENS,
            batch_size=batch_size,
        )
        return [
            answer.text if answer.ended else "" for answer in written
        ]  # small models often repeat themselves without end

    def embed(texts: Sequence[str]) -> Any:
        return sentences.encode(list(texts), batch_size=batch_size, show_progress_bar=False)

    return generate, embed


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _cosines(left: npt.NDArray[np.float32], right: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """Cosine similarity of each pair of rows; 0 if one of the vectors is all zeros."""
    import numpy as np

    lengths = np.linalg.norm(left.astype(float), axis=1) * np.linalg.norm(right.astype(float), axis=1)
    products = (left.astype(float) * right.astype(float)).sum(axis=1)
    cosines: npt.NDArray[np.float64] = np.divide(products, lengths, out=np.zeros_like(products), where=lengths > 0)
    return cosines

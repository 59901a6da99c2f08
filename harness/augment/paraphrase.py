"""Paraphrases by a language model, kept if an embedding model finds them alike but not the same."""

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
"""Texts -> what a model writes for each of them, in order."""

Embed = Callable[[Sequence[str]], "npt.NDArray[np.float32]"]
"""Texts -> their vectors, shape (texts, dimensions); of any length."""

PROMPT = "Say the following in other words. Keep its meaning. Write nothing else.\n\n{text}"

MAX_NEW_TOKENS = 96


@dataclass(frozen=True)
class Paraphrase:
    """A text that says the same in other words, as far as an embedding model can tell."""

    text: str
    similarity: float
    """Cosine to the original, -1..1."""


def paraphrases(
    texts: Sequence[str], *, generate: Generate, embed: Embed, keep_between: tuple[float, float] = (0.75, 0.98)
) -> list[Paraphrase | None]:
    """One paraphrase per text, or None where what the model wrote is no use.

    No use is: nothing, the same words in the same order, and whatever has a cosine to the text below
    `keep_between[0]` (says something else) or above `keep_between[1]` (says nothing new). A small model fails often:
    look at how many survive before you train on them. A similar text is not always an equal one: a negation or another
    number hardly moves an embedding.

    Raises:
        ConfigError: the bounds are not -1 <= least <= most <= 1.
    """
    least, most = keep_between
    if not -1 <= least <= most <= 1:
        raise ConfigError(f"paraphrases are kept between {least} and {most}", expected="-1 <= least <= most <= 1")
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
    """The first paragraph of what a model wrote, on one line, without a leading `Paraphrase:` and outer quotes."""
    first = re.split(r"\n\s*\n", written.strip(), maxsplit=1)[0]
    line = " ".join(first.split())
    line = re.sub(
        r"^(?:paraphrased?|rephrased?|answer|in other words)(?: text| version)?\s*[:,]\s*", "", line, flags=re.I
    )
    quoted = re.fullmatch(r"\"(.+)\"|“(.+)”|'(.+)'", line)
    return next(group for group in quoted.groups() if group) if quoted else line


def with_models(base: Path, encoder: Path, *, device: Device, batch_size: int = 16) -> tuple[Generate, Embed]:
    """`generate` and `embed` for `paraphrases` from two prepared folders: a causal model and a sentence encoder.

    The model writes greedily, so the same text always gets the same paraphrase; one without an end is discarded.

    Raises:
        DataError: `base` holds no model.
    """
    from sentence_transformers import SentenceTransformer

    from harness.models.causal_lm import load_folder
    from harness.models.chat import render
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
        return [answer.text if answer.ended else "" for answer in written]  # small models fall into loops

    def embed(texts: Sequence[str]) -> Any:
        return sentences.encode(list(texts), batch_size=batch_size, show_progress_bar=False)

    return generate, embed


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _cosines(left: npt.NDArray[np.float32], right: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """Row by row; 0 where a vector is all zeros."""
    import numpy as np

    lengths = np.linalg.norm(left.astype(float), axis=1) * np.linalg.norm(right.astype(float), axis=1)
    products = (left.astype(float) * right.astype(float)).sum(axis=1)
    cosines: npt.NDArray[np.float64] = np.divide(products, lengths, out=np.zeros_like(products), where=lengths > 0)
    return cosines

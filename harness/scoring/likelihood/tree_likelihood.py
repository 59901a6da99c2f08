"""Log-likelihoods of many continuations of many prompts, each token computed once.

Three things are computed once. The beginning that all prompts have in common (virtual tokens of prompt learning,
system turn, few-shot examples) is run once, and its key-value cache is reused. A prompt is run once for all its
continuations. Continuations that begin with the same tokens share those tokens.

A batch is one forward pass over `prompt + tree of continuations`, under a mask that lets each node see only its prompt
and its ancestors (tree attention, Miao et al. 2023, arXiv 2305.09781). Logits are computed only where a token is
scored, in float32.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch

from harness.models.encoding.encoded import Tokens
from harness.models.float32_logits import float32_logits
from harness.models.prefix import Prefix, common_prefix, reader, run_prefix
from harness.scoring.likelihood.token_logprobs import Place, Scored, token_logprobs
from harness.scoring.likelihood.token_tree import TokenTree

PADDING = 0.15
"""Largest share of a batch that may be padding."""

MOST_LOGIT_BYTES = 2**31
"""Most bytes of a batch's logits in float32. A batch of 32 prompts with 240 nodes each and a vocabulary of 152,000
tokens would have 4.7 GB; it is split into three. A prompt with more is a batch of its own."""


@dataclass(frozen=True)
class Prompt:
    """One prompt and all its continuations, as token ids."""

    tokens: Tokens
    continuations: tuple[Tokens, ...]
    extra: Mapping[str, Any] = field(default_factory=dict)
    """Further inputs of the model, such as pixel values; only `plain_likelihood` reads them."""


def score_prompts(
    model: Any, prompts: Sequence[Prompt], *, batch_size: int, on_batch: Callable[[int], None] = lambda done: None
) -> list[list[Scored]]:
    """For each prompt, one `Scored` per continuation, in order.

    The model must be causal and accept a 4-D attention mask, explicit positions and a `DynamicCache`, as the Llama,
    Qwen, Mistral and Gemma families of transformers do, with a peft adapter or without. `on_batch` is called with the
    number of prompts that a batch finished.
    """
    results: list[list[Scored]] = [[] for _ in prompts]
    if not prompts:
        return results
    # at least one token of each prompt is run with it: its output predicts the first token of the continuations
    shared = min(common_prefix([p.tokens for p in prompts]), min(len(p.tokens) for p in prompts) - 1)
    most_positions = MOST_LOGIT_BYTES // (4 * model.config.get_text_config().vocab_size)
    with torch.inference_mode(), float32_logits(model):
        prefix = run_prefix(model, prompts[0].tokens[:shared])
        reads_on = reader(model)
        sizes = [(len(p.tokens) - shared, len(TokenTree.of(p.continuations).tokens)) for p in prompts]
        for places in batches(sizes, most=batch_size, most_positions=most_positions):
            scored = _score_batch(reads_on, [prompts[place] for place in places], shared=shared, prefix=prefix)
            for place, row in zip(places, scored, strict=True):
                results[place] = row
            on_batch(len(places))
    return results


def batches(sizes: Sequence[tuple[int, int]], *, most: int, most_positions: float = math.inf) -> list[list[int]]:
    """Which prompts share a batch, by their places: at most `most` in one, small prompts first.

    `sizes` are (tokens of the prompt after the common beginning, nodes of its tree). Each part is padded to the longest
    of the batch. A batch ends before more than `PADDING` of it would be padding: on a CPU padding costs as much as
    tokens do. It also ends before logits would be computed at more than `most_positions`: in each row at the prompt's
    end and at as many nodes as the widest tree has.
    """
    found: list[list[int]] = []
    for place in sorted(range(len(sizes)), key=lambda place: (sum(sizes[place]), sizes[place])):
        together = [*found[-1], place] if found else []
        longest, widest = (max((sizes[one][part] for one in together), default=0) for part in (0, 1))
        used = sum(sum(sizes[one]) for one in together)
        dense = used >= (1 - PADDING) * (longest + widest) * len(together)
        small = len(together) <= most and len(together) * (widest + 1) <= most_positions
        if together and dense and small:
            found[-1] = together
        else:
            found.append([place])
    return found


def _score_batch(model: Any, prompts: Sequence[Prompt], *, shared: int, prefix: Prefix) -> list[list[Scored]]:
    """The first `shared` tokens of each prompt are in the prefix, which may also hold virtual tokens."""
    rests = [prompt.tokens[shared:] for prompt in prompts]
    trees = [TokenTree.of(prompt.continuations) for prompt in prompts]
    longest, widest = max(map(len, rests)), max(len(tree.tokens) for tree in trees)
    ids, positions, visible = _layout(rests, trees, shared=prefix.length, longest=longest, widest=widest)
    device, dtype = model.device, next(model.parameters()).dtype
    mask = torch.zeros(visible.shape, dtype=dtype).masked_fill(~visible, torch.finfo(dtype).min)
    logits = model(
        input_ids=ids.to(device),
        position_ids=positions.to(device),
        attention_mask=mask.to(device),
        past_key_values=prefix.cache(len(prompts)),
        use_cache=True,
        logits_to_keep=widest + 1,  # the prompt's last token and the tree
    ).logits
    paths = [
        [_path(tree, continuation, row=row) for continuation in prompt.continuations]
        for row, (prompt, tree) in enumerate(zip(prompts, trees, strict=True))
    ]
    scored = token_logprobs(logits, (place for row in paths for path in row for place in path))
    return [[_total([scored[place] for place in path]) for path in row] for row in paths]


def _layout(
    rests: Sequence[Tokens], trees: Sequence[TokenTree], *, shared: int, longest: int, widest: int
) -> tuple[Any, Any, Any]:
    """Ids and positions, shape (batch, width) with width = longest + widest, and the mask of what each token may see,
    shape (batch, 1, width, shared + width).

    Each row is `padding, rest of the prompt, tree, padding`, so that all prompts end at the same place.
    """
    rows, width = len(rests), longest + widest
    ids = torch.zeros(rows, width, dtype=torch.long)
    positions = torch.zeros(rows, width, dtype=torch.long)
    visible = torch.zeros(rows, 1, width, shared + width, dtype=torch.bool)
    visible[..., :shared] = True  # padding may see it, too: a row of the mask must not be all hidden
    visible[:, 0, :, shared:].diagonal(dim1=1, dim2=2).fill_(True)
    for row, (rest, tree) in enumerate(zip(rests, trees, strict=True)):
        begin, nodes = longest - len(rest), len(tree.tokens)
        ids[row, begin:longest] = torch.tensor(rest)
        positions[row, begin:longest] = shared + torch.arange(len(rest))
        own = slice(shared + begin, shared + longest)
        visible[row, 0, begin:longest, own] = torch.ones(len(rest), len(rest), dtype=torch.bool).tril()
        if nodes:
            end = longest + nodes
            ids[row, longest:end] = torch.tensor(tree.tokens)
            positions[row, longest:end] = shared + len(rest) + torch.tensor(tree.depths)
            visible[row, 0, longest:end, own] = True
            visible[row, 0, longest:end, shared + longest : shared + end] = torch.tensor(tree.visible())
    return ids, positions, visible


def _path(tree: TokenTree, continuation: Tokens, *, row: int) -> list[Place]:
    """Where the logits of each token are: position 0 is the prompt's end, position i + 1 is node i."""
    return [(row, node + 1, token) for node, token in tree.path(continuation)]


def _total(tokens: Sequence[Scored]) -> Scored:
    return sum(value for value, _ in tokens), all(likeliest for _, likeliest in tokens)

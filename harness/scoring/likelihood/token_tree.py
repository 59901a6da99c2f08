"""Continuations of one prompt as a tree of tokens, in which a common beginning stands only once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from harness.models.encoding.encoded import Tokens


@dataclass
class TokenTree:
    """The inner nodes of the tree that the continuations form.

    A node is a token after which at least one continuation goes on; the model must read it to score the next token. The
    last token of a continuation is scored but not read, and has no node.
    """

    tokens: list[int] = field(default_factory=list)
    """Token of each node; a parent precedes its children."""
    parents: list[int] = field(default_factory=list)
    """Place of each node's parent; -1 for nodes that directly follow the prompt."""
    depths: list[int] = field(default_factory=list)
    """Distance from the prompt, starting at 0."""
    places: dict[Tokens, int] = field(default_factory=dict)
    """The tokens from the prompt to a node -> the node's place."""

    @classmethod
    def of(cls, continuations: Sequence[Tokens]) -> TokenTree:
        """The tree of non-empty continuations."""
        tree = cls()
        for continuation in continuations:
            for length in range(1, len(continuation)):
                prefix = continuation[:length]
                if prefix not in tree.places:
                    tree.places[prefix] = len(tree.tokens)
                    tree.tokens.append(prefix[-1])
                    tree.parents.append(tree.places.get(prefix[:-1], -1))
                    tree.depths.append(length - 1)
        return tree

    def path(self, continuation: Tokens) -> list[tuple[int, int]]:
        """For each token of the continuation: (the node whose output predicts it, the token). Node -1 is the end of the
        prompt."""
        return [(self.places.get(continuation[:at], -1), token) for at, token in enumerate(continuation)]

    def visible(self) -> list[list[bool]]:
        """visible[i][j]: whether node i may attend to node j. A node sees itself and its ancestors."""
        rows: list[list[bool]] = []
        for place, parent in enumerate(self.parents):
            row = list(rows[parent]) if parent >= 0 else [False] * len(self.tokens)
            row[place] = True
            rows.append(row)
        return rows

"""The kind of row in which a question set holds pairs."""

from __future__ import annotations

from dataclasses import dataclass

from harness.items.rows import Preference, Question


@dataclass(frozen=True)
class PairQuestion(Question):
    """A prompt with a better and a worse answer; `answer` is the better one."""

    chosen: str = ""
    rejected: str = ""
    slice: str = ""
    """What the pair is about: `scope` or `safety`."""

    @classmethod
    def of(cls, pair: Preference, *, slice_name: str, prefix: str) -> PairQuestion:
        """The pair as a question whose id begins with `prefix`."""
        return cls(
            id=f"{prefix}{pair.id}",
            split=pair.split,
            cluster=pair.cluster,
            text=pair.prompt,
            prompt=pair.prompt,
            choices=(pair.chosen, pair.rejected),
            answer=pair.chosen,
            chosen=pair.chosen,
            rejected=pair.rejected,
            slice=slice_name,
        )

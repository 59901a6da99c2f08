"""A hash of everything that can change the result of one suite for one model."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from harness.config.project import Project
from harness.fingerprint.fingerprint import FOR_PEOPLE, methods_behind
from harness.items.rows import content_hash
from harness.measure.device import Device
from harness.measure.provenance import stable_hash
from harness.scoring.ask import Begun
from harness.scoring.contract import Sample
from harness.scoring.kept.code_hash import CodeHashes
from harness.scoring.kept.model_hash import model_hash
from harness.scoring.stored_samples import as_stored
from harness.training.contract import LoadContext


class ResultHashes:
    """Result hashes for one model on one device."""

    def __init__(self, project: Project, context: LoadContext, *, device: Device) -> None:
        """Read the files of the model and of the code."""
        self._code = CodeHashes(methods_behind(project, context.recipe.id))
        self._shared = {
            "model": model_hash(context),
            # the same product of matrices differs in its last digits between processors and numbers of threads
            "device": dataclasses.asdict(device),
            "batch_size": project.params.scoring.batch_size,
        }

    def of_suite(self, begun: Begun, *, against: str | None) -> str | None:
        """The hash for a suite; null if the domain has no questions for it.

        `against`: the result hash of the suite that this one is compared with; null if there is none.
        """
        run = begun.run
        if run is None:
            return None
        return stable_hash(
            {
                **self._shared,
                "code": self._code.of_kind(begun.suite.kind),
                "protocol": begun.score.protocol_hash,
                "suite": begun.suite.model_dump(mode="json", exclude=FOR_PEOPLE | {"column"}),
                "questions": content_hash(run.questions),
                "asked": [run.view, run.batch_size, run.metric, run.max_new_tokens, run.english, run.seed],
                "domain": run.domain.data_hash if run.domain else None,
                "against": against,
            }
        )

    def of_latency(self, prompts: Sequence[Sequence[int]], *, timing: tuple[int, ...]) -> str:
        """The hash for the latency on these prompts, as token ids; `timing`: how much is timed."""
        return stable_hash({**self._shared, "code": self._code.of_kind(None), "prompts": prompts, "timing": timing})


def samples_hash(samples: Sequence[Sample]) -> str:
    """sha256 of all fields of all samples as samples.parquet holds them, in their order."""
    return stable_hash([list(dataclasses.asdict(as_stored(sample)).values()) for sample in samples])

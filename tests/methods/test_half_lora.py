from __future__ import annotations

from pathlib import Path

from harness.config.project import Project
from harness.items.rows import Preference
from harness.methods.half_lora import HalfLora
from harness.training.lessons.pair_mix import PairOptions, pairs_to_learn
from tests.methods.test_preference_methods import context_of


def test_a_teacher_has_learnt_nothing_of_what_it_judges(prepared: Project, tmp_path: Path) -> None:
    taught = HalfLora().lessons(context_of(prepared, "rlaif/teacher_sft", tmp_path / "teacher"))
    judge = context_of(prepared, "rlaif/teacher", tmp_path / "judge")
    judged: list[Preference] = pairs_to_learn(judge, PairOptions(half="first"))[0]
    assert len(taught) == len(judged) == 32
    assert not {lesson.question.cluster for lesson in taught} & {row.cluster for row in judged}

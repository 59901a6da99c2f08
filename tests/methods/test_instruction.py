from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from harness.check.recipes import recipe_problems
from harness.config.project import Project, RunKey
from harness.config.recipe import Budget, Recipe, Subset
from harness.domains.views.templates import held_out_templates, wordings
from harness.errors import RunFailed
from harness.items.prepared import PreparedDomain
from harness.items.rows import Instruction, Question
from harness.measure.device import prepare_device
from harness.measure.phases import Phases
from harness.methods.instruction import InstructionTuning, MixtureRow, mixture, question_of, solved_examples
from harness.models.loaded import LanguageModel
from harness.training.contract import TrainContext
from harness.training.lessons.lesson import Lesson
from harness.training.output_change import probe_logits
from harness.training.refusals.misfits import misfits
from harness.training.registry import get_method
from harness.training.train import load_context, train
from harness.tuning.judging import judged_views
from tests.mini_tree import edit

SINGLE = RunKey("instruction", "single_domain", ("hs_products",), 0)
MULTI = RunKey("instruction", "multi_domain", ("hs_products",), 0)


def row(name: str, *, cluster: str = "", template: int = 0, task: str = "classify") -> Instruction:
    return Instruction(name, "train", cluster or name, task, f"{task}/{template}", f"What is {name}?", ("a", "b"), "a")


def domain_of(project: Project, name: str = "hs_products") -> PreparedDomain:
    return PreparedDomain.open(project.prepared_folder(name))


def with_another_domain(project: Project, name: str = "icd10") -> Project:
    """The same rows again under the name of another domain."""
    shutil.copytree(project.prepared_folder("hs_products"), project.prepared_folder(name))
    edit(project.root / "params.yaml", "prepared_domains: [hs_products]", f"prepared_domains: [hs_products, {name}]")
    return Project(project.root)


def changed(project: Project, **run: Any) -> Recipe:
    recipe = project.recipe(SINGLE.recipe_id)
    return recipe.model_copy(update={"run": recipe.run.model_copy(update=run)})


def context_of(
    project: Project,
    *,
    examples: int = 64,
    seed: int = 0,
    domain: str = "hs_products",
    others: Sequence[str] = (),
    options: Mapping[str, Any] | None = None,
) -> TrainContext:
    return TrainContext(
        folder=project.root,
        recipe=changed(project, options=dict(options or {})),
        base=None,
        base_name=None,
        parents={},
        device=prepare_device("float32"),
        domains=(domain_of(project, domain),),
        seed=seed,
        budget=Budget(train_examples=examples, epochs=1, max_length=256),
        checkpoints=project.root,
        checkpoint_minutes=10,
        config_hash="",
        phases=Phases(),
        label="",
        others=tuple(domain_of(project, name) for name in others),
    )


def lessons_of(project: Project, **settings: Any) -> list[Lesson]:
    return InstructionTuning().lessons(context_of(project, **settings))


def template_of(question: Question) -> str:
    """`classify/2` of `101010-classify-2`."""
    _, task, place = question.id.rsplit("-", 2)
    return f"{task}/{place}"


def test_there_are_as_many_lessons_as_the_budget_has_examples_shared_by_the_tasks(prepared: Project) -> None:
    lessons = lessons_of(prepared)
    assert Counter(lesson.task for lesson in lessons) == {"classify": 32, "describe": 32}
    assert len({lesson.question.id for lesson in lessons}) == 64


def test_where_there_are_fewer_instructions_than_the_budget_all_are_shown(prepared: Project) -> None:
    assert len(lessons_of(prepared, examples=5000)) == domain_of(prepared).count("instruction", "train")


def test_every_wording_but_the_held_out_ones_is_shown_before_questions_and_in_examples(prepared: Project) -> None:
    lessons = lessons_of(prepared, examples=5000, options={"few_shot_share": 0.5})
    asked = prepared.domain("hs_products")
    every = {f"{task}/{place}" for task, all_ in wordings(asked).items() for place in range(len(all_))}
    trained = every - held_out_templates(asked)
    assert len(trained) == len(every) - 2
    assert {template_of(lesson.question) for lesson in lessons} == trained
    assert {template_of(shot) for lesson in lessons for shot in lesson.shots} == trained


@pytest.mark.parametrize("share", [0, 0.25, 0.5, 1])
def test_the_share_of_lessons_after_solved_examples_is_the_one_asked_for(prepared: Project, share: float) -> None:
    lessons = lessons_of(prepared, options={"few_shot_share": share, "shots": 3})
    assert sum(bool(lesson.shots) for lesson in lessons) == 64 * share


def test_there_are_one_to_so_many_examples(prepared: Project) -> None:
    lessons = lessons_of(prepared, examples=200, options={"few_shot_share": 1, "shots": 3})
    counts = Counter(len(lesson.shots) for lesson in lessons)
    assert counts.keys() == {1, 2, 3}
    assert min(counts.values()) > 40  # of 200, a third each


def test_examples_are_other_lessons_of_the_same_task_and_wording_and_of_another_origin(prepared: Project) -> None:
    lessons = lessons_of(prepared, options={"few_shot_share": 1, "shots": 3})
    shown = {lesson.question for lesson in lessons}
    for lesson in lessons:
        assert set(lesson.shots) <= shown
        assert len(set(lesson.shots)) == len(lesson.shots)
        for shot in lesson.shots:
            assert (template_of(shot), shot.split) == (template_of(lesson.question), "train")
            assert shot.cluster != lesson.question.cluster


def test_a_row_without_company_has_no_examples_and_others_do_in_its_place() -> None:
    told = [MixtureRow("d/classify", row(name)) for name in "abcd"]
    told += [
        MixtureRow("d/classify", row("e", template=1)),
        MixtureRow("d/classify", row("f", template=1, cluster="e")),
    ]
    told += [MixtureRow("other/classify", row("g"))]
    found = solved_examples(told, share=0.5, most=2, seed=0)
    assert len(found) == 4
    assert found.keys() == {f"d/classify/{name}" for name in "abcd"}


def test_the_same_seed_shows_the_same_and_another_one_the_same_questions_after_other_examples(
    prepared: Project,
) -> None:
    options = {"few_shot_share": 0.5}
    first, again, other = (lessons_of(prepared, seed=seed, options=options) for seed in (0, 0, 1))
    assert first == again
    assert [lesson.question for lesson in first] == [lesson.question for lesson in other]
    assert [lesson.shots for lesson in first] != [lesson.shots for lesson in other]


def test_all_prepared_domains_teach_where_that_is_asked_for(prepared: Project) -> None:
    project = with_another_domain(prepared)
    lessons = lessons_of(project, others=["icd10"], options={"domains": "prepared", "few_shot_share": 1})
    names = [f"{domain}/{task}" for domain in ("hs_products", "icd10") for task in ("classify", "describe")]
    assert Counter(lesson.task for lesson in lessons) == dict.fromkeys(names, 16)
    same = lessons_of(project, domain="icd10", others=["hs_products"], options={"domains": "prepared"})
    assert [lesson.question for lesson in same] == [lesson.question for lesson in lessons]


def test_the_runs_own_domain_teaches_alone_where_that_is_asked_for(prepared: Project) -> None:
    project = with_another_domain(prepared)
    assert lessons_of(project, others=["icd10"], options={"domains": "own"}) == lessons_of(project)


def test_a_domain_with_nothing_to_teach_is_passed_over(prepared: Project) -> None:
    project = with_another_domain(prepared)
    edit(project.prepared_folder("icd10") / "views.json", '"instruction": ', '"documents": ')
    assert lessons_of(project, others=["icd10"], options={"domains": "prepared"}) == lessons_of(project)


def test_a_task_above_the_cap_counts_as_the_cap() -> None:
    rows = {name: [row(f"{name}{n}") for n in range(size)] for name, size in (("huge", 9000), ("small", 1000))}
    assert Counter(one.task for one in mixture(rows, 400)) == {"huge": 300, "small": 100}


def test_probes_are_validation_questions(prepared: Project) -> None:
    probes = InstructionTuning().probes(context_of(prepared))
    assert len(probes) == 4
    assert {probe.split for probe in probes} == {"validation"}


def test_without_validation_questions_it_is_refused(prepared: Project) -> None:
    domain = context_of(prepared).domains[0]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(domain), "rows", lambda *_, **__: [])
        with pytest.raises(RunFailed, match="the view instruction of hs_products has no validation item"):
            InstructionTuning().probes(context_of(prepared))


def test_an_instruction_is_a_question_with_its_prompt_as_text() -> None:
    one = row("x")
    asked = question_of(one)
    assert (asked.text, asked.prompt, asked.choices, asked.answer) == (one.prompt, one.prompt, one.choices, one.answer)


@pytest.mark.parametrize(
    ("options", "key", "told"),
    [
        ({"domains": "prepard"}, "domains", 'did you mean "prepared"?'),
        ({"domains": ["icd10"]}, "domains", "one of 'own' or 'prepared'"),
        ({"few_shot_share": 1.5}, "few_shot_share", "less than or equal to 1"),
        ({"few_shot_share": True}, "few_shot_share", "a number"),
        ({"few_shot_share": "half"}, "few_shot_share", "a number"),
        ({"shots": 0}, "shots", "greater than or equal to 1"),
        ({"shots": 1.5}, "shots", "a whole number"),
    ],
)
def test_an_impossible_option_is_refused(project: Project, options: dict[str, Any], key: str, told: str) -> None:
    (mistake,) = misfits(InstructionTuning(), changed(project, options=options))
    assert mistake.keys == ("run", "options", key)
    assert told in f"{mistake.expected} {mistake.hint}"


def test_a_subset_is_refused_as_it_would_be_of_no_task(project: Project) -> None:
    (mistake,) = misfits(InstructionTuning(), changed(project, subset=Subset(per_label=8)))
    assert mistake.keys == ("run", "subset")
    assert "cannot draw a subset" in mistake.what


def test_the_check_tells_the_line(project: Project) -> None:
    edit(project.root / "recipes/instruction/multi_domain.yaml", "few_shot_share: 0.5", "few_shot_share: 5")
    (project.root / "harness/methods").mkdir(parents=True)
    (project.root / "harness/methods/instruction.py").touch()  # so that its name is known
    told = "\n".join(map(str, recipe_problems(Project(project.root))[1]))
    assert 'multi_domain.yaml:10: "run.options.few_shot_share" is 5' in told


def test_tuning_judges_it_by_what_the_domain_is_about(prepared: Project) -> None:
    domain, recipe = domain_of(prepared), prepared.recipe(SINGLE.recipe_id)
    assert judged_views(prepared, domain, InstructionTuning().learns(domain, recipe)) == ["classify"]


def test_one_domain_is_learnt_and_comes_back_as_it_was(prepared: Project) -> None:
    record = train(prepared, SINGLE)
    assert (record.status, record.reason, record.budget_overridden) == ("ok", None, False)
    assert record.training is not None
    assert record.training.notes == {
        "examples_by_task": {"classify": 32, "describe": 32},
        "examples_after_shots": 0,
        "learnt_domains": ["hs_products"],
    }
    tuned, base = (
        get_method(name).load(load_context(prepared, SINGLE, device=prepare_device("float32")))
        for name in ("instruction", "zero_shot")
    )
    assert isinstance(tuned, LanguageModel)
    assert isinstance(base, LanguageModel)
    probes = InstructionTuning().probes(context_of(prepared))
    before, after = (probe_logits(model.model, model.tokenizer, probes) for model in (base, tuned))
    assert float((after - before).abs().max()) == pytest.approx(record.training.output_change, abs=1e-5)


def test_all_domains_are_learnt_and_the_record_says_which(prepared: Project) -> None:
    record = train(with_another_domain(prepared), MULTI)
    assert (record.status, record.reason, record.budget_overridden) == ("ok", None, True)
    assert record.training is not None
    assert record.training.examples == 64
    assert record.training.notes["learnt_domains"] == ["hs_products", "icd10"]
    assert record.training.notes["examples_after_shots"] == 32
    assert record.domains == ["hs_products"]


def test_a_domain_without_tasks_is_a_row_that_says_so(prepared: Project) -> None:
    edit(prepared.prepared_folder("hs_products") / "views.json", '"instruction": ', '"documents": ')
    record = train(prepared, MULTI)
    assert record.status == "failed"
    assert (record.reason or "").startswith("refused: it learns from instruction, and the domain hs_products has ")

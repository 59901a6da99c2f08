from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.models.loaded import LanguageModel
from harness.scoring.lm_eval.official import ask_official_lm_eval
from harness.scoring.official import UNAVAILABLE, Official

ITEMS = [
    {"question": f"Which chapter has item {n}?", "options": ["metals", "live animals", "glass"], "right": n % 3}
    for n in range(7)
]

CHOICE = """
output_type: multiple_choice
doc_to_text: "{{question}}\\nAnswer:"
doc_to_choice: "{{options}}"
doc_to_target: right
metric_list:
  - {metric: acc, aggregation: mean, higher_is_better: true}
  - {metric: acc_norm, aggregation: mean, higher_is_better: true}
metadata: {version: 3.0}
"""

WRITE = """
output_type: generate_until
doc_to_text: "{{question}}"
doc_to_target: "{{options[right]}}"
generation_kwargs: {until: "\\n", max_gen_toks: 4, SAMPLING}
metric_list:
  - {metric: exact_match, aggregation: mean, higher_is_better: true}
metadata: {version: 1.0}
"""

ROLL = """
output_type: loglikelihood_rolling
doc_to_text: ""
doc_to_target: "{{question}}"
metric_list:
  - {metric: word_perplexity}
metadata: {version: 1.0}
"""


@pytest.fixture
def own_tasks(tmp_path: Path) -> Path:
    """A folder of tasks whose data lie beside them."""
    folder = tmp_path / "tasks"
    folder.mkdir()
    for name, rows in (("all", ITEMS), ("few", ITEMS[:2])):
        (tmp_path / f"{name}.json").write_text("\n".join(json.dumps(row) for row in rows))

    def data(name: str) -> str:
        files = {"data_files": {"test": str(tmp_path / f"{name}.json")}, "cache_dir": str(tmp_path / "cache")}
        return f"dataset_path: json\ndataset_kwargs: {json.dumps(files)}\ntest_split: test\n"

    (folder / "chapters.yaml").write_text(f"task: chapters\ntag: [both]\n{data('all')}{CHOICE}")
    (folder / "few.yaml").write_text(f"task: few_chapters\ntag: [both]\n{data('few')}{CHOICE}")
    (folder / "write.yaml").write_text(f"task: write\n{data('few')}{WRITE.replace('SAMPLING', 'do_sample: false')}")
    sampling = WRITE.replace("SAMPLING", "do_sample: true, temperature: 0.7")
    (folder / "sample.yaml").write_text(f"task: sample\n{data('few')}{sampling}")
    (folder / "roll.yaml").write_text(f"task: roll\n{data('few')}{ROLL}")
    (folder / "hub.yaml").write_text(f"task: hub\ndataset_path: nobody/nothing\ntest_split: test\n{CHOICE}")
    group = (
        "group: NAME\ntask: [chapters, few_chapters]\naggregate_metric_list:\n  - {metric: acc, weight_by_size: SIZE}"
    )
    for name, size in (("weighted", "true"), ("unweighted", "false")):
        (folder / f"{name}.yaml").write_text(group.replace("NAME", name).replace("SIZE", size))
    (folder / "broken.yaml").write_text("group: broken\ntask: [chapters, hub]\n")
    (folder / "mixed.yaml").write_text("group: mixed\ntask: [chapters, write]\n")
    return folder


def ask(model: LanguageModel, folder: Path, *names: str, items: int | None = None) -> Any:
    found = ask_official_lm_eval(model, names, items=items, batch_size=4, own_tasks=folder)
    return found if len(names) > 1 else found[names[0]]


def mean(found: Official) -> float:
    return sum(sample.correct for sample in found.samples) / len(found.samples)


def test_a_task_is_scored_item_by_item(wordy_lm: LanguageModel, own_tasks: Path) -> None:
    found = ask(wordy_lm, own_tasks, "chapters")
    assert found.reason is None
    assert found.metric == "acc"
    assert set(found.metrics) == {"acc", "acc_norm"}
    assert found.metrics["acc"].n == len(found.samples) == 7
    assert found.metrics["acc"].value == pytest.approx(mean(found))
    first, second = found.samples[:2]
    assert (first.item_id, second.item_id) == ("chapters:0", "chapters:1")
    assert (first.gold, second.gold) == ("metals", "live animals")
    assert first.loglikelihoods is not None
    assert first.gold_loglikelihood == first.loglikelihoods[0]
    for sample in found.samples:
        assert sample.correct == float(sample.answer == sample.gold)


def test_the_version_names_all_that_decides_what_was_asked(tiny_lm: LanguageModel, own_tasks: Path) -> None:
    whole = ask(tiny_lm, own_tasks, "chapters").version
    for part in ("lm-eval 0.", "chapters version 3.0", "0 shots", "json", "7 items", "with chat template"):
        assert part in whole
    assert ask(tiny_lm, own_tasks, "chapters").version == whole
    assert ask(tiny_lm, own_tasks, "chapters", items=5).version != whole
    tiny_lm.tokenizer.chat_template = None
    assert ask(tiny_lm, own_tasks, "chapters").version == whole.replace("with chat", "without chat")


def test_at_most_so_many_items_are_asked(tiny_lm: LanguageModel, own_tasks: Path) -> None:
    found = ask(tiny_lm, own_tasks, "chapters", items=3)
    assert [sample.item_id for sample in found.samples] == ["chapters:0", "chapters:1", "chapters:2"]


@pytest.mark.parametrize("name", ["weighted", "both"])
def test_a_group_and_a_tag_are_the_mean_over_the_items_of_their_tasks(
    wordy_lm: LanguageModel, own_tasks: Path, name: str
) -> None:
    found = ask(wordy_lm, own_tasks, name)
    assert found.metrics["acc"].n == len(found.samples) == 9
    assert found.metrics["acc"].value == pytest.approx(mean(found))
    assert {sample.item_id.split(":")[0] for sample in found.samples} == {"chapters", "few_chapters"}
    assert "2 tasks" in found.version


def test_a_group_of_which_lm_eval_takes_the_mean_of_tasks_has_no_samples(
    wordy_lm: LanguageModel, own_tasks: Path
) -> None:
    found = ask(wordy_lm, own_tasks, "unweighted", "chapters", "few_chapters")
    parts = [found[name].metrics["acc"].value for name in ("chapters", "few_chapters")]
    assert parts[0] != parts[1]  # else the two means are one
    assert found["unweighted"].metrics["acc"].value == pytest.approx(sum(parts) / 2)
    assert found["unweighted"].samples == []


def test_what_a_model_writes_is_kept_beside_the_right_answer(wordy_lm: LanguageModel, own_tasks: Path) -> None:
    found = ask(wordy_lm, own_tasks, "write")
    assert found.metric == "exact_match"
    assert [sample.gold for sample in found.samples] == ["metals", "live animals"]
    assert found.samples[0].loglikelihoods is None
    assert found.samples[0].answer


def test_a_metric_that_is_no_share_has_a_value_and_no_samples(tiny_lm: LanguageModel, own_tasks: Path) -> None:
    found = ask(tiny_lm, own_tasks, "roll")
    assert found.metric == "word_perplexity"
    assert found.metrics["word_perplexity"].value > 1
    assert found.samples == []


def test_what_cannot_be_had_says_why_and_the_rest_runs(tiny_lm: LanguageModel, own_tasks: Path) -> None:
    found = ask(tiny_lm, own_tasks, "hub", "chaptres", "broken", "xyzzy", "chapters")
    assert list(found) == ["hub", "chaptres", "broken", "xyzzy", "chapters"]
    assert found["chapters"].reason is None
    reasons = {name: one.reason for name, one in found.items() if one.reason}
    assert all(reason.startswith(UNAVAILABLE) and "\n" not in reason for reason in reasons.values())
    assert "nobody/nothing" in reasons["hub"]
    assert "nobody/nothing" in reasons["broken"]
    assert reasons["chaptres"] == f'{UNAVAILABLE}lm-eval has no task "chaptres"; did you mean "chapters"?'
    assert reasons["xyzzy"] == f'{UNAVAILABLE}lm-eval has no task "xyzzy"'
    assert all(not found[name].metrics and not found[name].samples for name in reasons)


def test_a_task_that_wants_sampling_fails_alone(tiny_lm: LanguageModel, own_tasks: Path) -> None:
    found = ask(tiny_lm, own_tasks, "sample", "chapters")
    assert found["sample"].reason == (
        "failed: ValueError: sampling is not supported: texts are written greedily, so that they can be repeated"
    )
    assert found["chapters"].reason is None


def test_tasks_without_a_common_metric_are_not_one_number(tiny_lm: LanguageModel, own_tasks: Path) -> None:
    assert ask(tiny_lm, own_tasks, "mixed").reason == "its tasks have no metric in common; name them one by one"


def test_without_names_lm_eval_is_not_even_loaded(tiny_lm: LanguageModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "lm_eval.tasks", None)  # importing it would now fail
    assert ask_official_lm_eval(tiny_lm, [], items=None, batch_size=4) == {}

"""Let a model answer in its own words, through lm-eval."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from harness.errors import RunFailed
from harness.items.rows import Question
from harness.models.loaded import LanguageModel, LoadedModel
from harness.scoring.contract import Sample, SuiteResult, SuiteRun
from harness.scoring.lm_eval.task import evaluate

BLANK_LINE = "\n\n"


@dataclass(frozen=True)
class Answers:
    """What was written."""

    texts: list[str]
    """Per question, without blanks around; valid Unicode, perhaps empty."""
    truncated: int
    """Prompts cut on the left so that they and the answer fit the model."""
    unfinished: int
    """Answers cut off at the limit of tokens."""


def write_answers(model: LoadedModel, run: SuiteRun, *, raw: bool = False) -> Answers:
    """Let the model answer every question, greedily and in at most `run.max_new_tokens` tokens.

    `raw`: it goes on with the prompt itself, as a text without chat template, solved examples and stop texts.

    Raises:
        TypeError: the model does not write.
        RunFailed: it cannot read a prompt and write so long an answer.
    """
    from harness.scoring.lm_eval.models import TreeLM

    if not isinstance(model, LanguageModel):
        raise TypeError(f"{type(model).__name__} does not write text")
    lm = TreeLM(model, batch_size=run.batch_size, label=run.suite)
    if lm.max_length <= run.max_new_tokens:
        raise RunFailed(
            f"a model of {lm.max_length} tokens has no room for a prompt and {run.max_new_tokens} tokens of answer "
            f"(suite {run.suite})"
        )
    docs = [
        {
            "id": question.id,
            "query": question.prompt if raw else model.prompt(question, view=run.view),
            "gold": question.answer,
        }
        for question in run.questions
    ]
    stops = [] if raw else stop_texts(model, run)
    samples = evaluate(lm, f"{run.suite}_answers", docs=docs, task=_task(run, stops))
    texts = [_clean(sample["resps"][0][0]) for sample in samples]
    return Answers(texts, truncated=lm.truncated, unfinished=lm.unfinished)


def graded(
    model: LoadedModel, run: SuiteRun, grade: Callable[[str, Question], float], *, raw: bool = False
) -> SuiteResult:
    """The sample of every question, whose `correct` is what `grade` gives its answer, from 0 to 1.

    Raises:
        TypeError, RunFailed: as `write_answers`.
    """
    answers = write_answers(model, run, raw=raw)
    samples = [
        Sample(
            item_id=question.id,
            cluster=question.cluster,
            gold=question.answer,
            answer=answer,
            correct=grade(answer, question),
        )
        for question, answer in zip(run.questions, answers.texts, strict=True)
    ]
    return SuiteResult(samples, truncated=answers.truncated, unfinished=answers.unfinished)


def stop_texts(model: LanguageModel, run: SuiteRun) -> list[str]:
    """Texts that end an answer beside the end-of-turn tokens.

    Without a chat template solved examples stand apart by a blank line, and a base model goes on with the next one;
    so a blank line ends an answer, unless right answers have blank lines of their own.
    """
    right = [text for question in run.questions for text in (question.answer, *question.references)]
    plain = not getattr(model.tokenizer, "chat_template", None)
    return [BLANK_LINE] if plain and not any(BLANK_LINE in text.strip() for text in right) else []


def _task(run: SuiteRun, stops: Sequence[str]) -> dict[str, Any]:
    return {
        "output_type": "generate_until",
        "doc_to_target": "gold",
        "generation_kwargs": {
            "until": list(stops),
            "do_sample": False,
            "max_gen_toks": run.max_new_tokens,
        },
        "metric_list": [{"metric": "bypass", "aggregation": "bypass", "higher_is_better": True}],
    }


def _clean(text: str) -> str:
    """Half a surrogate pair cannot be stored as UTF-8."""
    return text.encode("utf-8", "replace").decode("utf-8").strip()

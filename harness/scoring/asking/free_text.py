"""Let a model answer in its own words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from harness.errors import RunFailed
from harness.items.rows import Question
from harness.models.encoding.chat import has_chat_template
from harness.models.loaded import LanguageModel, LoadedModel
from harness.runtime.progress import Progress
from harness.scoring.contract import Sample, SuiteResult, SuiteRun

BLANK_LINE = "\n\n"

ROWS = 4
"""Batches of `SuiteRun.batch_size` whose rows are written together: a step of writing reads one token per row, and all
weights of the model. On a CPU, 64 rows together take four fifths of the time of four times 16."""


@dataclass(frozen=True)
class Answers:
    """The texts that the model wrote."""

    texts: list[str]
    """One per question, without leading and trailing blanks; valid Unicode, possibly empty."""
    truncated: int
    """Prompts that were cut on the left so that they and the answer fit the model."""
    unfinished: int
    """Answers that were cut off at the limit of tokens."""


def write_answers(model: LoadedModel, run: SuiteRun, *, raw: bool = False) -> Answers:
    """Let the model answer every question, greedily and in at most `run.max_new_tokens` tokens.

    `raw`: the model continues the prompt as a plain text, without chat template, solved examples and stop texts.

    Raises:
        TypeError: the model does not write.
        RunFailed: the model has no room for a prompt and an answer of this length.
    """
    from harness.models.greedy import write_greedily

    if not isinstance(model, LanguageModel):
        raise TypeError(f"{type(model).__name__} does not write text")
    limit = run.max_new_tokens
    if model.max_length <= limit:
        raise RunFailed(
            f"a model of {model.max_length} tokens has no room for a prompt and {limit} tokens of answer "
            f"(suite {run.suite})"
        )
    whole = [
        model.encode_text(question.prompt) if raw else model.encode_prompt(question, view=run.view)
        for question in run.questions
    ]
    room = model.encoding.prompt_room(model.max_length, answer=limit)
    prompts = [prompt.cut(room) for prompt in whole]
    with Progress(f"write {run.suite}", total=len(prompts)) as progress:
        written = write_greedily(
            model.model,
            model.tokenizer,
            prompts=prompts,
            max_new_tokens=limit,
            stops=[] if raw else stop_texts(model, run),
            batch_size=ROWS * run.batch_size,
            on_batch=progress.advance,
        )
    return Answers(
        [_clean(one.text) for one in written],
        truncated=sum(cut is not prompt for cut, prompt in zip(prompts, whole, strict=True)),
        unfinished=sum(not one.ended for one in written),
    )


def graded(
    model: LoadedModel, run: SuiteRun, grade: Callable[[str, Question], float], *, raw: bool = False
) -> SuiteResult:
    """The sample of every question. `grade` gives its `correct`, from 0 to 1, for the written answer.

    Raises:
        TypeError: the model does not write.
        RunFailed: the model has no room for a prompt and an answer of this length.
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
    """Texts that end an answer, in addition to the end-of-turn tokens.

    Without a chat template, solved examples are separated by a blank line, and a base model goes on with another
    example. So a blank line ends an answer, unless a right answer contains one.
    """
    right = [text for question in run.questions for text in (question.answer, *question.references)]
    plain = not has_chat_template(model.tokenizer)
    return [BLANK_LINE] if plain and not any(BLANK_LINE in text.strip() for text in right) else []


def _clean(text: str) -> str:
    """Half a surrogate pair cannot be stored as UTF-8."""
    return text.encode("utf-8", "replace").decode("utf-8").strip()

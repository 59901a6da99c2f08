"""Multiple choice: a question, its options, and the right one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from string import ascii_uppercase
from typing import Any

from harness.user_files.cell_text import is_cell, is_empty, joined, value_text
from harness.user_files.columns import Columns
from harness.user_files.decision_log import DecisionLog
from harness.user_files.drafts.draft import Draft
from harness.user_files.formats.context import context_columns, with_context
from harness.user_files.formats.contract import RecordFormat
from harness.user_files.formats.dialogue import Turn
from harness.user_files.formats.multiple_choice.answer_key import can_be_answer, right_places
from harness.user_files.formats.multiple_choice.options import (
    LISTS,
    Option,
    Options,
    distractor_columns,
    distractors_of,
    option_columns,
    options_of,
)
from harness.user_files.record import Record

NO_OPTIONS = "questions with fewer than two options were left out"
UNKNOWN_ANSWER = "questions whose answer is none of their options were left out"
_QUESTIONS = ("question", "question_stem", "stem", "prompt", "query", "problem", "goal", "ctx", "sentence", "input")
_PASSAGES = ("support", "passage", "article", "context", "paragraph", "background", "fact1")
_ANSWERS = (
    *("answer", "answerKey", "answer_key", "answer_idx", "answer_index", "correct", "correct_answer"),
    *("correct_option", "correct_choice", "cop", "label", "gold", "target"),
)


class MultipleChoice(RecordFormat):
    """A question with listed options; the right one is named by letter, place or text.

    The text is the passage, if there is one, the question, and the options in lines such as `A. Paris`. The answer is
    the text of the right option, and the other options are the wrong answers. Options are a list or an object
    (`choices`, `options`; ARC: Clark et al., 2018; MMLU: Hendrycks et al., 2021), or columns (`A`, `B`; `option_a`;
    `sol1`). Files may also give the wrong options apart (`correct_answer`, `distractor1`; SciQ: Welbl et al., 2017);
    then the options are listed in the order of the alphabet.
    """

    name = "multiple_choice"
    title = "multiple choice (question, choices or A, B, C, D, answer)"
    needs = ("text", "answer", "wrong_answers")

    def fits(self, value: Mapping[str, Any]) -> bool:
        """The record has a question, at least two options, and an answer that names one of them."""
        if _question_column(value.keys()) is None:
            return False
        if "correct_answer" in value and is_cell(value["correct_answer"]) and distractors_of(value):
            return True
        options, column = options_of(value), _answer_column(value.keys())
        return options is not None and column is not None and can_be_answer(value[column], options)

    def drafts(self, records: Sequence[Record], columns: Columns, *, decisions: DecisionLog) -> Iterator[Draft]:
        """One draft per question with a right option."""
        with_options = [(record, options) for record in records if (options := _options(record.value))]
        decisions.count(NO_OPTIONS, len(records) - len(with_options))
        names = dict.fromkeys(name for record in records for name in record.value)
        column = _answer_column(names) or _ANSWERS[0]
        answers = [record.value.get(column) for record, _ in with_options]
        file = records[0].file if records else ""
        places = right_places(answers, [options for _, options in with_options], column=column, file=file)
        for (record, options), place in zip(with_options, places, strict=True):
            if place is None:
                decisions.count(UNKNOWN_ANSWER)
                continue
            text = with_context(record, [Turn("user", _text(record.value, options))], columns, decisions)
            if text is not None:
                texts = [option.text for option in options.listed]
                yield Draft(record, text, answer=texts[place], wrong_answers=(*texts[:place], *texts[place + 1 :]))

    def reads(self, names: Collection[str], columns: Columns) -> set[str]:
        """Question, passage, options, answer and context."""
        listed = next(({name} for name in LISTS if name in names), None) or set(option_columns(names))
        single = {name for name in (_question_column(names), _answer_column(names)) if name}
        return single | listed | _passages(names) | distractor_columns(names) | context_columns(names, columns)


def _options(value: Mapping[str, Any]) -> Options | None:
    wrong = distractors_of(value)
    right = value_text(value.get("correct_answer")) if is_cell(value.get("correct_answer")) else None
    if not wrong or not right:
        return options_of(value)
    texts = sorted({right.strip(), *(text.strip() for text in wrong)}, key=lambda text: (text.casefold(), text))
    listed = (Option(label, text) for label, text in zip(ascii_uppercase, texts, strict=False))
    return Options(tuple(listed), are_labelled=True) if len(texts) > 1 else None


def _text(value: Mapping[str, Any], options: Options) -> str:
    asked = value.get(_question_column(value.keys()) or "")
    if isinstance(asked, dict):
        asked = asked.get("stem")
    passages = [value[name] for name in _PASSAGES if name in _passages(value.keys()) and not is_empty(value[name])]
    cells = [value_text(cell) if is_cell(cell) else None for cell in (*passages, asked)]
    labels = ascii_uppercase if not options.are_labelled else [option.label for option in options.listed]
    lines = [f"{label}. {option.text}" for label, option in zip(labels, options.listed, strict=False)]
    return joined(*cells, "\n".join(lines))


def _question_column(names: Collection[str]) -> str | None:
    return next((name for name in _QUESTIONS if name in names), None)


def _answer_column(names: Collection[str]) -> str | None:
    """The column of the right option. Options in columns A, B, C may be anything if the answer is named `label`."""
    if "A" in option_columns(names) or "a" in option_columns(names):
        return next((name for name in _ANSWERS if name in names and name not in ("label", "target")), None)
    return next((name for name in _ANSWERS if name in names), None)


def _passages(names: Collection[str]) -> set[str]:
    return {name for name in _PASSAGES if name in names} - {_question_column(names) or ""}

"""One domain: the file `data/domains/<domain>.yaml`."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from harness.config.strict import StrictModel

MOST_FOLDS = 20
"""Each fold is a training of every recipe."""

MediaKind = Literal["image", "audio", "table"]
"""Kind of the files that the items of a domain have."""


class Splits(StrictModel):
    """Number of items in each split. A cluster is never divided, and all other items are training items."""

    validation: int = Field(default=0, ge=0)
    """Validation items, by which learning rates are tuned."""
    test: int = Field(default=0, ge=0)
    """Test items, which alone are reported."""
    per_cluster: int | None = Field(default=None, gt=0)
    """Largest number of validation or test items from one cluster. The other items of that cluster are not used.

    Items of one cluster tend to be easy or hard together. So the same number of items from more clusters gives a
    narrower interval.
    """
    seed: int = Field(default=0, ge=0)
    """Of the draw. Another seed gives other splits."""
    folds: int | None = Field(default=None, ge=2, le=MOST_FOLDS)
    """Cross-validation for few items, in place of all sizes: each item is a test item of one of so many folds, and each
    fold trains on the others (harness/domains/folds.py)."""

    @model_validator(mode="after")
    def _sizes_or_folds(self) -> Self:
        if self.folds is None and not (self.validation and self.test):
            raise ValueError("give `validation` and `test`, each above 0, or `folds`")
        if self.folds is not None and (self.validation or self.test or self.per_cluster):
            raise ValueError("with `folds` every item is tested once: remove `validation`, `test` and `per_cluster`")
        return self


class _PromptTask(StrictModel):
    """A task with one fixed wording, and further wordings for instruction tuning."""

    templates: list[str] = Field(default_factory=list)
    """Other natural wordings with the same placeholders as `prompt`. The view `instruction` uses all of them."""


class ClassifyTask(_PromptTask):
    """Choose the label of an item."""

    prompt: str = Field(pattern=r"\{text\}")
    """The prompt. `{text}` is replaced by the item's text, `{labels}` by the list of all labels."""
    label_names: dict[str, str] = Field(default_factory=dict)
    """Label in the source -> the short answer that a model should give. Empty: the label itself."""


class AnswerTask(_PromptTask):
    """Answer a question in free text."""

    prompt: str = Field(default="{text}", pattern=r"\{text\}")
    """`{text}` is replaced by the item's question or instruction."""
    choices: int = Field(default=4, ge=2)
    """Most choices that a question offers: the right answer and wrong ones. Where questions list more options, this
    must be larger, because all options of a question are its choices."""


class DescribeTask(_PromptTask):
    """Describe what a code stands for. The item's text is the answer."""

    prompt: str = Field(pattern=r"\{code\}")
    """The prompt. `{code}` is replaced by the item's code."""


class UnanswerableTask(StrictModel):
    """Describe codes, half of which do not exist. The right answer to those is to decline."""

    prompt: str = Field(pattern=r"\{code\}")
    """The prompt. It must contain `{unknown}`, so that the model knows how to decline."""
    unknown: str = "There is no such code."
    """The right answer to a code that does not exist."""
    items: int = Field(default=150, gt=0)
    """Number of items per split. Each gives a question about its own code and one about a code that does not exist."""


class GroundedTask(StrictModel):
    """Answer from an extract. Where the extract does not hold the answer, the right answer is to decline."""

    prompt: str = Field(pattern=r"\{passage\}")
    """The prompt. `{passage}` is replaced by the extract, `{unknown}` by the words that decline. With `{code}`, the
    lines of the extract are codes with descriptions. With `{text}`, the item's question, they are answers."""
    unknown: str = "The extract does not say."
    """The right answer where the extract does not hold it."""
    items: int = Field(default=75, gt=0)
    """Number of items per split. Each gives two questions: one whose extract holds the answer, one whose does not."""

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if "{unknown}" not in self.prompt:
            raise ValueError("the prompt does not say how to decline: it needs {unknown}")
        if ("{code}" in self.prompt) == ("{text}" in self.prompt):
            raise ValueError("the prompt needs either {code} or {text}")
        return self


class TranslateTask(_PromptTask):
    """Translate between the domain's language and its second language, in both directions."""

    prompt: str = Field(pattern=r"\{text\}")
    """The prompt. `{language}` is replaced by the name of the target language."""
    languages: dict[str, str] = Field(min_length=2, max_length=2)
    """Language code -> English name: first the domain's language, then the second language."""


class ClaimsTask(StrictModel):
    """Judge statements about the domain. Half of them are true."""

    prompt: str = Field(pattern=r"\{claim\}")
    """The prompt. `{claim}` is replaced by the statement."""
    claim: str = Field(pattern=r"\{text\}.*\{label\}|\{label\}.*\{text\}")
    """The statement, made of an item's `{text}` and a `{label}`, which is right or wrong."""
    true: str = "True"
    """The right answer to a true statement."""
    false: str = "False"
    """The right answer to a false statement."""
    items: int = Field(default=150, gt=0)
    """Number of items per split. Each gives one true and one false claim."""


class ObjectsTask(StrictModel):
    """Say whether something is in a picture. Half of the questions are about something that is not."""

    prompt: str = Field(pattern=r"\{object\}")
    """The prompt. `{object}` is replaced by words such as `a red circle`."""
    yes: str = "yes"
    """The answer where it is there."""
    no: str = "no"
    """The answer where it is not."""
    items: int = Field(default=150, gt=0)
    """Number of pictures per split. Each gives one question about what it shows and one about what it does not."""


class CompareTask(StrictModel):
    """Say which of two texts people rated higher. The item's answer is the better text, its wrong answers are worse."""

    prompt: str = Field(min_length=1)
    """The prompt that both texts answer: it asks for a text that people rate highly; the same for all pairs."""


class Domain(StrictModel):
    """A field of work whose items a model should learn. Only tasks that are given have views."""

    title: str
    """Name of the domain in data cards."""
    summary: str
    """What the items are and where they come from."""
    language: str = Field(default="en", pattern=r"^[a-z]{2,3}$")
    """ISO 639 code of the texts."""
    media: MediaKind | None = None
    """What the items show beside their text; null: nothing. The builder makes these files."""
    builder: str
    """Name of the module in harness/domains/builders/ that turns the source into items."""
    source: str
    """Name in data/sources.yaml."""
    options: dict[str, Any] = Field(default_factory=dict)
    """Options of the builder. Each builder checks its own."""
    splits: Splits
    """How many items are held out."""
    fold_of: str | None = None
    """In the file of a fold, which `harness domain` writes: the domain that it is a fold of."""
    fold: int | None = Field(default=None, ge=1)
    """In the file of a fold: its number, from 1 to `splits.folds`."""
    classify: ClassifyTask | None = None
    """Task: choose the label."""
    answer: AnswerTask | None = None
    """Task: answer in free text."""
    describe: DescribeTask | None = None
    """Task: describe a code."""
    unanswerable: UnanswerableTask | None = None
    """Task: describe codes, some of which do not exist."""
    grounded: GroundedTask | None = None
    """Task: answer from an extract."""
    translate: TranslateTask | None = None
    """Task: translate."""
    claims: ClaimsTask | None = None
    """Task: judge statements."""
    objects: ObjectsTask | None = None
    """Task: say what is in a picture."""
    compare: CompareTask | None = None
    """Task: say which of two texts people rated higher."""

    @model_validator(mode="after")
    def _is_whole_fold(self) -> Self:
        if (self.fold_of is None) != (self.fold is None):
            raise ValueError("`fold_of` and `fold` come together: `harness domain folds NAME` writes both")
        if self.fold is not None and self.fold > (self.splits.folds or 0):
            raise ValueError(f"fold {self.fold} needs `splits: {{folds: {self.fold}}}` or more")
        return self

    @property
    def is_split_in_folds(self) -> bool:
        """Whether its folds are prepared and learnt in its place."""
        return self.splits.folds is not None and self.fold is None

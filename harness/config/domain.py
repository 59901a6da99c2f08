"""One domain = one file: `data/domains/<domain>.yaml`."""

from __future__ import annotations

from typing import Any, Self

from pydantic import Field, model_validator

from harness.config.strict import StrictModel


class Splits(StrictModel):
    """How many items each split gets; whole clusters go to one split, the rest is training."""

    validation: int = Field(gt=0)
    test: int = Field(gt=0)
    per_cluster: int | None = Field(default=None, gt=0)
    """At most this many validation or test items of one cluster; the others of that cluster are set aside.

    Items of one cluster are easy or hard together, so the same number of items from more clusters gives a
    narrower interval.
    """
    seed: int = Field(default=0, ge=0)


class _PromptTask(StrictModel):
    """A task with its fixed wording, and further wordings for instruction tuning."""

    templates: list[str] = Field(default_factory=list)
    """Other natural ways to ask, with the same placeholders as `prompt`; the view `instruction` uses them all."""


class ClassifyTask(_PromptTask):
    """The question that is put to a language model, and the names of the answers."""

    prompt: str = Field(pattern=r"\{text\}")
    """The user's turn; `{text}` is replaced by the item, `{labels}` by all labels."""
    label_names: dict[str, str] = Field(default_factory=dict)
    """Label as the source spells it -> the short answer a model gives. Empty: the label itself."""


class AnswerTask(_PromptTask):
    """A reply in free text."""

    prompt: str = Field(default="{text}", pattern=r"\{text\}")
    """`{text}` is replaced by the item's question or instruction."""


class DescribeTask(_PromptTask):
    """What does this code stand for? The item's text is the answer."""

    prompt: str = Field(pattern=r"\{code\}")


class UnanswerableTask(StrictModel):
    """The same of codes of which half do not exist; the right answer to those is to say so."""

    prompt: str = Field(pattern=r"\{code\}")
    """Must tell the model how to decline: with `{unknown}`."""
    unknown: str = "There is no such code."
    items: int = Field(default=150, gt=0)
    """Items per split; each gives one question about its own code and one about a code that does not exist."""


class GroundedTask(StrictModel):
    """A question about an extract, which holds the answer or does not; then the right answer is to say so."""

    prompt: str = Field(pattern=r"\{passage\}")
    """`{passage}` is the extract, `{unknown}` tells the model how to decline. With `{code}` the lines of the extract
    are codes with their descriptions; with `{text}`, the item's question, they are answers to questions."""
    unknown: str = "The extract does not say."
    items: int = Field(default=75, gt=0)
    """Items per split; each gives one question whose extract holds the answer, and one whose extract does not."""

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if "{unknown}" not in self.prompt:
            raise ValueError("the prompt does not say how to decline: it needs {unknown}")
        if ("{code}" in self.prompt) == ("{text}" in self.prompt):
            raise ValueError("the prompt needs either {code} or {text}")
        return self


class TranslateTask(_PromptTask):
    """From the domain's language into its second one, and back."""

    prompt: str = Field(pattern=r"\{text\}")
    """`{language}` is replaced by the name of the language to translate into."""
    languages: dict[str, str] = Field(min_length=2, max_length=2)
    """Code -> English name of the domain's language and of the second one, in this order."""


class ClaimsTask(StrictModel):
    """True and false statements about the domain, equally many of each."""

    prompt: str = Field(pattern=r"\{claim\}")
    claim: str = Field(pattern=r"\{text\}.*\{label\}|\{label\}.*\{text\}")
    true: str = "True"
    false: str = "False"
    items: int = Field(default=150, gt=0)
    """Items per split that claims are made of; each gives one true and one false claim."""


class Domain(StrictModel):
    """A field of work whose items a model should learn. A task that is not given has no view."""

    title: str
    summary: str
    language: str = Field(default="en", pattern=r"^[a-z]{2,3}$")
    builder: str
    """Name of the module in harness/domains/builders/ that turns the source into items."""
    source: str
    """Name in data/sources.yaml."""
    options: dict[str, Any] = Field(default_factory=dict)
    """What the builder wants to know; each builder checks its own."""
    splits: Splits
    classify: ClassifyTask | None = None
    answer: AnswerTask | None = None
    describe: DescribeTask | None = None
    unanswerable: UnanswerableTask | None = None
    grounded: GroundedTask | None = None
    translate: TranslateTask | None = None
    claims: ClaimsTask | None = None

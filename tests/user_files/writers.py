"""A small writer for each record format: what a record says, as that format has it, and the item it should become."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from harness.items.item import Item

Facts = tuple[str, str, str, str]
"""Four different texts: question, context or system prompt, good reply, bad reply."""


@dataclass(frozen=True)
class Writer:
    """How one format spells some facts, and what should be read."""

    record: Callable[[Facts], dict[str, Any]]
    item: Callable[[Facts], Item]
    flat: bool = True


def _item(**fields: Any) -> Item:
    return Item(id="", cluster="", **fields)


def _answer(facts: Facts) -> Item:
    return _item(text=facts[0], answer=facts[2])


def _answer_in_context(facts: Facts) -> Item:
    return _item(text=f"{facts[0]}\n\n{facts[1]}", answer=facts[2])


def _answer_after_system(facts: Facts) -> Item:
    return _item(text=f"{facts[1]}\n\n{facts[0]}", answer=facts[2])


def _preferred(facts: Facts) -> Item:
    return _item(text=facts[0], answer=facts[2], wrong_answers=(facts[3],))


def _chosen_second(facts: Facts) -> Item:
    return _item(text=f"{facts[0]}\n\nA. {facts[3]}\nB. {facts[2]}", answer=facts[2], wrong_answers=(facts[3],))


def _found(facts: Facts) -> Item:
    return _item(text=facts[0], anchors=(facts[0],), positive=facts[2], negatives=(facts[3],))


def _turns(*turns: tuple[str, str]) -> list[dict[str, str]]:
    return [{"role": role, "content": words} for role, words in turns]


def _tree(facts: Facts) -> dict[str, Any]:
    replies = [
        {"role": "assistant", "text": facts[3], "rank": 1, "replies": []},
        {"role": "assistant", "text": facts[2], "rank": 0, "replies": []},
    ]
    return {"prompt": {"role": "prompter", "text": facts[0], "replies": replies}}


def _hh(question: str, reply: str) -> str:
    return f"\n\nHuman: {question}\n\nAssistant: {reply}"


WRITERS: dict[str, Writer] = {
    "prompt_completion": Writer(lambda f: {"prompt": f[0], "completion": f[2]}, _answer),
    "prompt_completion, by other names": Writer(lambda f: {"question": f[0], "answer": f[2], "source": f[1]}, _answer),
    "prompt_completion, of messages": Writer(
        lambda f: {"prompt": _turns(("user", f[0])), "completion": _turns(("assistant", f[2]))}, _answer, flat=False
    ),
    "text_label": Writer(
        lambda f: {"text": f[0], "label": f[2]}, lambda f: _item(text=f[0], label=" ".join(f[2].split()))
    ),
    "text_label, by other names": Writer(
        lambda f: {"Review": f[0], "Category": f[2]}, lambda f: _item(text=f[0], label=" ".join(f[2].split()))
    ),
    "alpaca": Writer(lambda f: {"instruction": f[0], "input": f[1], "output": f[2]}, _answer_in_context),
    "alpaca, without input": Writer(lambda f: {"instruction": f[0], "input": "", "output": f[2]}, _answer),
    "dolly": Writer(
        lambda f: {"instruction": f[0], "context": f[1], "response": f[2], "category": "open_qa"}, _answer_in_context
    ),
    "open_orca": Writer(lambda f: {"system_prompt": f[1], "question": f[0], "response": f[2]}, _answer_after_system),
    "flan": Writer(lambda f: {"inputs": f[0], "targets": f[2], "task": "qa"}, _answer),
    "share_gpt": Writer(
        lambda f: {"conversations": [{"from": "human", "value": f[0]}, {"from": "gpt", "value": f[2]}]},
        _answer,
        flat=False,
    ),
    "openai_messages": Writer(
        lambda f: {"messages": _turns(("system", f[1]), ("user", f[0]), ("assistant", f[2]))},
        _answer_after_system,
        flat=False,
    ),
    "super_natural_instructions": Writer(
        lambda f: {
            "Definition": [f[1]],
            "Positive Examples": [{"input": "a", "output": "b"}],
            "Instances": [{"input": f[0], "output": [f[2], f[3]]}],
        },
        lambda f: _item(text=f"{f[1]}\n\n{f[0]}", answer=f[2], other_answers=(f[3],)),
        flat=False,
    ),
    "open_assistant": Writer(_tree, _preferred, flat=False),
    "preference": Writer(lambda f: {"prompt": f[0], "chosen": f[2], "rejected": f[3]}, _preferred),
    "preference, of messages": Writer(
        lambda f: {
            "chosen": _turns(("user", f[0]), ("assistant", f[2])),
            "rejected": _turns(("user", f[0]), ("assistant", f[3])),
        },
        _preferred,
        flat=False,
    ),
    "preference, as in hh-rlhf": Writer(lambda f: {"chosen": _hh(f[0], f[2]), "rejected": _hh(f[0], f[3])}, _preferred),
    "preference, of messages by other names": Writer(
        lambda f: {
            "chosen_messages": _turns(("user", f[0]), ("assistant", f[2])),
            "rejected_messages": _turns(("user", f[0]), ("assistant", f[3])),
        },
        _preferred,
        flat=False,
    ),
    "preference, as OpenAI has it": Writer(
        lambda f: {
            "input": {"messages": _turns(("system", f[1]), ("user", f[0]))},
            "preferred_output": _turns(("assistant", f[2])),
            "non_preferred_output": _turns(("assistant", f[3])),
        },
        lambda f: _item(text=f"{f[1]}\n\n{f[0]}", answer=f[2], wrong_answers=(f[3],)),
        flat=False,
    ),
    "two_replies": Writer(
        lambda f: {"history": f[0], "human_ref_A": f[3], "human_ref_B": f[2], "labels": 0}, _preferred
    ),
    "two_replies, with a winner": Writer(
        lambda f: {"prompt": f[0], "response_a": f[2], "response_b": f[3], "winner": "model_a"}, _preferred
    ),
    "scored_replies": Writer(
        lambda f: {
            "instruction": f[0],
            "completions": [{"response": f[3], "score": 2.5}, {"response": f[2], "score": 4}],
        },
        _preferred,
        flat=False,
    ),
    "scored_replies, with a list of scores": Writer(
        lambda f: {"prompt": f[0], "responses": [f[2], f[3]], "scores": [1, -1]}, _preferred, flat=False
    ),
    "multiple_choice": Writer(
        lambda f: {"question": f[0], "choices": [f[3], f[2]], "answer": "B"}, _chosen_second, flat=False
    ),
    "multiple_choice, as in ARC": Writer(
        lambda f: {"question": f[0], "choices": {"text": [f[3], f[2]], "label": ["A", "B"]}, "answerKey": "B"},
        _chosen_second,
        flat=False,
    ),
    "multiple_choice, in columns": Writer(
        lambda f: {"question": f[0], "A": f[3], "B": f[2], "answer": "B"}, _chosen_second
    ),
    "triplet": Writer(lambda f: {"anchor": f[0], "positive": f[2], "negative": f[3]}, _found),
    "triplet, with a list": Writer(
        lambda f: {"query": f[0], "positive": f[2], "negatives": [f[3]]}, _found, flat=False
    ),
    "triplet, numbered": Writer(lambda f: {"query": f[0], "positive": f[2], "negative_1": f[3]}, _found),
    "plain_text": Writer(lambda f: {"text": f[0]}, lambda f: _item(text=f[0], is_document=True)),
}
"""Name of the format, and after a comma what is special -> writer."""

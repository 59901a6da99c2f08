from harness.user_files.formats.conversations import NO_REPLY, TRAILING
from harness.user_files.formats.dialogue import UNKNOWN_ROLE, UNREAD_PART
from tests.user_files.drafted import drafted


def test_conversations_without_a_reply_are_counted_and_so_is_what_follows_the_last_one() -> None:
    user, reply = {"from": "human", "value": "a"}, {"from": "gpt", "value": "b"}
    drafts, notes = drafted(
        "share_gpt",
        {"conversations": [user, reply, user]},
        {"conversations": [user]},
        {"conversations": [reply]},
        {"conversations": None},
    )
    assert [(draft.text, draft.answer) for draft in drafts] == [("a", "b")]
    assert notes == {TRAILING: 1, NO_REPLY: 3}


def test_a_reply_after_something_that_cannot_be_read_leaves_the_record_out() -> None:
    picture = {"role": "user", "content": [{"type": "image_url", "image_url": "x"}]}
    reply = {"role": "assistant", "content": "A cat."}
    stranger = {"role": "moderator", "content": "Stop."}
    user = {"role": "user", "content": "Hi"}
    drafts, notes = drafted(
        "openai_messages",
        {"messages": [picture, reply]},
        {"messages": [user, stranger, reply]},
        {"messages": [user, reply, stranger, picture]},
    )
    assert [(draft.text, draft.answer) for draft in drafts] == [("Hi", "A cat.")]
    assert notes == {UNREAD_PART.format(name="image_url"): 1, UNKNOWN_ROLE.format(name="moderator"): 1, TRAILING: 1}


def test_a_call_of_a_tool_after_the_last_reply_is_counted_as_cut_off() -> None:
    turns = [("human", "a"), ("gpt", "b"), ("human", "c"), ("function_call", "{}")]
    drafts, notes = drafted("share_gpt", {"conversations": [{"from": name, "value": said} for name, said in turns]})
    assert [(draft.text, draft.answer) for draft in drafts] == [("a", "b")]
    assert notes == {TRAILING: 1}


def test_a_reply_that_is_a_picture_leaves_the_record_out() -> None:
    picture = {"role": "assistant", "content": [{"type": "image", "image": "x"}]}
    drafts, notes = drafted("openai_messages", {"messages": [{"role": "user", "content": "Draw a cat."}, picture]})
    assert (drafts, notes) == ([], {UNREAD_PART.format(name="image"): 1})

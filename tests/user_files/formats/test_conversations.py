from harness.user_files.formats.conversations import NO_REPLY, TRAILING
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

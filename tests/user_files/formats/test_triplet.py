from tests.user_files.drafted import drafted


def test_negatives_are_a_text_a_list_or_numbered() -> None:
    base = {"anchor": "a", "positive": "p"}
    drafts, _ = drafted(
        "triplet",
        base,
        {**base, "negative": "n"},
        {**base, "negatives": ["n", None, "m"]},
        {**base, "negative_10": "c", "negative_2": "b", "negative_1": "a"},
    )
    assert [draft.negatives for draft in drafts] == [(), ("n",), ("n", "m"), ("a", "b", "c")]

from hypothesis import given
from hypothesis import strategies as st

from harness.models.prefix import common_prefix
from harness.scoring.likelihood.token_tree import TokenTree

tokens = st.lists(st.integers(0, 3), min_size=1, max_size=6).map(tuple)


@given(st.lists(tokens, min_size=1, max_size=12))
def test_a_path_leads_through_every_token_of_its_continuation(continuations: list[tuple[int, ...]]) -> None:
    tree = TokenTree.of(continuations)
    for continuation in continuations:
        path = tree.path(continuation)
        assert tuple(token for _, token in path) == continuation
        assert path[0][0] == -1
        for (node, _), token in zip(path[1:], continuation, strict=False):
            assert tree.tokens[node] == token


@given(st.lists(tokens, min_size=1, max_size=12))
def test_a_node_sees_exactly_its_ancestors_and_itself(continuations: list[tuple[int, ...]]) -> None:
    tree = TokenTree.of(continuations)
    for place, row in enumerate(tree.visible()):
        expected = set()
        node = place
        while node >= 0:
            expected.add(node)
            node = tree.parents[node]
        assert {i for i, seen in enumerate(row) if seen} == expected
        assert len(expected) == tree.depths[place] + 1


def test_shared_beginnings_are_one_node() -> None:
    tree = TokenTree.of([(1, 2, 3), (1, 2, 4), (1, 5)])
    assert tree.tokens == [1, 2]  # the last token of each is scored, never read


@given(st.lists(tokens, min_size=1, max_size=6))
def test_the_common_prefix_is_shared_by_all_and_cannot_be_longer(sequences: list[tuple[int, ...]]) -> None:
    length = common_prefix(sequences)
    assert len({sequence[:length] for sequence in sequences}) == 1
    longer = {sequence[: length + 1] for sequence in sequences}
    assert len(longer) > 1 or min(map(len, sequences)) == length

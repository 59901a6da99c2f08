import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.errors import ConfigError
from harness.texts.near_index import NEAR, SHORT, NearIndex, bands, folded, jaccard, shingles

ROOT = Path(__file__).resolve().parents[2]
COTTON = "Woven fabrics of cotton, containing 85 % or more by weight of cotton, printed"


@pytest.mark.parametrize(
    "text", ["Horses; live, pure-bred", "a", "", " \n", "two  spaces\tand\nlines", "日本語のテキストです", "İzmir ẞ"]
)
def test_shingles_are_those_of_scikit_learn(text: str) -> None:
    from sklearn.feature_extraction.text import CountVectorizer

    analyse = CountVectorizer(analyzer="char_wb", ngram_range=(5, 5)).build_analyzer()
    assert shingles(text) == set(analyse(text))


@given(st.floats(0.05, 1))
def test_the_bands_find_a_pair_at_the_threshold_with_more_than_99_percent_probability(near: float) -> None:
    count, rows = bands(near)
    assert rows == 1 or 1 - (1 - near**rows) ** count > 0.99


def test_the_bands_of_the_default_threshold_are_16_of_5() -> None:
    assert bands(NEAR) == (16, 5)


def test_a_near_text_is_found_and_a_far_one_is_not() -> None:
    index = NearIndex()
    index.add("cotton", COTTON)
    index.add("pumps", "Reciprocating pumps for liquids, with a measuring device")
    assert index.find(COTTON + ".") == ["cotton"]


def test_the_exact_jaccard_decides() -> None:
    a, b = "abcdefgh ijklmnop", "abcdefgh qrstuvwx"
    exact = jaccard(shingles(a), shingles(b))
    assert exact == pytest.approx(1 / 3)
    for near, found in ((exact, ["a"]), (exact + 1e-6, [])):
        index = NearIndex(near=near)
        index.add("a", a)
        assert index.find(b) == found


def test_a_short_text_is_found_by_its_equal_only() -> None:
    index = NearIndex(near=0.1)
    index.add("1", "Yes, please")
    assert len(shingles("Yes, please")) < SHORT
    assert index.find("yes,  PLEASE ") == ["1"]
    assert index.find("Yes, pleased") == []


def test_every_key_of_a_repeated_text_is_found_once() -> None:
    index = NearIndex()
    for key, text in (("a", COTTON), ("b", COTTON.upper()), ("a", COTTON + "."), ("c", "other")):
        index.add(key, text)
    assert index.find(COTTON) == ["a", "b"]


@pytest.mark.parametrize("near", [0, -0.5, 1.01, float("nan")])
def test_an_impossible_similarity_is_refused(near: float) -> None:
    with pytest.raises(ConfigError, match="similarity"):
        NearIndex(near=near)


words = st.sampled_from(["cotton", "woven", "printed", "fabric", "silk", "weight", "other", "dyed", "of", "85 %"])
phrases = st.lists(words, min_size=1, max_size=14).map(" ".join)


@settings(max_examples=60)
@given(st.lists(phrases, max_size=25), st.lists(phrases, max_size=10))
def test_what_is_found_is_what_comparing_each_with_each_finds(known: list[str], asked: list[str]) -> None:
    index = NearIndex()
    for place, text in enumerate(known):
        index.add(str(place), text)
    for text in asked:
        expected = {str(place) for place, other in enumerate(known) if near_by_definition(text, other)}
        found = index.find(text)
        assert set(found) <= expected, "never what is not there"
        surely = {str(place) for place, other in enumerate(known) if sure_to_be_found(text, other)}
        assert surely <= set(found)


def near_by_definition(a: str, b: str) -> bool:
    if folded(a) == folded(b):
        return True
    return min(len(shingles(a)), len(shingles(b))) >= SHORT and jaccard(shingles(a), shingles(b)) >= NEAR


def sure_to_be_found(a: str, b: str) -> bool:
    """Hashing may miss a pair at the threshold; one with the same 5-grams has the same minima."""
    return near_by_definition(a, b) and (folded(a) == folded(b) or shingles(a) == shingles(b))


def test_of_many_near_pairs_nearly_all_are_found() -> None:
    import random

    rng = random.Random(0)
    alphabet = "abcdefghijklmnopqrstuvwxyz"
    found = total = 0
    for _ in range(400):
        text = " ".join("".join(rng.choices(alphabet, k=8)) for _ in range(10))
        other = " ".join([*text.split()[1:], "".join(rng.choices(alphabet, k=8))])  # 9 of 11 words: 0.82
        index = NearIndex()
        index.add("", text)
        total += near_by_definition(text, other)
        found += bool(index.find(other))
    assert total == 400
    assert found >= 0.99 * total


def test_another_process_with_another_hash_seed_finds_the_same() -> None:
    script = (
        "import random\n"
        "from harness.texts.near_index import NearIndex\n"
        "rng = random.Random(3)\n"
        "index, vocabulary = NearIndex(near=0.3), [f'word{i}' for i in range(40)]\n"
        "texts = [' '.join(rng.choices(vocabulary, k=8)) for _ in range(200)]\n"
        "for place, text in enumerate(texts): index.add(str(place), text)\n"
        "print([index.find(text) for text in texts])\n"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "4242")
    }
    assert len(outputs) == 1
    assert "', '" in outputs.pop(), "some texts must have neighbours"

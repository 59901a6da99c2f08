from harness.texts.rare_words import rare_words


def test_texts_of_one_template_keep_what_differs() -> None:
    texts = {n: f"What is the stock of part {n} today? It is {n * 7 + 100} pieces." for n in range(8)}
    assert rare_words(texts)[3] == "3 121"


def test_a_text_of_common_words_only_and_few_texts_stay_whole() -> None:
    assert rare_words(dict.fromkeys(range(6), "the same words"))[0] == "the same words"
    assert rare_words({0: "a b", 1: "a c"}) == {0: "a b", 1: "a c"}

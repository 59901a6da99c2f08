from harness.texts.shared_parts import own_parts

TASK = "Classify the following customer message into one of the topics and reply with the name of the desk only: "
NOUNS = ("kettle", "lamp", "bicycle", "printer", "radio", "heater", "drill", "freezer", "toaster", "scanner")
OWN = [f"{noun} of {place} is broken" for place, noun in enumerate(NOUNS)]


def parts(*texts: str) -> list[str]:
    return list(own_parts(dict(enumerate(texts))).values())


def test_a_task_before_and_after_the_text_is_set_aside() -> None:
    assert parts(*(f"{TASK}{text}\nAnswer with one word." for text in OWN)) == [
        text.removesuffix(" is broken") for text in OWN
    ]


def test_a_task_that_only_most_texts_have_is_set_aside_there() -> None:
    assert parts(*(TASK + text for text in OWN[:6]), *OWN[6:])[:7] == [*OWN[:6], OWN[6]]


def test_several_long_wordings_are_set_aside() -> None:
    wordings = [
        TASK,
        TASK.replace("Classify", "Please sort"),
        "Welches Thema hat die Nachricht des Kunden, die hier folgt: ",
    ]
    texts = [
        wording + text for wording in wordings for text in (f"{noun} {place}?" for place, noun in enumerate(NOUNS))
    ]
    assert parts(*texts) == [f"{noun} {place}?" for noun, place in zip(NOUNS * 3, [*range(10)] * 3, strict=True)]


def test_a_usual_beginning_of_some_texts_stays() -> None:
    texts = [f"how do I reset my {noun} when it is {state}" for noun in NOUNS[:3] for state in ("hot", "cold")]
    others = [f"{noun} number {place}" for place, noun in enumerate(NOUNS)]
    assert parts(*texts, *others) == [*texts, *others]


def test_texts_in_a_script_without_blanks_lose_their_task_too() -> None:
    texts = [
        f"请把下面的客户消息分到一个主题并只回答柜台的名称：{own}"
        for own in ("水壶坏了", "灯不亮", "太吵", "丢了", "晚到")
    ]
    assert parts(*texts) == ["水壶坏了", "灯不亮", "太吵", "丢了", "晚到"]


def test_few_texts_and_texts_of_shared_parts_only_stay_whole() -> None:
    assert parts(TASK + "a", TASK + "b") == [TASK + "a", TASK + "b"]
    assert parts(*[TASK] * 6) == [TASK] * 6
    orders = [
        f"my parcel with the order number {number} has not arrived although it was promised" for number in range(9)
    ]
    assert parts(*orders) == orders

import time

import pytest
from condenser.summary import summarise

ENGLISH = (
    "Kubernetes runs containers. The weather was fine. Containers of Kubernetes are scheduled on nodes, and nodes run containers. "
    "Somebody had lunch! Kubernetes restarts containers that fail."
)
RUSSIAN = "Мостик собирает платформу. Погода была хорошая. Платформу проверяет Мостик, и платформу выкатывает тоже Мостик. Кто-то обедал."


def test_the_sentences_with_the_most_frequent_words_stay_in_their_order() -> None:
    assert summarise(ENGLISH, 2) == "Kubernetes runs containers. Kubernetes restarts containers that fail."
    assert summarise(RUSSIAN, 1) == "Мостик собирает платформу."


def test_every_sentence_of_a_summary_stands_in_the_text() -> None:
    for count in range(1, 5):
        for sentence in summarise(ENGLISH, count).split(". "):
            assert sentence.rstrip(".") in ENGLISH


@pytest.mark.parametrize("text", ["One sentence.", "no end", "Two. Sentences?", "«Кавычки!» Да."])
def test_a_short_text_stays_as_it_is(text: str) -> None:
    assert summarise(text, 3) == text


@pytest.mark.parametrize("text", ["", "   ", "...", "!?!", "\n\n"])
def test_a_text_without_words_gives_nothing(text: str) -> None:
    assert summarise(text, 3) == ""


def test_a_text_without_telling_words_still_gives_sentences() -> None:
    assert summarise("It is so. It is no. It is me.", 1) == "It is so."


def test_the_largest_text_takes_less_than_a_second() -> None:
    started = time.perf_counter()
    summarise("Words and more words of a long text follow here. " * 2100, 20)
    summarise("a" * 100_000, 3)
    summarise("." * 100_000, 3)
    assert time.perf_counter() - started < 1

"""Picks the sentences that say most of a text."""

import math
import re
from collections import Counter

SENTENCE = re.compile(r"[^.!?…\n]+(?:[.!?…]+[\"'»”)]*|\n|$)")
WORD = re.compile(r"\w+")
FEWEST_LETTERS = 3
# Words that stand in every text and tell nothing about this one.
STOP = frozenset(
    "the and for that this with from was were are but not have has had you they their which who will would been its our his her him she them then than into about over more also can could when what there "
    "что это как для или при все так его она они был была было были если уже нет также только ещё чтобы этого этот этой который которая которые которых может могут мы вы наш ваш быть есть после перед между".split()
)


def summarise(text: str, sentences: int) -> str:
    """Returns at most so many sentences of the text, those with its most frequent words, in their order."""
    found = [sentence for sentence in (match.group().strip() for match in SENTENCE.finditer(text)) if WORD.search(sentence)]
    if len(found) <= sentences:
        return " ".join(found)
    words = [words_of(sentence) for sentence in found]
    frequency = Counter(word for each in words for word in each)
    ranked = sorted(range(len(found)), key=lambda index: (-score(words[index], frequency), index))
    return " ".join(found[index] for index in sorted(ranked[:sentences]))


def words_of(sentence: str) -> list[str]:
    return [word for word in (match.group().lower() for match in WORD.finditer(sentence)) if len(word) >= FEWEST_LETTERS and word not in STOP]


def score(words: list[str], frequency: Counter[str]) -> float:
    """The root keeps long sentences from winning by their length alone."""
    return sum(frequency[word] for word in set(words)) / math.sqrt(len(words)) if words else 0.0

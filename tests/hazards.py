"""Texts that are biased to what tokenizers get wrong, many and fast, from a seed."""

from __future__ import annotations

import random
from collections.abc import Iterator

PARTS = (
    # white space, and characters that are sometimes taken for it
    *(" ", "  ", "   ", "\t", "\n", "\n\n", "\r\n", "\r", "\x0b", "\x0c", "\x1c", "\x1f", "\x85", "\xa0"),
    *("\u1680", "\u180e", "\u2003", "\u200b", "\u2028", "\u2029", "\u3000", "\ufeff", "\x00", "\x7f"),
    # contractions, with the letters that fold to s and k
    *(
        "'",
        "''",
        "'s",
        "'S",
        "'ſ",
        "'t",
        "'T",
        "'ll",
        "'LL",
        "'lL",
        "'re",
        "'VE",
        "'ve",
        "'m",
        "'d",
        "'D",
        "’s",
        "ſ",
        "K",
    ),
    # letters of every category, alone and as words
    *(
        "a",
        "B",
        "the",
        " The",
        "ing",
        " hello",
        "iPhone",
        "HTTP",
        "ǅ",
        "ʰ",
        "ª",
        "ß",
        "İ",
        "漢",
        "漢字",
        "한국어",
        "あ",
    ),
    *("ไทย", "हिन्दी", "العربية", "עברית", "é", "é", "́", "ͅ", "⃣", "ْ", "𝔘", "𐐨", "𐐀"),
    # digits and numbers of many scripts
    *("1", "12", "123", "1234", "0", "٣", "०", "Ⅷ", "½", "²", "一", "𝟘", "৪", "①"),
    # emoji and joiners
    *("😀", "👍🏽", "👩‍👩‍👧", "\u200d", "\ufe0f", "🇺", "🇺🇳", "🏳️‍🌈"),
    # assigned after Unicode 14, after 16, never; private; noncharacters; a letter whose category changed
    *(
        "\u1c89",
        "\ua7cb",
        "\U00010d40",
        "\U00016ea0",
        "\u088f",
        "\ua7ce",
        "\U000323b0",
        "\u0378",
        "\U000e0080",
        "\u0295",
    ),
    *("\ue000", "\U0010fffd", "\ufdd0", "\uffff", "\U0010ffff", "\ufffd"),
    # punctuation, code, and pieces of special tokens
    *("!", "!!", "...", "/", "//", "\\", "#", "_", "-", "--", "(){}", "</", "$x", "→", "«"),
    *("<|", "|>", "<|endoftext", "endoftext|>", "<|endoftext|>", "<|endofprompt|>", "<|fim_prefix|>", "<|fim"),
)


def hazards(seed: int, count: int) -> Iterator[str]:
    """Yield texts of a few parts each; every fifth holds a code point drawn from all of them."""
    draw = random.Random(seed)
    for number in range(count):
        parts = draw.choices(PARTS, k=draw.randint(1, 10))
        if number % 5 == 0:
            point = draw.randrange(0x110000 - 0x800)
            parts.insert(draw.randrange(len(parts) + 1), chr(point + 0x800 * (point >= 0xD800)))
        yield "".join(parts)

"""Texts that tokenizers have got wrong: what the strategies mix into every text."""

from __future__ import annotations

from typing import Final

#: White space: runs, line ends in every form, and what looks like white space and is none (U+001C, U+200B, U+180E).
SPACES: Final = (
    *(" ", "\n", "\r", "\t", "  ", "\r\n", "\n\n", "\n ", " \n", "\v", "\f", "\x85", "\xa0", "\u2028", "\u3000"),
    *("\x1c", "\x1f", "\u180e", "\u200b", "\ufeff"),
)

#: Letters: both cases, title case (U+01C5), modifiers, without case, beyond the first plane; U+017F and U+212A equal s and k.
LETTERS: Final = (
    *("a", "B", "s", "re", "LL", "é", "ß", "İ", "\u017f", "\u212a", "\u01c5", "ʰ", "あ", "한", "ا", "𝐀", "Ꭰ", "ª"),
    # Letters since Unicode 16, and letters only since Unicode 17.
    *("\u1c89", "\ua7da", "\U00010d4a", "\u088f", "\ua7ce", "\U0003347a"),
)

#: Digits of many scripts, and numbers that are no digits.
NUMBERS: Final = ("1", "23", "4567", "٣", "߄", "७", "²", "½", "Ⅷ", "〇", "𝟘", "\U00010d40", "\U00011de1")

#: Punctuation, symbols, marks, joiners, emoji; controls, private and unassigned characters; the first and the last.
OTHERS: Final = (
    *("'", "'s", "'S", "'\u017f", "'ll", "'LL", "'re", "’", "''", ".", "/", "//", "!?", "_", "€", "\u0301", "e\u0301"),
    *("\u0903", "\u20dd", "\u200d", "👩\u200d👩\u200d👧", "🇩🇪", "👍🏽", "❤\ufe0f", "😀", "\u1acf", "\u0897"),
    *("\x00", "\x7f", "\xad", "\ue000", "\u0378", "\ufffd", "\ufffe", "\uffff", "\ud7ff", "\U00010000", "\U0010ffff"),
    # Words that begin as a contraction does, in any case.
    *("'This", "'Self", "'Delta", "'Map", "'Request", "'LList", "'Vertex", "'THE"),
    # What libraries write inside for spaces, line ends, bytes and the ends of words.
    *("\u2581", "\u0120", "\u010a", "##", "@@", "</w>", "<0x0A>", "\\n"),
)

#: Everything, ordinary characters first; the first two are tried each time that a text is made smaller.
HAZARDS: Final = ("a", "é", " ", *LETTERS, *SPACES, *NUMBERS, *OTHERS)

#: The characters among these.
CHARACTERS: Final = tuple(dict.fromkeys("".join(HAZARDS)))

#: Places in which the class of a character decides where the text is cut: at contractions, digits, spaces, line ends, cases.
FRAMES: Final = (
    *("{}a", "a{}", " {}", "{} ", "{}'s", "{}'ll", "a'{}", "a'{}'lla", "a'{}'rE", "A'{}'Llb", "'{}e", "{}123", "12{}3"),
    *("a{}b", "A{}b", "a{}B", "{}  a", "  {}", " \t{}", "\n{}a", "{}\n", "!{}!", "({}", "a{}'re"),
)

#: Lengths beyond which implementations turn to another algorithm, another buffer or a wider number: of runs and of texts.
#: They are odd, for in a run of even length it often does not show from which side it is merged.
SHORT_RUN_LENGTHS: Final = (131, 301)
RUN_LENGTHS: Final = (131, 301, 1_101, 2_203)
TEXT_LENGTHS: Final = (301, 1_101, 4_201, 9_001, 17_001, 33_001, 66_001)

#: What ends a word, so that a long text has many.
WORD_ENDS: Final = (" a", "  b", "\nc", ", d", " 1 ")

#: Pairs of texts that some normalisation makes one.
LOOK_ALIKES: Final = (
    ("\xe9", "e\u0301"),
    ("\u212b", "\xc5"),
    ("\u212a", "K"),
    ("\u017f", "s"),
    ("\ufb01", "fi"),
    ("²", "2"),
    ("１", "1"),
    ("\r\n", "\n"),
    ("\r", "\n"),
    ("\xa0", " "),
    ("\u3000", " "),
    ("a", "A"),
    ("\u0301\u0323", "\u0323\u0301"),
    ("\ufeff", ""),
    ("\x00", ""),
    ("\u200b", ""),
    ("a\u2028", "a\n"),
    (" a", "a"),
    ("a ", "a"),
    ("  ", " "),
)

#: Families of special tokens that overlap, begin and end each other, hold spaces, or look like ordinary text.
SPECIAL_FAMILIES: Final = (
    ("<s>", "<s><s>", "</s>", "s><", "<", "<s></s>", "<S>"),
    ("a", "ab", "aa", "ba", "bab", "b"),
    ("<|a|>", "<|a|>b", "|a|", "|>", ".*", "\\"),
    (" ", "<s>", " <s>", "<s> ", "a b", "\n", "\r\n"),
    ("é", "e\u0301", "\u0301", "😀", "e"),
)

#: Words and spaces for training, in which pairs and ties abound.
TRAINING_TEXTS: Final = ("a", "b", "ab", "aa", "c", " ", " a", " ab", "aab", "é", "\n", "1", "aaabdaaabac")

#: Bytes that are UTF-8 and bytes that are not: cut characters, overlong forms, surrogates, beyond U+10FFFF, never valid.
BYTE_CHUNKS: Final = (
    *(b"a", b"b", b" ", b"\xc3\xa9", b"\xe2\x82\xac", b"\xf0\x9f\x98\x80"),
    *(b"\xc3", b"\xa9", b"\xe2\x82", b"\xe2", b"\xf0\x9f\x98", b"\xf0\x9f", b"\xf0", b"\x80", b"\xbf\xbf"),
    *(b"\xc0\x80", b"\xc1\xbf", b"\xe0\x80\x80", b"\xe0\x9f", b"\xf0\x8f\xbf\xbf", b"\xed\xa0\xbd\xed\xb8\x80"),
    *(b"\xed\xa0\x80", b"\xed\x9f\xbf", b"\xf4\x90\x80\x80", b"\xf4\x8f\xbf\xbf", b"\xf5", b"\xfe", b"\xff"),
)

#: Surrogates alone and in pairs, in and out of order, among other characters.
SURROGATE_CHUNKS: Final = (
    *("\ud83d\ude00", "\ud83d", "\ude00", "\ud800", "\udbff", "\udc00", "\udfff", "\udc80", "\ude00\ud83d"),
    *("a", "é", "😀", "\ud7ff", "\ue000", "<s>"),
)

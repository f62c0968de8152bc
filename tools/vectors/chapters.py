"""All chapters, in order."""

from __future__ import annotations

from typing import Final

from tools.vectors import (
    chapter_1_bytes,
    chapter_2_special_tokens,
    chapter_3_pre_split,
    chapter_4_merges,
    chapter_5_encoding,
    chapter_6_training,
    chapter_7_vocabulary,
    chapter_8_files,
    chapter_9_resources,
    chapter_10_adapter,
)

CHAPTERS: Final = (
    chapter_1_bytes.CHAPTER,
    chapter_2_special_tokens.CHAPTER,
    chapter_3_pre_split.CHAPTER,
    chapter_4_merges.CHAPTER,
    chapter_5_encoding.CHAPTER,
    chapter_6_training.CHAPTER,
    chapter_7_vocabulary.CHAPTER,
    chapter_8_files.CHAPTER,
    chapter_9_resources.CHAPTER,
    chapter_10_adapter.CHAPTER,
)

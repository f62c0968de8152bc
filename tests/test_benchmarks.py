"""The benchmarks: ratios come from the results file, a tool with other ids is told apart, tools take turns. No figure is tested."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

import bpe
from benchmarks import plan, sections, texts
from benchmarks.agreements import Agreement, check_digest, read_agreements
from benchmarks.jobs import Job, Record
from benchmarks.measures import MEASURES, agreement, growth, short
from benchmarks.page import write_page
from benchmarks.peers import BASE, OURS, TOOLS, Calls, Tool
from benchmarks.plan import FULL, QUICK, Plan
from benchmarks.pre_token_costs import cost_table, count_pre_tokens
from benchmarks.process import run_job
from benchmarks.results import PartResults, by_processor_time, read_parts, write_part
from benchmarks.tables import ratio_table
from benchmarks.train_results import compare_trained
from benchmarks.vocabularies import VocabularyFiles, tokenizer_json

ABOUT: Record = {
    "date": "2000-01-01 00:00 UTC",
    "cpu": "a processor",
    "cores": 2,
    "memory": 8_000_000_000,
    "system": "Linux",
    "python": "CPython 3.11.0",
    "compiled": False,
    "numpy": "2.0",
    "versions": dict.fromkeys(TOOLS, "1.0"),
    "encoding": "cl100k_base",
    "quick": False,
    "texts": {"English": 100},
}
FILES = VocabularyFiles("tiny", "", "", "", "", "", {})


def line(tool: str, number: int, seconds: float, **fields: object) -> Record:
    job = Job("encode", tool, "", "English", "list", number)
    return job.record(phase="warm", seconds=seconds, cpu=seconds / 2, bytes=1_000_000, tokens=3) | fields


def agreeing(tool: str) -> list[Record]:
    job = Job("agreement", tool, "")
    return [job.record(calls=["count"]), job.record(same=True, digest="d", tokens=3) | {"text": "English"}]


MEASURED = [
    line(BASE, 0, 4.0),
    line(BASE, 1, 8.0),
    line(OURS, 0, 1.0),
    line(OURS, 1, 4.0),
    line("fastokens", 0, 0.5),
    line("fastokens", 1, 1.0),
]


def test_the_table_has_the_ratios_of_the_results_file_and_says_who_is_faster(tmp_path: Path) -> None:
    write_part(tmp_path / "encode.jsonl", ABOUT, MEASURED)
    table = ratio_table(read_parts(tmp_path, MEASURES)["encode"].measured, lambda record: record["text"], faults={})
    rows = [row for row in table.splitlines() if row.startswith("|")][2:]
    assert rows == [
        "| fastokens | 8.00 (8.00–8.00) |",
        "| **bpe-spec** | 3.00 (2.00–4.00) |",
        "| tiktoken | 1, 0.17 MB/s |",
    ]
    assert "Faster than bpe-spec: fastokens (English 2.67×)." in table


def test_a_pre_token_costs_what_encoding_again_takes_and_a_new_one_the_rest() -> None:
    job = Job("encode", OURS, "", "English", "list")
    seconds = {"cold": 9e-6, "warm": 3e-6, "seen": 1e-6}
    records = [job.record(phase=phase, seconds=each) for phase, each in seconds.items()]
    table = cost_table(records, {"English": (100, 4)})
    assert table.splitlines()[2:] == ["| **bpe-spec** | 10.0 + 500 (500–500) |"]


def test_what_a_new_pre_token_costs_is_left_out_where_it_is_noise_and_a_tool_where_it_was_not_measured() -> None:
    def measured(tool: str, number: int, **seconds: float) -> list[Record]:
        job = Job("encode", tool, "", "English", "list", number)
        return [job.record(phase=phase, seconds=each) for phase, each in seconds.items()]

    noisy = [*measured(BASE, 0, warm=5e-6, seen=3e-6), *measured(BASE, 1, warm=2e-6, seen=3e-6)]
    without_warm = measured("tokie", 0, cold=1e-6, seen=1e-6)
    partly = [*measured(OURS, 0, seen=1e-6), *measured(OURS, 1, warm=3e-6, seen=1e-6)]
    table = cost_table([*noisy, *without_warm, *partly], {"English": (100, 4)})
    assert table.splitlines()[2:] == ["| **bpe-spec** | 10.0 + 500 (500–500) |", "| tiktoken | 30.0 |"]


def test_pre_tokens_are_new_where_the_first_half_has_none_like_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "read_texts", lambda: {"English": "one two one one" + " two two six six"})
    assert count_pre_tokens("English", "cl100k_base") == (4, 1)


def test_short_strings_are_shown_new_first_then_again_then_in_a_row() -> None:
    ours = {short.IN_A_ROW: 0.5, short.AGAIN: 1.0, short.NEW: 2.0}
    records = [
        Job("short", tool, "", "English", option).record(seconds=seconds, median=seconds, p99=seconds) | {"size": 20}
        for option, own in ours.items()
        for tool, seconds in {BASE: 4.0, OURS: own}.items()
    ]
    blocks = list(sections.short_section(PartResults(ABOUT, records), {}))
    shown = [block.splitlines()[2] for block in blocks if "| 20 bytes |" in block and "(" in block]
    ratios = ("2.00 (2.00–2.00)", "4.00 (4.00–4.00)", "8.00 (8.00–8.00)")
    assert shown == [f"| **bpe-spec** | {each} |" for each in ratios]


def test_the_page_shows_a_tool_with_other_ids_without_a_ratio(tmp_path: Path) -> None:
    differing = [
        Job("agreement", "tokie", "").record(same=False, place={"byte": 7, "text": "ab"}, pieces=False)
        | {"text": "English"}
    ]
    compared = [*agreeing(BASE), *agreeing(OURS), *agreeing("fastokens"), *differing]
    write_part(tmp_path / "agreement.jsonl", ABOUT, compared)
    write_part(tmp_path / "encode.jsonl", ABOUT, MEASURED)
    parts = read_parts(tmp_path, MEASURES)
    found = sections.fault_cells(read_agreements(compared), parts["encode"])
    blocks = "\n".join(sections.encode_section(parts["encode"], found))
    assert "| tokie | ids differ |" in blocks
    agreed = "\n".join(sections.agreement_section(parts["agreement"]))
    assert "| tokie | 1.0 | English: ids differ at byte 7, 'ab' | same ids |" in agreed
    assert "| rustbpe | 1.0 | trains," in agreed


def test_a_tool_with_other_ids_is_not_timed_and_one_that_refuses_long_texts_is_timed_on_short_ones() -> None:
    kind = next(iter(texts.read_texts()))
    agreements = {
        BASE: Agreement(texts={kind: None}),
        OURS: Agreement(texts={kind: None}, calls=frozenset({"count", "to_array"})),
        "tokie": Agreement(texts={kind: "ids differ at byte 7"}),
        "bpe-openai": Agreement(texts={kind: "refuses"}, pieces=frozenset({kind})),
    }
    timed = {part: {job.tool for job in Plan("", "cl100k_base", FULL, agreements).jobs(part)} for part in MEASURES}
    assert timed["encode"] == {BASE, OURS}
    assert timed["short"] == timed["batch"] == {BASE, OURS, "bpe-openai"}
    assert "tokie" not in timed["growth"] | timed["leak"] | timed["load"]


def test_tools_take_turns_and_each_has_as_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "read_texts", lambda: {"English": "some text"})
    agreements = {tool: Agreement(texts={"English": None}) for tool in QUICK.tools}
    jobs = [job for job in Plan("", "cl100k_base", QUICK, agreements).jobs("encode") if job.option == "list"]
    assert set(Counter(job.tool for job in jobs).values()) == {QUICK.rounds["encode"]}
    assert [job.round for job in jobs] == sorted(job.round for job in jobs)
    assert jobs[0].tool != jobs[len(jobs) // 2].tool


def calls_that(encode: object) -> Tool:
    return Tool("other", "other", lambda _: Calls(encode))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("encode", "expected"),
    [
        (lambda text: list(text.encode()), {"same": True}),
        (lambda text: [*text.encode(), 0], {"same": False, "index": 100, "given": [0]}),
        (lambda text: list(text.encode().replace(b"b", b"c")), {"same": False, "index": 1, "text": "ba"}),
    ],
)
def test_agreement_finds_the_first_place_where_ids_differ(
    monkeypatch: pytest.MonkeyPatch, encode: object, expected: Record
) -> None:
    base = Calls(lambda text: list(text.encode()), decode_bytes=bytes)
    monkeypatch.setitem(TOOLS, BASE, Tool(BASE, BASE, lambda _: base))
    monkeypatch.setitem(TOOLS, "other", calls_that(encode))
    monkeypatch.setattr(agreement, "read_files", lambda _: FILES)
    monkeypatch.setattr(agreement, "read_texts", lambda: {"English": ""})
    monkeypatch.setattr(agreement, "halves", lambda *_: ("ab" * 50, "ab" * 50))
    compared = next(each for each in agreement.measure(Job("agreement", "other", "")) if each["text"] == "English")
    told = compared | compared.get("place", {})
    assert told["same"] is expected["same"]
    assert told.get("index") == expected.get("index")
    assert told.get("given", [None])[: len(expected.get("given", []))] == expected.get("given", [])
    assert told.get("text", "").startswith(expected.get("text", ""))


def test_a_refusal_is_told_and_the_pieces_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    def encode(text: str) -> list[int]:
        if len(text) > 5_000:
            raise ValueError("too long")
        return list(text.encode())

    base = Calls(lambda text: list(text.encode()), decode_bytes=bytes)
    monkeypatch.setitem(TOOLS, BASE, Tool(BASE, BASE, lambda _: base))
    monkeypatch.setitem(TOOLS, "other", calls_that(encode))
    monkeypatch.setattr(agreement, "read_files", lambda _: FILES)
    monkeypatch.setattr(agreement, "read_texts", lambda: {"English": ""})
    monkeypatch.setattr(agreement, "halves", lambda *_: ("ab " * 5_000, "ab " * 5_000))
    found = read_agreements(agreement.measure(Job("agreement", "other", "")))["other"]
    assert found.texts["English"] == "refuses (ValueError: too long)"
    assert found.refuses("English")


def test_ids_that_differ_in_the_call_that_was_timed_are_no_measurement() -> None:
    known = read_agreements(agreeing(OURS))[OURS]
    assert check_digest(line(OURS, 0, 1.0, digest="d"), known)["seconds"] == 1.0
    faulty = check_digest(line(OURS, 0, 1.0, digest="other"), known)
    assert "ids differ" in faulty["error"]
    assert "seconds" not in faulty
    assert "ids differ" in check_digest(line(OURS, 0, 1.0, option="count", tokens=4), known)["error"]


def test_processor_time_takes_the_place_of_the_clock_but_for_batches() -> None:
    parts = {name: PartResults(ABOUT, [line(OURS, 0, 3.0)]) for name in ("encode", "batch")}
    shown = by_processor_time(parts)
    assert [shown[name].records[0]["seconds"] for name in ("encode", "batch")] == [1.5, 3.0]


def test_growth_of_a_tool_with_other_ids_is_not_shown() -> None:
    job = Job("growth", BASE, "", option="a")
    rows: list[Record] = []
    for tool, digest in ((BASE, "one"), (OURS, "one"), ("tokie", "two")):
        rows += [job.record(seconds=size / 1e6, digest=digest) | {"tool": tool, "size": size} for size in growth.SIZES]
    table = list(sections.SECTIONS["growth"][2](PartResults(ABOUT, rows), {}))[-1]
    assert "| **bpe-spec** | 10.0 (10.0 s) |" in table
    assert "| tokie | ids differ |" in table


def test_other_merges_are_told_and_have_no_ratio() -> None:
    made: Sequence[Record] = [
        Job("train", tool, "", option="value", size=9, vocabulary_size=257).record(
            seconds=1.0, memory=1, bytes=9, tokens=tokens, first_encode=0.5
        )
        for tool, tokens in ((OURS, ["6161"]), ("rustbpe", ["6162"]))
    ]
    table = list(sections.SECTIONS["train"][2](PartResults(ABOUT, list(compare_trained(made))), {}))[1]
    assert "no: merge 0 makes 6162, not 6161 | 1.00 s | 1.00 s | – | 500 ms | 500 ms |" in table


def test_turns_of_different_sizes_share_no_text_and_cutting_loses_none() -> None:
    kind = next(iter(texts.read_texts()))
    _, unseen = texts.halves(kind, 50_000)
    assert "".join(texts.cut(unseen, 200)) == unseen
    starts = [unseen.index(texts.turns(kind, size, 50_000)[0]) for size in texts.TURN_SIZES]
    assert len(set(starts)) == len(starts)


def test_a_process_tells_what_goes_wrong_and_one_that_is_late_is_stopped() -> None:
    job = Job("growth", OURS, "no such file.json", option="a", size=1_000)
    assert "FileNotFoundError" in list(run_job(job, 60))[-1]["error"]
    assert list(run_job(job, 0.001))[-1]["error"] == "stopped after 0 s"


def test_the_page_needs_the_comparison_of_ids(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="make bench"):
        write_page({}, tmp_path)


def test_the_command_refuses_a_part_that_is_none() -> None:
    command = [sys.executable, "-m", "benchmarks", "--only", "speed"]
    done = subprocess.run(command, cwd=texts.PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "no part is called 'speed'" in done.stderr


def test_the_description_for_hugging_face_gives_our_ids() -> None:
    tokenizers = pytest.importorskip("tokenizers")
    trained = bpe.train(["hello hello, low lower lowest"], 270, pattern="cl100k_original", special_tokens=["<|end|>"])
    described = tokenizer_json(trained, trained.pat_str)
    theirs = tokenizers.Tokenizer.from_str(json.dumps(described))
    text = "hello low, lowest é😀"
    assert theirs.encode(text).ids == trained.encode(text)

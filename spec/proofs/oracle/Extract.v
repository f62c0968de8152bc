(** * The definitions as a program

    OCaml functions that compute what [Definitions.v] says.  Trusted here, besides Coq's
    extraction: numbers as OCaml's [int], which has 63 bits, bytes as [char], and the lines
    below. *)

From BPE Require Import Definitions.
From Coq Require Import Extraction ExtrOcamlBasic ExtrOcamlNatInt ExtrOcamlZInt ExtrOcamlChar.
From Coq Require Import Strings.Byte.

Extract Constant Byte.to_nat => "Char.code".
Extract Constant Byte.of_N => "(fun n -> if 0 <= n && n < 256 then Some (Char.chr n) else None)".
Extract Inlined Constant N.eqb => "(=)".
Extract Inlined Constant N.ltb => "(<)".

Extraction Language OCaml.
Extraction "definitions.ml"
  text_to_bytes read_text bytes_to_text bytes_to_text_strict split_well_formed replacement
  apply_merge merge_piece encode encode_ordinary encode_bytes disallowed_by_default decode byte_spans
  character_span pair_of count_pre_tokens add_counts pairs_met count_pair start_training train_step train_merges.

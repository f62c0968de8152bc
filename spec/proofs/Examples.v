(** * Examples, and why each hypothesis is there

    The definitions compute, so Coq checks examples by running them.  The first are those of
    [bpe/reference/]; the others are statements that look true and are not, each with its
    smallest counterexample, as in [tests/test_counterexamples.py]. *)

From BPE Require Import Definitions.

(** ** The three texts *)

Definition all_bytes : list byte := map (fun n => byte_of (N.of_nat n)) (seq 0 256).

Definition bytes_tokens : list (list byte) := map (fun b => [b]) all_bytes.

Notation a := 97.
Notation b := 98.
Notation c := 99.
Notation d := 100.

Definition aaabdaaabac : list byte :=
  [x61; x61; x61; x62; x64; x61; x61; x61; x62; x61; x63].

(** Training on [aaabdaaabac], and encoding it by the three merges. *)
Example training :
  map pair_of (train_merges first_seen 1 all_bytes [(aaabdaaabac, 1)] 3) = [(a, a); (256, a); (257, b)].
Proof. vm_compute. reflexivity. Qed.

Definition three_merges := [Merge a a 256; Merge 256 a 257; Merge 257 b 258].

Definition trained_on_aaabdaaabac : vocabulary :=
  trained_vocabulary (bytes_tokens ++ [[x61; x61]; [x61; x61; x61]; [x61; x61; x61; x62]]) three_merges.

Example encoding : merge_piece trained_on_aaabdaaabac aaabdaaabac = [258; d; 258; a; c].
Proof. vm_compute. reflexivity. Qed.

Example decoding : decode_bytes trained_on_aaabdaaabac [258; d; 258; a; c] = aaabdaaabac.
Proof. vm_compute. reflexivity. Qed.

(** Three of one letter: leftmost first. *)
Example leftmost : apply_merge (Merge a a 256) [a; a; a] = [256; a].
Proof. reflexivity. Qed.

(** One emoji, U+1F600. *)
Example emoji : text_to_bytes [0x1F600%N] = [xf0; x9f; x98; x80].
Proof. reflexivity. Qed.

(** Pairs overlap: in [aaa] the pair [(a, a)] occurs twice. *)
Example overlapping : count_pair [([a; a; a; b], 1); ([a; a], 10)] (a, a) = 12.
Proof. reflexivity. Qed.

(** ** Merges *)

(** M2 needs the result to be neither of its parts. *)
Example a_merge_into_one_of_its_parts_can_leave_its_pair_behind :
  apply_merge (Merge 1 2 1) [1; 2; 2] = [1; 2].
Proof. reflexivity. Qed.

(** M5 needs each merge to make a token of its own, after its parts: here [aaa] is made by the
    second merge or, late, by the fourth, and the third uses it. *)
Example merging_everywhere_needs_one_merge_for_each_token :
  let ms := [Merge a a 256; Merge a 256 257; Merge 257 b 258; Merge 256 a 257] in
  apply_merges ms [a; a; a; b] = [257; b] /\
  merge_lowest_rank (pair_rank ms) (pair_result ms) [a; a; a; b] = [258].
Proof. vm_compute. auto. Qed.

(** M6 needs every token to encode to itself: nothing leads to [abc] by pairs. *)
Example pairs_and_ranks_differ_where_a_token_is_not_reached :
  let ms := [Merge a b 256; Merge b c 257; Merge a 257 258] in
  let v := trained_vocabulary (bytes_tokens ++ [[x61; x62]; [x62; x63]; [x61; x62; x63]]) ms in
  merge_by_pairs v ms [x61; x62; x63] = [256; c] /\
  merge_by_ranks v [x61; x62; x63] = [258].
Proof. vm_compute. auto. Qed.

(** M6 needs each token to have one merge: here every token encodes to itself, by pairs and by
    ranks, but [aaa] is made of [a] and [aa] early, of [aa] and [a] late. *)
Definition two_ways := [Merge a a 256; Merge a 256 257; Merge b 256 258; Merge 256 a 257].

Definition made_in_two_ways : vocabulary :=
  trained_vocabulary (bytes_tokens ++ [[x61; x61]; [x61; x61; x61]; [x62; x61; x61]]) two_ways.

Definition encodes_to_itself (merge : list byte -> list id) (i : id) : bool :=
  if list_eq_dec Nat.eq_dec (merge (token_bytes made_in_two_ways i)) [i] then true else false.

Example pairs_and_ranks_differ_where_a_token_is_made_in_two_ways :
  forallb (encodes_to_itself (merge_by_pairs made_in_two_ways two_ways)) (seq 0 259) = true /\
  forallb (encodes_to_itself (merge_by_ranks made_in_two_ways)) (seq 0 259) = true /\
  merge_by_pairs made_in_two_ways two_ways [x62; x61; x61; x61] = [258; a] /\
  merge_by_ranks made_in_two_ways [x62; x61; x61; x61] = [b; 257].
Proof. vm_compute. auto. Qed.

(** M6 needs the ids to rise with the ranks: the same two merges, numbered the other way. *)
Example pairs_and_ranks_differ_where_ids_fall :
  let ms := [Merge a b 257; Merge b c 256] in
  let v := trained_vocabulary (bytes_tokens ++ [[x62; x63]; [x61; x62]]) ms in
  merge_by_pairs v ms [x61; x62; x63] = [257; c] /\
  merge_by_ranks v [x61; x62; x63] = [a; 256].
Proof. vm_compute. auto. Qed.

(** M7 needs every token to encode to itself: the shortcut alone makes [abc]. *)
Definition unreached : vocabulary :=
  {| token_bytes := bytes_at (bytes_tokens ++ [[x61; x62; x63]]);
     token_ids := token_ids (trained_vocabulary (bytes_tokens ++ [[x61; x62; x63]]) []);
     merges := None |}.

Example the_shortcut_matters_where_a_token_is_not_reached :
  encode_piece true unreached [x61; x62; x63] = [256] /\
  encode_piece false unreached [x61; x62; x63] = [a; b; c].
Proof. vm_compute. auto. Qed.

(** M9 is about merging alone: under the shortcut what stands between two boundaries may
    encode alone to other ids. *)
Example locality_fails_under_the_shortcut :
  encode_piece true unreached [x61; x62; x63; x61] = [a; b; c; a] /\
  encode_piece true unreached [x61; x62; x63] = [256].
Proof. vm_compute. auto. Qed.

(** M9 needs both boundaries: [aa] is one token, but not at the end of [aaa]. *)
Example locality_needs_both_boundaries :
  let ms := [Merge a a 256] in
  merge_lowest_rank (pair_rank ms) (pair_result ms) [a; a; a] = [256; a] /\
  merge_lowest_rank (pair_rank ms) (pair_result ms) [a; a] = [256].
Proof. vm_compute. auto. Qed.

(** M10 speaks of single ids by themselves: they have no neighbours. *)
Example a_single_id_has_no_neighbours :
  merge_piece unreached (decode_bytes unreached [256]) = [a; b; c].
Proof. vm_compute. reflexivity. Qed.

(** ** Training *)

(** T1 is weaker under [first_seen]: the order of first appearance matters. *)
Example training_by_first_appearance_depends_on_the_order_of_texts :
  map pair_of (train_merges first_seen 1 all_bytes (count_pre_tokens [[x61; x62]; [x62; x61]]) 1) = [(a, b)] /\
  map pair_of (train_merges first_seen 1 all_bytes (count_pre_tokens [[x62; x61]; [x61; x62]]) 1) = [(b, a)].
Proof. vm_compute. auto. Qed.

(** The profiles choose differently among equals. *)
Example profiles_differ :
  let rs := [([b; b], 2); ([a; b], 2); ([c; c], 1)] in
  map (fun tie => select_pair tie bytes_tokens rs) [smallest_pair; first_seen; largest_bytes]
  = [Some (a, b); Some (b, b); Some (b, b)].
Proof. vm_compute. reflexivity. Qed.

(** ** Text *)

(** Longest of the leftmost, whatever the order of registration. *)
Example scan_takes_the_longest :
  split_special_tokens [[60]; [60; 97]]%N [120; 60; 97; 98]%N
  = [Ordinary [120]; Special [60; 97]; Ordinary [98]]%N.
Proof. vm_compute. reflexivity. Qed.

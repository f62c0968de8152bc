(** * The whole-pre-token shortcut

    - [the_shortcut_changes_nothing_iff] (M7): the shortcut changes nothing exactly when
      every token encodes, by merging alone, to itself.
    - [the_shortcut_takes_whole_tokens] (M7): under the shortcut a pre-token that is a token
      as a whole becomes it.
    - [the_shortcut_takes_whole_tokens_alone] (M7): any other pre-token is merged. *)

From BPE Require Import Definitions Merging.

(* Clauses: M7 *)
Theorem the_shortcut_takes_whole_tokens v i : well_formed v -> is_token v i ->
  encode_piece true v (token_bytes v i) = [i].
Proof. intros Hv Hi. unfold encode_piece. now rewrite token_ids_bytes. Qed.

(* Clauses: M7 *)
Theorem the_shortcut_takes_whole_tokens_alone v piece : well_formed v ->
  (forall i, is_token v i -> token_bytes v i <> piece) ->
  encode_piece true v piece = merge_piece v piece.
Proof.
  intros Hv H. unfold encode_piece. destruct (token_ids v piece) as [i|] eqn:E; auto.
  apply (tokens_have_ids v (proj1 Hv)) in E as [Hne E]. destruct (H i); auto.
  unfold is_token. congruence.
Qed.

(* Clauses: M7 *)
Theorem the_shortcut_changes_nothing_iff v : well_formed v ->
  all_self_encoding v <->
  forall piece, encode_piece true v piece = encode_piece false v piece.
Proof.
  intros Hv. split.
  - intros H piece. unfold encode_piece. destruct (token_ids v piece) as [i|] eqn:E; auto.
    apply (tokens_have_ids v (proj1 Hv)) in E as [Hne E]. subst piece. symmetry. now apply H.
  - intros H i Hi. specialize (H (token_bytes v i)).
    rewrite the_shortcut_takes_whole_tokens in H by auto.
    symmetry. unfold encode_piece in H. now destruct (token_ids v (token_bytes v i)).
Qed.

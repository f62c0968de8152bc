(** * Text and bytes

    - [bytes_concatenate] (B2): the bytes of two texts, one after the other, are the bytes
      of the first and then those of the second.
    - [first_character_of_bytes] (B3): the bytes of a scalar value are read back, whatever
      follows them: no character's bytes begin another's.
    - [different_texts_have_different_bytes] (B3): scalar texts of the same bytes are equal.
    - [no_character_without_bytes] (E3): a text has at least as many bytes as characters. *)

From BPE Require Import Definitions.
From Coq Require Import Strings.Byte ZArith ZifyN.

Ltac Zify.zify_post_hook ::= Z.to_euclidean_division_equations.

(* Clauses: B2 *)
Theorem bytes_concatenate x y : text_to_bytes (x ++ y) = text_to_bytes x ++ text_to_bytes y.
Proof. apply flat_map_app. Qed.

Open Scope N_scope.

Lemma byte_of_number n : n < 256 -> Byte.to_N (byte_of n) = n.
Proof.
  intros H. unfold byte_of. destruct (Byte.of_N n) eqn:E.
  - now apply Byte.to_of_N in E.
  - apply Byte.of_N_None_iff in E. lia.
Qed.

(** Read one character: its lead byte tells how many bytes it has. *)
Definition read_one (bytes : list N) : option (character * list N) :=
  match bytes with
  | [] => None
  | a :: rest =>
      if a <? 0x80 then Some (a, rest) else
      if a <? 0xE0 then
        match rest with b :: rest => Some ((a - 0xC0) * 64 + (b - 0x80), rest) | _ => None end else
      if a <? 0xF0 then
        match rest with
        | b :: c :: rest => Some ((a - 0xE0) * 4096 + (b - 0x80) * 64 + (c - 0x80), rest)
        | _ => None
        end else
      match rest with
      | b :: c :: d :: rest =>
          Some ((a - 0xF0) * 262144 + (b - 0x80) * 4096 + (c - 0x80) * 64 + (d - 0x80), rest)
      | _ => None
      end
  end.

Lemma below_iff a b : (a <? b) = true <-> a < b.
Proof. apply N.ltb_lt. Qed.

Lemma scalar_below c : is_scalar c -> c < 0x110000.
Proof. unfold is_scalar. lia. Qed.

(* Clauses: B3 *)
Theorem first_character_of_bytes c rest : is_scalar c ->
  read_one (map Byte.to_N (character_to_bytes c) ++ rest) = Some (c, rest).
Proof.
  intros H. apply scalar_below in H. unfold character_to_bytes.
  destruct (N.ltb_spec c 0x80); [|destruct (N.ltb_spec c 0x800); [|destruct (N.ltb_spec c 0x10000)]];
    cbn [map app]; rewrite !byte_of_number by lia; unfold read_one;
    repeat match goal with
    | |- context [?a <? ?b] => destruct (N.ltb_spec a b); try lia
    end; do 2 f_equal; lia.
Qed.

Close Scope N_scope.

Lemma character_has_bytes c : 1 <= length (character_to_bytes c).
Proof.
  unfold character_to_bytes. rewrite map_length.
  destruct (N.ltb c 0x80), (N.ltb c 0x800), (N.ltb c 0x10000); simpl; lia.
Qed.

Lemma character_no_empty c : character_to_bytes c <> [].
Proof. pose proof (character_has_bytes c). now destruct (character_to_bytes c). Qed.

(* Clauses: B3 *)
Theorem different_texts_have_different_bytes x y : Forall is_scalar x -> Forall is_scalar y ->
  text_to_bytes x = text_to_bytes y -> x = y.
Proof.
  intros Hx. revert y. induction Hx as [|c x Hc Hx IH]; intros y Hy E.
  - destruct y as [|d y]; auto. simpl in E. symmetry in E. apply app_eq_nil in E as [E _].
    now apply character_no_empty in E.
  - destruct Hy as [|d y Hd Hy].
    + simpl in E. apply app_eq_nil in E as [E _]. now apply character_no_empty in E.
    + simpl in E. assert (E' := f_equal (map Byte.to_N) E). rewrite !map_app in E'.
      assert (R := first_character_of_bytes c (map Byte.to_N (text_to_bytes x)) Hc).
      fold (text_to_bytes x) (text_to_bytes y) in *.
      rewrite E', first_character_of_bytes in R by auto. injection R as -> _.
      apply app_inv_head in E. f_equal. auto.
Qed.

(* Clauses: E3 *)
Theorem no_character_without_bytes x : length x <= length (text_to_bytes x).
Proof.
  induction x as [|c x IH]; [apply le_n|]. change (text_to_bytes (c :: x)) with (character_to_bytes c ++ text_to_bytes x).
  rewrite app_length. pose proof (character_has_bytes c). simpl length. lia.
Qed.

(** * Numbering the tokens in another way

    Gaps between the ids, and ids that begin elsewhere, change nothing but the ids.  Where bytes or
    tokens change places, ranks may: under rank semantics the order of the ids has to stay; under
    pair semantics any numbers will do that differ.

    - [renumbering_in_order_changes_nothing] (V3 in part): with other ids in the same order, a
      pre-token gets the ids that stand for the ids it had.
    - [renumbering_pairs_changes_nothing] (V3 in part): under pair semantics with other ids in any
      order. *)

From BPE Require Import Definitions ApplyMerge LowestRank Merging.

Definition renumber (f : id -> id) (m : merge) : merge :=
  Merge (f (left_id m)) (f (right_id m)) (f (result m)).

(** [v'] is [v] with the id [f i] for the id [i]. *)
Record is_renumbered (f : id -> id) (v v' : vocabulary) : Prop := {
  ids_renumbered : forall bytes, token_ids v' bytes = option_map f (token_ids v bytes);
  merges_renumbered : merges v' = option_map (map (renumber f)) (merges v) }.

Definition differ (f : id -> id) : Prop := forall i j, f i = f j -> i = j.
Definition rise (f : id -> id) : Prop := forall i j, i < j -> f i < f j.

Lemma rise_differ f : rise f -> differ f.
Proof.
  intros H i j E. destruct (Nat.lt_trichotomy i j) as [L | [L | L]]; auto; apply H in L; lia.
Qed.

(** Ranks that rise with the ranks that were lead to the same result. *)
Section Ranks.
  Context {symbol : Type} (rank rank' : symbol -> symbol -> option nat) (join : symbol -> symbol -> symbol).
  Variable g : nat -> nat.
  Hypothesis g_rises : rise g.
  Hypothesis same_order : forall x y, rank' x y = option_map g (rank x y).

  Lemma least_rank_rises s : least_rank rank' s = option_map g (least_rank rank s).
  Proof.
    induction s as [| x | x y s _ IH] using list_ind2; auto. rewrite !least_rank_cons, same_order, IH.
    destruct (rank x y) as [i|], (least_rank rank (y :: s)) as [j|]; simpl; auto. f_equal.
    destruct (Nat.lt_trichotomy i j) as [L | [-> | L]]; [| now rewrite !Nat.min_id |];
      pose proof (g_rises _ _ L); [rewrite !Nat.min_l by lia | rewrite !Nat.min_r by lia]; reflexivity.
  Qed.

  Lemma merge_leftmost_rises r s : merge_leftmost rank' join (g r) s = merge_leftmost rank join r s.
  Proof.
    induction s as [| x | x y s _ IH] using list_ind2; auto. rewrite !merge_leftmost_cons, IH.
    unfold has_rank. rewrite same_order. destruct (rank x y) as [i|]; simpl; auto.
    destruct (Nat.eqb_spec (g i) (g r)) as [E | E], (Nat.eqb_spec i r) as [E' | E']; auto.
    - apply (rise_differ g g_rises) in E. easy.
    - now subst.
  Qed.

  Lemma merge_lowest_rank_rises s : merge_lowest_rank rank' join s = merge_lowest_rank rank join s.
  Proof.
    unfold merge_lowest_rank. generalize (length s) as limit. intros limit. revert s.
    induction limit as [|limit IH]; intros s; simpl; auto. unfold merge_step. rewrite least_rank_rises.
    destruct (least_rank rank s) as [r|]; simpl; auto. now rewrite merge_leftmost_rises.
  Qed.
End Ranks.

Section Renumbered.
  Variables (f : id -> id) (v v' : vocabulary).
  Hypothesis Hv : well_formed v.
  Hypothesis Hv' : well_formed v'.
  Hypothesis Hf : differ f.
  Hypothesis H : is_renumbered f v v'.

  Lemma same_bytes_again i : token_bytes v' (f i) = token_bytes v i.
  Proof.
    destruct (token_bytes v i) as [|b w] eqn:E.
    - destruct (token_bytes v' (f i)) as [|b' w'] eqn:E'; auto. exfalso.
      assert (T : token_ids v' (b' :: w') = Some (f i))
        by (apply (tokens_have_ids v' (proj1 Hv')); split; [discriminate | auto]).
      rewrite (ids_renumbered f v v' H) in T. destruct (token_ids v (b' :: w')) as [j|] eqn:Ej; [|discriminate].
      injection T as T. apply Hf in T as ->. apply (tokens_have_ids v (proj1 Hv)) in Ej as [_ Ej]. congruence.
    - assert (T : token_ids v (b :: w) = Some i)
        by (apply (tokens_have_ids v (proj1 Hv)); split; [discriminate | auto]).
      assert (T' : token_ids v' (b :: w) = Some (f i)) by (rewrite (ids_renumbered f v v' H), T; reflexivity).
      now apply (tokens_have_ids v' (proj1 Hv')) in T'.
  Qed.

  Lemma token_id_renumbered bytes i : token_ids v bytes = Some i -> token_id v' bytes = f (token_id v bytes).
  Proof. intros E. unfold token_id. now rewrite (ids_renumbered f v v' H), E. Qed.

  Lemma byte_ids_renumbered piece : byte_ids v' piece = map f (byte_ids v piece).
  Proof.
    unfold byte_ids. rewrite map_map. apply map_ext. intros b.
    pose proof (bytes_have_ids v (proj1 Hv) b) as Hb. destruct (token_ids v [b]) as [i|] eqn:E; [|easy].
    now apply (token_id_renumbered _ i).
  Qed.

  Lemma makes_renumbered x y m : makes_of (f x) (f y) (renumber f m) = makes_of x y m.
  Proof.
    unfold makes_of, renumber. simpl.
    destruct (Nat.eqb_spec x (left_id m)) as [-> | E], (Nat.eqb_spec y (right_id m)) as [-> | E'];
      rewrite ?Nat.eqb_refl; auto; apply andb_false_iff;
      [right | left | left]; apply Nat.eqb_neq; intros K; apply Hf in K; easy.
  Qed.

  Lemma pair_rank_renumbered ms x y : pair_rank (map (renumber f) ms) (f x) (f y) = pair_rank ms x y.
  Proof.
    unfold pair_rank. induction ms as [|m ms IH]; auto. cbn [map find_index].
    now rewrite makes_renumbered, IH.
  Qed.

  Lemma pair_result_renumbered ms x y r : pair_rank ms x y = Some r ->
    pair_result (map (renumber f) ms) (f x) (f y) = f (pair_result ms x y).
  Proof.
    unfold pair_rank, pair_result. revert r. induction ms as [|m ms IH]; intros r E; [discriminate|].
    cbn [map find find_index] in *. rewrite makes_renumbered. destruct (makes_of x y m); auto.
    destruct (find_index (makes_of x y) ms) as [k|]; [|discriminate]. now apply (IH k).
  Qed.

  (* Clauses in part: V3 *)
  Theorem renumbering_pairs_changes_nothing piece : merges v <> None ->
    merge_piece v' piece = map f (merge_piece v piece).
  Proof.
    intros Hms. rewrite !merge_piece_ids by auto. rewrite byte_ids_renumbered.
    pose proof (merges_renumbered f v v' H) as Hm. unfold id_rank, id_join. rewrite Hm.
    destruct (merges v) as [ms|]; [|easy]. cbn [option_map].
    apply merge_lowest_rank_map.
    - apply pair_rank_renumbered.
    - apply pair_result_renumbered.
  Qed.

  (* Clauses in part: V3 *)
  Theorem renumbering_in_order_changes_nothing piece : rise f ->
    merge_piece v' piece = map f (merge_piece v piece).
  Proof.
    intros Hrise. destruct (merges v) as [ms|] eqn:Hms.
    - apply renumbering_pairs_changes_nothing. congruence.
    - rewrite !merge_piece_ids by auto. rewrite byte_ids_renumbered.
      pose proof (merges_renumbered f v v' H) as Hm. unfold id_rank, id_join. rewrite Hm, Hms. cbn [option_map].
      rewrite <- (merge_lowest_rank_rises (fun x y => token_ids v (token_bytes v x ++ token_bytes v y))
                   (fun x y => option_map f (token_ids v (token_bytes v x ++ token_bytes v y)))
                   _ f Hrise (fun _ _ => eq_refl)).
      apply merge_lowest_rank_map; intros x y; rewrite !same_bytes_again.
      + apply (ids_renumbered f v v' H).
      + intros r E. destruct (token_ids v (token_bytes v x ++ token_bytes v y)) as [i|] eqn:Ei; [|discriminate].
        now apply (token_id_renumbered _ i).
  Qed.
End Renumbered.

(** * Pair semantics and rank semantics

    - [pairs_and_ranks_agree] (M6): where every token encodes to itself by pairs, and the ids
      rise with the ranks of their merges, so that each token has one merge, pair semantics
      and rank semantics give the same ids.

    The idea: a row that merging by pairs reaches holds two neighbours that spell a token.
    Each stretch of the row was merged as if it stood alone, so merging the token's bytes
    reaches these two ids as well; and it ends in the token, because the token encodes to
    itself.  So the list has a merge of just these two ids. *)

From BPE Require Import Definitions ApplyMerge LowestRank Merging.

Definition with_ranks (v : vocabulary) : vocabulary :=
  {| token_bytes := token_bytes v; token_ids := token_ids v; merges := None |}.

Lemma with_ranks_well_formed v : well_formed v -> well_formed (with_ranks v).
Proof. intros [[H1 H2] _]. split; [constructor; auto | exact I]. Qed.

Section Agreement.
  Variables (v : vocabulary) (ms : list merge).
  Hypotheses (Hv : well_formed v) (Hms : merges v = Some ms).
  Hypothesis Hcan : all_self_encoding v.
  Notation bytes := (token_bytes v).
  Notation reaches_by_pairs := (reaches (id_rank v) (id_join v)).

  Lemma id_rank_pairs x y : id_rank v x y = pair_rank ms x y.
  Proof. unfold id_rank. now rewrite Hms. Qed.

  Lemma id_join_pairs x y : id_join v x y = pair_result ms x y.
  Proof. unfold id_join. now rewrite Hms. Qed.

  (** Neighbours of a reached row that spell a token are its merge. *)
  Lemma neighbours_that_spell_a_token piece s x y i :
    reaches_by_pairs (byte_ids v piece) s -> neighbours x y s ->
    token_ids v (bytes x ++ bytes y) = Some i ->
    exists r, pair_rank ms x y = Some r /\ pair_result ms x y = i.
  Proof.
    intros H Hn Hi. apply neighbours_iff in Hn as (p & q & ->).
    pose proof (id_join_spells v Hv) as Hj.
    assert (D := reaches_spelling _ _ bytes Hj _ _ H).
    fold (decode_bytes v (byte_ids v piece)) in D. rewrite byte_ids_spell in D by auto.
    change (p ++ x :: y :: q) with (p ++ [x; y] ++ q) in *.
    rewrite !flat_map_app in D. subst piece. rewrite !byte_ids_app in H.
    assert (K : reaches_by_pairs (byte_ids v (bytes i)) [x; y]).
    { apply (tokens_have_ids v (proj1 Hv)) in Hi as [_ ->].
      replace (bytes x ++ bytes y) with (flat_map bytes [x; y])
        by (simpl; now rewrite app_nil_r).
      eapply (reaches_between _ _ bytes Hj); [| exact H | |];
        rewrite <- ?byte_ids_app; try apply byte_ids_tokens; auto;
        symmetry; now apply byte_ids_spell. }
    assert (Ht : is_token v i).
    { apply (tokens_have_ids v (proj1 Hv)) in Hi as [Hne Hb]. unfold is_token. congruence. }
    apply Hcan in Ht. unfold is_self_encoding in Ht. rewrite merge_piece_ids in Ht by auto.
    pose proof (merge_reached (id_rank v) (id_join v) (byte_ids v (bytes i))) as M.
    apply (reaches_end _ _ _ _ _ K) in M; [|apply merge_done]. rewrite Ht in M.
    inversion M as [| ? t ? Hst M']; subst.
    apply merge_step_iff in Hst as (p' & u & w & q' & r & E & (Hr & _) & ->).
    destruct p' as [|z p']; [|destruct p' as [|z' p']; [|destruct p']; discriminate].
    injection E as <- <- <-. exists r. rewrite id_rank_pairs in Hr. split; auto.
    simpl in M'. rewrite <- id_join_pairs. inversion M' as [| ? ? ? Hst _]; subst; auto.
    discriminate.
  Qed.

  Hypothesis Hrise : ids_rise_with_ranks ms.

  Lemma pair_rank_rises x y r u w r' : pair_rank ms x y = Some r -> pair_rank ms u w = Some r' ->
    (r < r' -> pair_result ms x y < pair_result ms u w) /\
    (r <= r' -> pair_result ms x y <= pair_result ms u w).
  Proof.
    intros H H'. apply pair_rank_some in H as (m & Hm & _ & ->).
    apply pair_rank_some in H' as (m' & Hm' & _ & ->). split; intros Hlt; [eauto|].
    apply Nat.lt_eq_cases in Hlt as [Hlt | <-]; [apply Nat.lt_le_incl; eauto|].
    rewrite Hm in Hm'. now injection Hm' as <-.
  Qed.


  (** A merge of the list makes a token, as its parts are no empty strings. *)
  Lemma rank_of_result piece s x y r :
    reaches_by_pairs (byte_ids v piece) s -> neighbours x y s -> pair_rank ms x y = Some r ->
    token_ids v (bytes x ++ bytes y) = Some (pair_result ms x y).
  Proof.
    intros H Hn Hr. rewrite <- id_rank_pairs in Hr.
    pose proof (id_join_spells v Hv) as Hj. pose proof (Hj _ _ _ Hr) as E.
    rewrite <- E, id_join_pairs. apply token_ids_bytes; auto.
    unfold is_token. rewrite <- id_join_pairs, E.
    apply (reaches_no_empty _ _ bytes Hj) in H; [|now apply byte_ids_tokens].
    apply neighbours_in in Hn as [Hx _]. apply (proj1 (Forall_forall _ _) H) in Hx.
    intros K. now apply app_eq_nil in K.
  Qed.

  Lemma same_step piece s : reaches_by_pairs (byte_ids v piece) s ->
    merge_step (id_rank (with_ranks v)) (id_join (with_ranks v)) s
    = merge_step (id_rank v) (id_join v) s.
  Proof.
    intros H. destruct (merge_step (id_rank v) (id_join v) s) as [t|] eqn:Hst.
    - apply merge_step_iff in Hst as (p & x & y & q & r & -> & (Hr & Hl & Hg) & ->).
      rewrite id_rank_pairs in Hr. rewrite id_join_pairs.
      assert (Hn : neighbours x y (p ++ x :: y :: q)) by (apply neighbours_iff; eauto).
      assert (Hi := rank_of_result _ _ _ _ _ H Hn Hr).
      apply merge_step_iff. exists p, x, y, q, (pair_result ms x y).
      unfold id_rank at 1, id_join at 1, comes_first, token_id. simpl. rewrite Hi.
      repeat split; auto; intros u w i Hu Hj.
      + assert (Hn' : neighbours u w (p ++ x :: y :: q)).
        { change (p ++ x :: y :: q) with (p ++ [x] ++ y :: q). rewrite app_assoc.
          now apply neighbours_app_l. }
        destruct (neighbours_that_spell_a_token _ _ _ _ _ H Hn' Hj) as (r' & Hr' & <-).
        apply (pair_rank_rises _ _ _ _ _ _ Hr Hr'). apply (Hl u w); auto. now rewrite id_rank_pairs.
      + assert (Hn' : neighbours u w (p ++ x :: y :: q)).
        { apply neighbours_app_r. now constructor. }
        destruct (neighbours_that_spell_a_token _ _ _ _ _ H Hn' Hj) as (r' & Hr' & <-).
        apply (pair_rank_rises _ _ _ _ _ _ Hr Hr'). apply (Hg u w); auto. now rewrite id_rank_pairs.
    - rewrite merge_step_none_iff in *. intros x y Hn.
      destruct (id_rank (with_ranks v) x y) as [i|] eqn:E; auto.
      destruct (neighbours_that_spell_a_token _ _ _ _ _ H Hn E) as (r & Hr & _).
      rewrite <- id_rank_pairs, Hst in Hr by auto. discriminate.
  Qed.

  Lemma reaches_by_both piece s : reaches_by_pairs (byte_ids v piece) s ->
    forall t, reaches_by_pairs s t -> reaches (id_rank (with_ranks v)) (id_join (with_ranks v)) s t.
  Proof.
    intros H t Hst. induction Hst as [s | s t u Hst _ IH]; [constructor|].
    econstructor; [rewrite (same_step _ _ H); exact Hst|]. apply IH.
    eapply reaches_trans; [exact H | now apply reaches_one].
  Qed.

  (* Clauses: M6 *)
  Theorem pairs_and_ranks_agree piece : merge_by_pairs v ms piece = merge_by_ranks v piece.
  Proof.
    pose proof (merge_reached (id_rank v) (id_join v) (byte_ids v piece)) as H.
    assert (E : merge_ids (with_ranks v) (byte_ids v piece) = merge_ids v (byte_ids v piece)).
    { apply merge_unique; [apply (reaches_by_both piece); [constructor | exact H]|].
      rewrite (same_step _ _ H). apply merge_done. }
    pose proof (merge_piece_ids (with_ranks v) (with_ranks_well_formed v Hv) piece) as R.
    pose proof (merge_piece_ids v Hv piece) as P. unfold merge_piece in P, R. simpl in R.
    rewrite Hms in P. rewrite P. rewrite <- E. symmetry. exact R.
  Qed.
End Agreement.

(** * Canonical vocabularies

    A rank file says which tokens there are, not of which two each was made.  Where merging by
    lower ranks leaves two parts of each token, these are its merge.

    - [pairs_and_ranks_agree_on_a_canonical_vocabulary] (M6): pair semantics, by the list that
      is recovered from the ranks, and rank semantics give the same ids.
    - [recovered_merges_merge_alike] (F3 in part): so a vocabulary of ranks keeps its ids when
      it is given the merges that are recovered.
    - [canonical_tokens_encode_to_themselves] (M7): on a canonical vocabulary, by pairs or by
      ranks, every token encodes to itself.
    - [the_shortcut_changes_nothing_on_a_canonical_vocabulary] (M7): so the shortcut changes
      nothing there. *)

From BPE Require Import Definitions ApplyMerge LowestRank Merging PairsAndRanks Shortcut.

Definition join_by_ranks (v : vocabulary) (x y : id) : id :=
  token_id v (token_bytes v x ++ token_bytes v y).

Section Recovered.
  Variables (v : vocabulary) (ms : list merge).
  Hypotheses (Hv : well_formed v) (Hranks : merges v = None) (Hms : is_recovered v ms).
  Notation bytes := (token_bytes v).
  Notation reaches_by_ranks := (reaches (id_rank v) (id_join v)).

  Lemma id_rank_ranks x y : id_rank v x y = token_ids v (bytes x ++ bytes y).
  Proof. unfold id_rank. now rewrite Hranks. Qed.

  Lemma id_join_ranks x y : id_join v x y = join_by_ranks v x y.
  Proof. unfold id_join. now rewrite Hranks. Qed.

  Lemma lower_rank_some i x y r :
    lower_rank v i x y = Some r <-> id_rank v x y = Some r /\ r < i.
  Proof.
    rewrite id_rank_ranks. unfold lower_rank. destruct (token_ids v _) as [j|]; [|split; [|intros []]; discriminate].
    destruct (Nat.ltb_spec j i); split.
    - intros [= <-]. auto.
    - intros [[= <-] _]. reflexivity.
    - discriminate.
    - intros [[= <-] Hlt]. lia.
  Qed.

  (** Steps by lower ranks are steps by all ranks. *)
  Lemma lower_steps i s t : reaches (lower_rank v i) (join_by_ranks v) s t -> reaches_by_ranks s t.
  Proof.
    induction 1 as [s | s t u Hst _ IH]; [constructor|]. econstructor; [|exact IH].
    apply merge_step_iff in Hst as (p & x & y & q & r & -> & (Hr & Hl & Hg) & ->).
    apply lower_rank_some in Hr as [Hr Hlt].
    apply merge_step_iff. exists p, x, y, q, r. rewrite id_join_ranks. split; auto. split; auto.
    split; [exact Hr|]. split; intros z w j Hn Hj; destruct (Nat.lt_ge_cases j i) as [Hji | Hji]; try lia.
    - apply (Hl z w); auto. apply lower_rank_some. auto.
    - apply (Hg z w); auto. apply lower_rank_some. auto.
  Qed.

  (** Neighbours that spell a token, in a row that the ranks reach, are its two parts. *)
  Lemma neighbours_are_the_parts piece s x y i :
    reaches_by_ranks (byte_ids v piece) s -> neighbours x y s ->
    token_ids v (bytes x ++ bytes y) = Some i ->
    exists m, In m ms /\ result m = i /\ pair_of m = (x, y).
  Proof.
    intros H Hn Hi. apply neighbours_iff in Hn as (p & q & ->).
    pose proof (id_join_spells v Hv) as Hj.
    assert (Hne := reaches_no_empty _ _ bytes Hj _ _ H (byte_ids_tokens v Hv piece)).
    assert (D := reaches_spelling _ _ bytes Hj _ _ H).
    fold (decode_bytes v (byte_ids v piece)) in D. rewrite byte_ids_spell in D by auto.
    change (p ++ x :: y :: q) with (p ++ [x; y] ++ q) in *.
    rewrite !flat_map_app in D. subst piece. rewrite !byte_ids_app in H.
    pose proof (proj1 (tokens_have_ids v (proj1 Hv) _ _) Hi) as [Hw Hb].
    assert (K : reaches_by_ranks (byte_ids v (bytes i)) [x; y]).
    { rewrite Hb. replace (bytes x ++ bytes y) with (flat_map bytes [x; y])
        by (simpl; now rewrite app_nil_r).
      eapply (reaches_between _ _ bytes Hj); [| exact H | |];
        rewrite <- ?byte_ids_app; try apply byte_ids_tokens; auto;
        symmetry; now apply byte_ids_spell. }
    assert (Ht : is_token v i) by (unfold is_token; congruence).
    apply Forall_app in Hne as [_ Hne]. inversion Hne as [|? ? Hx Hne']; inversion Hne' as [|? ? Hy _]; subst.
    assert (Hlen : 2 <= length (bytes i)).
    { rewrite Hb, app_length. destruct (bytes x), (bytes y); simpl in *; try easy; lia. }
    apply (one_for_each_token _ _ Hms) in Ht as Hin; auto.
    apply in_map_iff in Hin as (m & Em & Hin). exists m. split; auto. split; auto.
    destruct (of_two_parts _ _ Hms m Hin) as [_ Hparts]. rewrite Em in Hparts.
    pose proof (merge_reached (lower_rank v i) (join_by_ranks v) (byte_ids v (bytes i))) as L.
    change (merge_lowest_rank _ _ _) with (parts_of v i) in L. rewrite Hparts in L. apply lower_steps in L.
    (* both pairs are reached, and each is one step from the end *)
    destruct (reaches_linear _ _ _ _ _ K L) as [G | G];
      inversion G as [? Eg | ? t ? Hst G']; subst; try (unfold pair_of; congruence);
      apply reaches_shorter in G'; apply merge_step_shorter in Hst; simpl in *; lia.
  Qed.

  Lemma nth_unique i j m m' : nth_error ms i = Some m -> nth_error ms j = Some m' ->
    result m = result m' -> i = j.
  Proof.
    intros Hi Hj E. pose proof (in_order_of_ids _ _ Hms) as Hr.
    destruct (Nat.lt_trichotomy i j) as [Hlt | [-> | Hlt]]; auto.
    - specialize (Hr _ _ _ _ Hi Hj Hlt). lia.
    - specialize (Hr _ _ _ _ Hj Hi Hlt). lia.
  Qed.

  (** A recovered merge's parts spell its result. *)
  Lemma parts_spell m : In m ms -> token_ids v (bytes (left_id m) ++ bytes (right_id m)) = Some (result m).
  Proof.
    intros Hin. destruct (of_two_parts _ _ Hms m Hin) as [Ht Hp].
    pose proof (merge_reached (lower_rank v (result m)) (join_by_ranks v) (byte_ids v (bytes (result m)))) as L.
    change (merge_lowest_rank _ _ _) with (parts_of v (result m)) in L. rewrite Hp in L. apply lower_steps in L.
    apply (reaches_spelling _ _ bytes (id_join_spells v Hv)) in L. simpl in L.
    rewrite app_nil_r in L. fold (decode_bytes v (byte_ids v (bytes (result m)))) in L.
    rewrite byte_ids_spell in L by auto. rewrite L. now apply token_ids_bytes.
  Qed.

  Lemma pair_rank_of x y m k : nth_error ms k = Some m -> pair_of m = (x, y) ->
    pair_rank ms x y = Some k /\ pair_result ms x y = result m.
  Proof.
    intros Hk E. assert (Hin := nth_error_In _ _ Hk).
    destruct (pair_rank ms x y) as [r|] eqn:Er.
    - apply pair_rank_some in Er as (m' & Hr & E' & ->). assert (Hin' := nth_error_In _ _ Hr).
      apply parts_spell in Hin, Hin'. injection E as E1 E2. injection E' as E1' E2'.
      assert (result m' = result m) as Eres by congruence. split; auto. f_equal.
      exact (nth_unique _ _ _ _ Hr Hk Eres).
    - apply pair_rank_none in Er. destruct Er. rewrite <- E. now apply in_map.
  Qed.

  Lemma same_step_recovered piece s : reaches_by_ranks (byte_ids v piece) s ->
    merge_step (pair_rank ms) (pair_result ms) s = merge_step (id_rank v) (id_join v) s.
  Proof.
    intros H. pose proof (in_order_of_ids _ _ Hms) as Hrise.
    assert (Hfind : forall x y i, neighbours x y s -> id_rank v x y = Some i ->
              exists k m, nth_error ms k = Some m /\ result m = i /\
                          pair_rank ms x y = Some k /\ pair_result ms x y = i).
    { intros x y i Hn Hi. rewrite id_rank_ranks in Hi.
      destruct (neighbours_are_the_parts _ _ _ _ _ H Hn Hi) as (m & Hin & Em & Ep).
      apply In_nth_error in Hin as [k Hk]. exists k, m.
      destruct (pair_rank_of _ _ _ _ Hk Ep) as [-> ->]. auto. }
    assert (Hback : forall x y k, pair_rank ms x y = Some k ->
              exists m, nth_error ms k = Some m /\ id_rank v x y = Some (result m)).
    { intros x y k Hk. apply pair_rank_some in Hk as (m & Hk & [= <- <-] & _). exists m.
      split; auto. rewrite id_rank_ranks. apply parts_spell. now apply nth_error_In in Hk. }
    destruct (merge_step (id_rank v) (id_join v) s) as [t|] eqn:Hst.
    - apply merge_step_iff in Hst as (p & x & y & q & i & -> & (Hr & Hl & Hg) & ->).
      assert (Hn : neighbours x y (p ++ x :: y :: q)) by (apply neighbours_iff; eauto).
      destruct (Hfind _ _ _ Hn Hr) as (k & m & Hk & Em & Ek & Ej).
      apply merge_step_iff. exists p, x, y, q, k. split; auto.
      assert (Hjoin : id_join v x y = pair_result ms x y).
      { rewrite Ej, id_join_ranks. unfold join_by_ranks, token_id.
        rewrite id_rank_ranks in Hr. now rewrite Hr. }
      rewrite Hjoin. split; auto. split; [exact Ek|].
      split; intros u w j Hu Hj; apply Hback in Hj as (m' & Hj & Hi);
        [specialize (Hl _ _ _ Hu Hi) | specialize (Hg _ _ _ Hu Hi)];
        destruct (Nat.lt_trichotomy k j) as [Hlt | [<- | Hlt]]; try lia.
      + rewrite Hk in Hj. injection Hj as <-. lia.
      + specialize (Hrise _ _ _ _ Hj Hk Hlt). lia.
      + specialize (Hrise _ _ _ _ Hj Hk Hlt). lia.
    - rewrite merge_step_none_iff in *. intros x y Hn.
      destruct (pair_rank ms x y) as [k|] eqn:E; auto.
      apply Hback in E as (m & _ & E). rewrite Hst in E by auto. discriminate.
  Qed.

  Lemma recovered_merges_merge_by_ranks piece : merge_by_pairs v ms piece = merge_by_ranks v piece.
  Proof.
    pose proof (merge_reached (id_rank v) (id_join v) (byte_ids v piece)) as H.
    pose proof (merge_piece_ids v Hv piece) as R. unfold merge_piece in R. rewrite Hranks in R. rewrite R.
    apply merge_unique.
    - assert (G : forall s t, reaches_by_ranks s t -> reaches_by_ranks (byte_ids v piece) s ->
                reaches (pair_rank ms) (pair_result ms) s t).
      { induction 1 as [s | s t u Hst _ IH]; intros Hs; [constructor|].
        econstructor; [rewrite (same_step_recovered _ _ Hs); exact Hst|]. apply IH.
        eapply reaches_trans; [exact Hs | now apply reaches_one]. }
      apply G; [exact H | constructor].
    - rewrite (same_step_recovered _ _ H). apply merge_done.
  Qed.

  (** Every token is reached: its two parts, and then itself. *)
  Lemma self_encoding_by_ranks i : is_token v i -> is_self_encoding v i.
  Proof.
    intros Hi. unfold is_self_encoding. rewrite merge_piece_ids by auto.
    destruct (Nat.le_gt_cases 2 (length (bytes i))) as [Hl | Hl].
    - destruct (in_map_iff result ms i) as [Hin _].
      destruct (Hin (one_for_each_token _ _ Hms _ Hi Hl)) as (m & <- & Hm). clear Hin.
      destruct (of_two_parts _ _ Hms m Hm) as [_ Hp].
      pose proof (merge_reached (lower_rank v (result m)) (join_by_ranks v) (byte_ids v (bytes (result m)))) as L.
      change (merge_lowest_rank _ _ _) with (parts_of v (result m)) in L. rewrite Hp in L.
      apply lower_steps in L. apply merge_unique; [|reflexivity].
      eapply reaches_trans; [exact L|]. apply reaches_one, merge_step_iff.
      exists [], (left_id m), (right_id m), [], (result m).
      pose proof (parts_spell m Hm) as Hs. split; auto. split.
      + split; [now rewrite id_rank_ranks|]. split; intros u w j Hu;
          apply neighbours_cons in Hu as [[_ (t & Et)] | Hu]; try discriminate; inversion Hu.
      + rewrite id_join_ranks. unfold join_by_ranks, token_id. now rewrite Hs.
    - unfold is_token in Hi. destruct (bytes i) as [|b [|]] eqn:E; [easy| |simpl in Hl; lia].
      rewrite merge_short by (simpl; lia). simpl. f_equal. apply (token_bytes_unique v Hv).
      + unfold is_token. rewrite byte_id_bytes by auto. discriminate.
      + now rewrite byte_id_bytes.
  Qed.
End Recovered.

Lemma recovered_by_ranks v ms : is_recovered v ms -> is_recovered (with_ranks v) ms.
Proof. intros [H1 H2 H3]. split; auto. Qed.

(* Clauses: M6 *)
Theorem pairs_and_ranks_agree_on_a_canonical_vocabulary v ms piece :
  well_formed v -> is_canonical_vocabulary v -> merges v = Some ms ->
  merge_by_pairs v ms piece = merge_by_ranks v piece.
Proof.
  intros Hv (ms' & Hr & Hm) E. assert (ms' = ms) as -> by (destruct Hm; congruence).
  exact (recovered_merges_merge_by_ranks (with_ranks v) ms (with_ranks_well_formed v Hv) eq_refl
           (recovered_by_ranks v ms Hr) piece).
Qed.

(* Clauses in part: F3 *)
Theorem recovered_merges_merge_alike v ms piece :
  well_formed v -> merges v = None -> is_recovered v ms ->
  merge_piece (with_merges v ms) piece = merge_piece v piece.
Proof.
  intros Hv E Hr. unfold merge_piece. rewrite E. simpl.
  exact (recovered_merges_merge_by_ranks v ms Hv E Hr piece).
Qed.

(* Clauses: M7 *)
Theorem canonical_tokens_encode_to_themselves v : well_formed v -> is_canonical_vocabulary v ->
  all_self_encoding v.
Proof.
  intros Hv (ms & Hr & Hm) i Hi. unfold is_self_encoding.
  assert (E : merge_piece v (token_bytes v i) = merge_by_ranks v (token_bytes v i)).
  { unfold merge_piece. destruct (merges v) as [ms'|] eqn:E; auto.
    apply pairs_and_ranks_agree_on_a_canonical_vocabulary; auto. exists ms. now rewrite E. }
  rewrite E. exact (self_encoding_by_ranks (with_ranks v) ms (with_ranks_well_formed v Hv) eq_refl
                      (recovered_by_ranks v ms Hr) i Hi).
Qed.

(* Clauses: M7 *)
Theorem the_shortcut_changes_nothing_on_a_canonical_vocabulary v piece :
  well_formed v -> is_canonical_vocabulary v ->
  encode_piece true v piece = encode_piece false v piece.
Proof.
  intros Hv Hc. apply the_shortcut_changes_nothing_iff; auto.
  now apply canonical_tokens_encode_to_themselves.
Qed.

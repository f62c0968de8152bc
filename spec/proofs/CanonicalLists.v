(** * Which lists of merges are canonical

    - [canonical_lists] (M6): a vocabulary under pair semantics is canonical exactly when its
      list is well-founded, every token encodes to itself, each token of two bytes or more has
      a merge, and the ids rise with the ranks.
    - [trained_vocabularies_are_canonical] (M6, M7): so is every trained vocabulary. *)

From BPE Require Import Definitions ApplyMerge LowestRank Merging EverywhereAtOnce PairsAndRanks
  Canonical Training.

(** ** One id *)

Lemma apply_merge_single m s x : apply_merge m s = [x] ->
  s = [x] \/ (x = result m /\ s = [left_id m; right_id m]).
Proof.
  assert (Hnil : forall s, apply_merge m s = [] -> s = []).
  { intros t. pattern t, (apply_merge m t). apply apply_merge_ind; easy. }
  pattern s, (apply_merge m s). apply apply_merge_ind; clear s; auto; try discriminate.
  - intros s _ [= <- E]. apply Hnil in E as ->. auto.
  - intros y z s _ _ E. injection E as <- E.
    change (apply_merge m (z :: s) = []) in E. now apply Hnil in E.
Qed.

Lemma apply_merges_single ms x : ~ In x (map result ms) -> forall s,
  apply_merges ms s = [x] -> s = [x].
Proof.
  induction ms as [|m ms IH]; intros Hx s E; auto. simpl in E, Hx.
  apply IH in E; [|tauto]. apply apply_merge_single in E as [E | [E _]]; auto.
  destruct Hx. auto.
Qed.

Lemma apply_merges_forall (P : id -> Prop) ms : (forall m, In m ms -> P (result m)) ->
  forall s, Forall P s -> Forall P (apply_merges ms s).
Proof.
  induction ms as [|m ms IH]; intros Hm s Hs; auto. simpl. apply IH.
  - intros m' Hin. apply Hm. now right.
  - apply apply_merge_forall; auto. apply Hm. now left.
Qed.

Lemma reaches_longer ms ms' s t :
  reaches (pair_rank ms) (pair_result ms) s t ->
  reaches (pair_rank (ms ++ ms')) (pair_result (ms ++ ms')) s t.
Proof.
  induction ms' as [|m ms' IH] using rev_ind; intros H; [now rewrite app_nil_r|].
  rewrite app_assoc. now apply reaches_more, IH.
Qed.

Lemma once_in_front {A} (l l' : list A) : NoDup (l ++ l') -> NoDup l.
Proof.
  induction l as [|x l IH]; intros H; [constructor|]. inversion H as [|? ? Hn Hd]; subst.
  constructor; auto. intros K. apply Hn. apply in_or_app. auto.
Qed.

Section Lists.
  Variables (v : vocabulary) (ms : list merge).
  Hypotheses (Hv : well_formed v) (Hms : merges v = Some ms).
  Notation bytes := (token_bytes v).

  Lemma results_are_tokens l : well_formed_merges v l -> forall m, In m l ->
    bytes (left_id m) <> [] /\ bytes (right_id m) <> [].
  Proof.
    induction 1 as [|l m Hl0 IH Hparts _ _]; intros m' Hin; [easy|].
    apply in_app_iff in Hin as [Hin | [<- | []]]; auto.
    assert (Hpart : forall part, part = left_id m \/ part = right_id m -> bytes part <> []).
    { intros part Hp. destruct (Hparts part Hp) as [Hl | Hin]; [now destruct (bytes part)|].
      apply in_map_iff in Hin as (m' & <- & Hin). destruct (IH _ Hin) as [Hl _].
      rewrite (well_formed_result v l m' Hl0 Hin). intros K. now apply app_eq_nil in K. }
    split; apply Hpart; auto.
  Qed.

  Lemma merges_well_formed : well_formed_merges v ms.
  Proof. pose proof (proj2 Hv) as H. now rewrite Hms in H. Qed.

  Lemma result_is_token m : In m ms -> is_token v (result m) /\ 2 <= length (bytes (result m)).
  Proof.
    intros Hin. destruct (results_are_tokens ms merges_well_formed m Hin) as [Hl Hr].
    unfold is_token. rewrite (well_formed_result v ms m merges_well_formed Hin), app_length.
    destruct (bytes (left_id m)), (bytes (right_id m)); simpl; try easy. split; [easy | lia].
  Qed.

  Lemma result_is_no_byte m piece : In m ms -> ~ In (result m) (byte_ids v piece).
  Proof.
    intros Hin H. apply in_map_iff in H as (b & E & _). apply result_is_token in Hin as [_ Hl].
    rewrite <- E, byte_id_bytes in Hl by auto. simpl in Hl. lia.
  Qed.

  (** *** From the four conditions to the list that is recovered *)

  Section Conditions.
    Hypothesis Hwf : is_well_founded ms.
    Hypothesis Hself : all_self_encoding v.
    Hypothesis Hrise : ids_rise_with_ranks ms.
    Variables (pre post : list merge) (m : merge).
    Hypothesis Hsplit : ms = pre ++ m :: post.
    Notation t := (result m).

    Lemma m_in : In m ms.
    Proof. rewrite Hsplit. apply in_or_app. right. now left. Qed.

    Lemma prefix_well_founded : is_well_founded pre.
    Proof.
      destruct Hwf as [Hd Ho]. split.
      - rewrite Hsplit, map_app in Hd. now apply once_in_front in Hd.
      - intros i j u w Hi Hj. apply Ho; rewrite Hsplit, nth_error_app1; auto;
          apply nth_error_Some; congruence.
    Qed.

    Lemma other_results : ~ In t (map result pre) /\ ~ In t (map result post).
    Proof.
      destruct Hwf as [Hd _]. rewrite Hsplit, map_app in Hd. simpl in Hd.
      apply NoDup_remove_2 in Hd. rewrite in_app_iff in Hd. tauto.
    Qed.

    (** By the merges before its own, a token's bytes become its two parts. *)
    Lemma merged_before : merge_row pre (byte_ids v (bytes t)) = [left_id m; right_id m].
    Proof.
      destruct other_results as [Hpre Hpost].
      assert (E : apply_merges ms (byte_ids v (bytes t)) = [t]).
      { rewrite <- applying_each_merge_once by auto. specialize (Hself t (proj1 (result_is_token m m_in))).
        unfold is_self_encoding, merge_piece in Hself. now rewrite Hms in Hself. }
      rewrite applying_each_merge_once by apply prefix_well_founded.
      unfold apply_merges in E. rewrite Hsplit, fold_left_app in E. cbn [fold_left] in E.
      apply (apply_merges_single post t Hpost) in E. apply apply_merge_single in E as [E | [_ E]]; auto.
      exfalso. assert (H : Forall (fun i => In i (byte_ids v (bytes t)) \/ In i (map result pre))
                              (apply_merges pre (byte_ids v (bytes t)))).
      { apply apply_merges_forall.
        - intros m' Hin. right. now apply in_map.
        - apply Forall_forall. auto. }
      unfold apply_merges in H. rewrite E in H. inversion H as [|? ? [Hb | Hr] _]; [|easy].
      exact (result_is_no_byte m _ m_in Hb).
    Qed.

    Notation start := (byte_ids v (bytes t)).
    Notation reaches_before := (reaches (pair_rank pre) (pair_result pre)).

    Lemma before_is_by_pairs s u : reaches_before s u -> reaches (id_rank v) (id_join v) s u.
    Proof.
      intros H. apply (reaches_longer pre (m :: post)) in H. rewrite <- Hsplit in H.
      unfold id_rank, id_join. now rewrite Hms.
    Qed.

    Lemma rank_before x y k : pair_rank pre x y = Some k ->
      nth_error ms k = nth_error pre k /\ pair_rank ms x y = Some k /\
      pair_result ms x y = pair_result pre x y /\ pair_result pre x y < t.
    Proof.
      intros H. assert (Hk := pair_rank_lt _ _ _ _ H).
      assert (Hl : forall l, pair_rank (pre ++ l) x y = Some k /\ pair_result (pre ++ l) x y = pair_result pre x y).
      { induction l as [|w l [IH1 IH2]] using rev_ind; [rewrite app_nil_r; auto|].
        rewrite app_assoc. destruct (pair_rank_more _ w _ _ _ IH1) as [E1 E2]. split; congruence. }
      destruct (Hl (m :: post)) as [E1 E2]. rewrite <- Hsplit in E1, E2.
      split; [rewrite Hsplit; now apply nth_error_app1|]. split; auto. split; auto.
      apply pair_rank_some in H as (w & Hw & _ & ->).
      apply (Hrise k (length pre)); auto; rewrite Hsplit.
      - now rewrite nth_error_app1.
      - now rewrite nth_error_app2, Nat.sub_diag by auto.
    Qed.

    (** In a row that these merges reach, ranks below the token's are ranks of these merges. *)
    Lemma same_step_before s : reaches_before start s ->
      merge_step (lower_rank v t) (join_by_ranks v) s = merge_step (pair_rank pre) (pair_result pre) s.
    Proof.
      intros H. apply before_is_by_pairs in H.
      assert (Hback : forall x y k, neighbours x y s -> pair_rank pre x y = Some k ->
                lower_rank v t x y = Some (pair_result pre x y) /\
                join_by_ranks v x y = pair_result pre x y).
      { intros x y k Hn Hk. destruct (rank_before _ _ _ Hk) as (_ & Hk' & Er & Hlt).
        pose proof (rank_of_result v ms Hv Hms _ _ _ _ _ H Hn Hk') as Hi. rewrite Er in Hi.
        unfold lower_rank, join_by_ranks, token_id. rewrite Hi.
        apply Nat.ltb_lt in Hlt. now rewrite Hlt. }
      assert (Hfind : forall x y i, neighbours x y s -> lower_rank v t x y = Some i ->
                exists k, pair_rank pre x y = Some k /\ pair_result pre x y = i).
      { intros x y i Hn Hi. unfold lower_rank in Hi. destruct (token_ids v _) as [j|] eqn:Ej; [|discriminate].
        destruct (Nat.ltb_spec j t) as [Hlt|]; [|discriminate]. injection Hi as ->.
        destruct (neighbours_that_spell_a_token v ms Hv Hms Hself _ _ _ _ _ H Hn Ej) as (k & Hk & Er).
        apply pair_rank_some in Hk as Hk'. destruct Hk' as (w & Hw & Ew & Ew').
        assert (Hkp : k < length pre).
        { destruct (Nat.lt_trichotomy k (length pre)) as [|[-> | Hgt]]; auto; exfalso.
          - rewrite Hsplit, nth_error_app2, Nat.sub_diag in Hw by auto. injection Hw as <-. lia.
          - assert (Hm : nth_error ms (length pre) = Some m)
              by (rewrite Hsplit, nth_error_app2, Nat.sub_diag by auto; reflexivity).
            specialize (Hrise _ _ _ _ Hm Hw Hgt). lia. }
        destruct (pair_rank pre x y) as [k'|] eqn:Ep.
        - exists k'. split; auto. destruct (rank_before _ _ _ Ep) as (_ & Hk2 & Er2 & _). congruence.
        - exfalso. apply pair_rank_none in Ep. apply Ep. rewrite <- Ew. apply in_map.
          rewrite Hsplit, nth_error_app1 in Hw by auto. now apply nth_error_In in Hw. }
      assert (Hord : forall x y k u w k', pair_rank pre x y = Some k -> pair_rank pre u w = Some k' ->
                (k < k' -> pair_result pre x y < pair_result pre u w) /\
                (k <= k' -> pair_result pre x y <= pair_result pre u w)).
      { intros x y k u w k' E1 E2. destruct (rank_before _ _ _ E1) as (_ & F1 & <- & _).
        destruct (rank_before _ _ _ E2) as (_ & F2 & <- & _).
        exact (pair_rank_rises ms Hrise _ _ _ _ _ _ F1 F2). }
      destruct (merge_step (pair_rank pre) (pair_result pre) s) as [u|] eqn:Hst.
      - apply merge_step_iff in Hst as (p & x & y & q & k & -> & (Hk & Hl & Hg) & ->).
        assert (Hn : neighbours x y (p ++ x :: y :: q)) by (apply neighbours_iff; eauto).
        destruct (Hback _ _ _ Hn Hk) as [Er Ej].
        apply merge_step_iff. exists p, x, y, q, (pair_result pre x y). rewrite Ej.
        repeat split; auto; intros z w i Hz Hi.
        + assert (Hz' : neighbours z w (p ++ x :: y :: q)).
          { change (p ++ x :: y :: q) with (p ++ [x] ++ y :: q). rewrite app_assoc.
            now apply neighbours_app_l. }
          destruct (Hfind _ _ _ Hz' Hi) as (k' & Hk' & <-). apply (Hord _ _ _ _ _ _ Hk Hk'). eauto.
        + assert (Hz' : neighbours z w (p ++ x :: y :: q))
            by (apply neighbours_app_r; now constructor).
          destruct (Hfind _ _ _ Hz' Hi) as (k' & Hk' & <-). apply (Hord _ _ _ _ _ _ Hk Hk'). eauto.
      - rewrite merge_step_none_iff in *. intros x y Hn.
        destruct (lower_rank v t x y) as [i|] eqn:E; auto.
        destruct (Hfind _ _ _ Hn E) as (k & Hk & _). rewrite Hst in Hk by auto. discriminate.
    Qed.

    Lemma parts_are_the_merge : parts_of v t = [left_id m; right_id m].
    Proof.
      pose proof (merge_reached (pair_rank pre) (pair_result pre) start) as H.
      rewrite merged_before in H. change (parts_of v t) with
        (merge_lowest_rank (lower_rank v t) (join_by_ranks v) start).
      apply merge_unique.
      - assert (G : forall s u, reaches_before s u -> reaches_before start s ->
                  reaches (lower_rank v t) (join_by_ranks v) s u).
        { induction 1 as [s | s w u Hst _ IH]; intros Hs; [constructor|].
          apply reaches_on with w; [rewrite (same_step_before s Hs); exact Hst|]. apply IH.
          eapply reaches_trans; [exact Hs | now apply reaches_one]. }
        apply G; [exact H | constructor].
      - rewrite (same_step_before _ H), <- merged_before. apply merge_done.
    Qed.
  End Conditions.

  (** *** And back *)

  (** What is left of a token by lower ranks are single bytes and lesser ids. *)
  Lemma parts_are_less i : Forall (fun j => In j (byte_ids v (bytes i)) \/ j < i) (parts_of v i).
  Proof.
    change (parts_of v i) with (merge_lowest_rank (lower_rank v i) (join_by_ranks v) (byte_ids v (bytes i))).
    eapply (reaches_invariant _ _ (Forall _)); [| apply merge_reached | apply Forall_forall; auto].
    intros s u Hs Hst. apply merge_step_iff in Hst as (p & x & y & q & r & -> & (Hr & _) & ->).
    apply Forall_app in Hs as [Hp Hq]. inversion Hq as [|? ? _ Hq']; inversion Hq'; subst.
    apply Forall_app. split; auto. constructor; auto. right.
    unfold lower_rank in Hr. unfold join_by_ranks, token_id. destruct (token_ids v _) as [j|]; [|discriminate].
    destruct (Nat.ltb_spec j i); [auto | discriminate].
  Qed.

  Lemma recovered_is_well_founded : is_recovered v ms -> is_well_founded ms.
  Proof.
    intros [Hrise _ Hparts]. split.
    - apply NoDup_nth_error. intros i j Hi E. rewrite map_length in Hi. rewrite !nth_error_map in E.
      destruct (nth_error ms i) as [m|] eqn:Ei; [|apply nth_error_None in Ei; lia].
      destruct (nth_error ms j) as [m'|] eqn:Ej; [|discriminate]. injection E as E.
      destruct (Nat.lt_trichotomy i j) as [H | [H | H]]; auto.
      + specialize (Hrise _ _ _ _ Ei Ej H). lia.
      + specialize (Hrise _ _ _ _ Ej Ei H). lia.
    - intros i j m m' Hi Hj E. assert (Hin := nth_error_In _ _ Hi). assert (Hin' := nth_error_In _ _ Hj).
      destruct (Hparts _ Hin') as [_ Hp]. pose proof (parts_are_less (result m')) as Hl. rewrite Hp in Hl.
      assert (Hlt : result m < result m').
      { inversion Hl as [|? ? H1 Hl']; inversion Hl' as [|? ? H2 _]; subst.
        assert (H : In (result m) (byte_ids v (bytes (result m'))) \/ result m < result m')
          by (destruct E as [-> | ->]; auto).
        destruct H as [H | H]; auto. now apply result_is_no_byte in H. }
      destruct (Nat.lt_trichotomy i j) as [H | [-> | H]]; auto; exfalso.
      + rewrite Hi in Hj. injection Hj as ->. lia.
      + specialize (Hrise _ _ _ _ Hj Hi H). lia.
  Qed.

  (* Clauses: M6 *)
  Theorem canonical_lists : is_canonical_vocabulary v <->
    is_well_founded ms /\ all_self_encoding v /\
    (forall i, is_token v i -> 2 <= length (bytes i) -> In i (map result ms)) /\
    ids_rise_with_ranks ms.
  Proof.
    split.
    - intros Hc. pose proof (canonical_tokens_encode_to_themselves v Hv Hc) as Hself.
      destruct Hc as (ms' & Hr & [E | E]); [congruence|].
      assert (ms' = ms) as -> by congruence.
      split; [now apply recovered_is_well_founded|]. destruct Hr. auto.
    - intros (Hwf & Hself & Hall & Hrise). exists ms. split; auto. split; auto.
      intros m Hin. split; [now apply result_is_token|].
      apply in_split in Hin as (pre & post & E). now apply (parts_are_the_merge Hwf Hself Hrise pre post m).
  Qed.
End Lists.

(* Clauses: M6, M7 *)
Theorem trained_vocabularies_are_canonical tie min_frequency order counts ms st :
  1 <= min_frequency -> NoDup order -> (forall b, In b order) ->
  trained tie min_frequency (start_training order counts) ms st ->
  is_canonical_vocabulary (trained_vocabulary (tokens st) ms).
Proof.
  intros Hmin Honce Hall Ht.
  assert (Hwf := trained_vocabulary_is_well_formed tie min_frequency order counts Hmin Honce Hall ms st Ht).
  apply (canonical_lists _ ms Hwf eq_refl). split; [|split; [|split]].
  - eapply trained_merges_are_well_founded; eauto.
  - eapply every_token_encodes_to_itself; eauto.
  - intros i Hi Hl. assert (Hk : kept order counts ms st) by (eapply kept_always; eauto).
    apply (is_token_iff tie min_frequency order counts) in Hi; auto.
    destruct (Nat.lt_ge_cases i (length order)) as [Hb | Hb].
    + simpl in Hl. rewrite (single_byte_length tie min_frequency order counts Hmin Honce Hall ms st Ht i Hb) in Hl. lia.
    + assert (Hn : i - length order < length ms) by lia. apply nth_error_Some in Hn.
      destruct (nth_error ms (i - length order)) as [m|] eqn:E; [|easy].
      apply in_map_iff. exists m. split; [|now apply nth_error_In in E].
      destruct (merges_numbered _ _ _ _ Hk _ _ E) as [-> _]. lia.
  - intros i j m m' Hi Hj Hlt. assert (Hk : kept order counts ms st) by (eapply kept_always; eauto).
    destruct (merges_numbered _ _ _ _ Hk _ _ Hi) as [-> _].
    destruct (merges_numbered _ _ _ _ Hk _ _ Hj) as [-> _]. lia.
Qed.

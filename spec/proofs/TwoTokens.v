(** * Two tokens, side by side

    Whether two tokens are what merging gives for their bytes is seen without merging: by
    undoing their merges, the latest first, and looking at the two tokens at the joint.
    It is how `bpe/engine/kernels/left_to_right.py` judges two neighbours; with
    [ids_that_pair_up_glue] and [single_ids_glue], a row in which each two are judged so is
    what merging gives.

    - [two_tokens_stand_together_iff] (E9 in part): under pair semantics, two tokens are what
      merging gives for their bytes exactly when undoing their merges, the latest first, meets
      no pair at the joint that would merge before either of the two is taken away.
    - [two_tokens_stand_together_by_ranks_iff] (E9 in part): under rank semantics, the same by
      the list that is recovered. *)

From BPE Require Import Definitions ApplyMerge LowestRank Merging EverywhereAtOnce PairsAndRanks
  Canonical CanonicalLists.

(** ** The judgement *)

Section Judgement.
  Variable ms : list merge.

  (** By which merge a token is made, counted from 1, and 0 if by none: a single byte. *)
  Definition made_by (x : id) : nat :=
    match find_index (fun m => result m =? x) ms with Some k => S k | None => 0 end.

  Definition left_part (x : id) : id :=
    match find (fun m => result m =? x) ms with Some m => left_id m | None => x end.

  Definition right_part (x : id) : id :=
    match find (fun m => result m =? x) ms with Some m => right_id m | None => x end.

  (** [l] and [r] meet at the joint until the merge [until_l] takes [l] away, or [until_r]
      takes [r] away; of the same rank the one further left comes first. *)
  Fixpoint stand_together (steps : nat) (l r : id) (until_l until_r : nat) : bool :=
    match steps with
    | 0 => true
    | S steps =>
        if match pair_rank ms l r with
           | Some k => (k <? until_l) && (k <=? until_r)
           | None => false
           end
        then false
        else if made_by r <? made_by l
        then stand_together steps (right_part l) r (made_by l - 1) until_r
        else if 0 <? made_by r
        then stand_together steps l (left_part r) until_l (made_by r - 1)
        else true
    end.

  Definition two_stand_together (x y : id) : bool :=
    stand_together (S (made_by x + made_by y)) x y (length ms) (length ms).
End Judgement.

(** ** Rows in two parts *)

Definition ends_in {A} (s : list A) (x : A) : Prop := exists p, s = p ++ [x].
Definition starts_with {A} (s : list A) (x : A) : Prop := exists q, s = x :: q.

Lemma ends_in_one {A} (x y : A) : ends_in [x] y <-> x = y.
Proof.
  split; [|intros ->; now exists []]. intros ([|z p] & E); [now injection E|].
  injection E as _ E. now destruct p.
Qed.

Lemma starts_with_one {A} (x y : A) : starts_with [x] y <-> x = y.
Proof. split; [|intros ->; now exists []]. intros (q & E). now injection E. Qed.

Lemma ends_in_app {A} (s t : list A) x : t <> [] -> ends_in (s ++ t) x <-> ends_in t x.
Proof.
  intros Ht. split; [|intros (p & ->); exists (s ++ p); now rewrite app_assoc].
  intros (p & E). destruct t as [|y t _] using rev_ind; [easy|].
  rewrite app_assoc in E. apply app_inj_tail in E as [_ <-]. now exists t.
Qed.

Lemma starts_with_app {A} (s t : list A) x : s <> [] -> starts_with (s ++ t) x <-> starts_with s x.
Proof.
  intros Hs. destruct s as [|y s]; [easy|]. split; intros (q & E); injection E as -> _; eexists; reflexivity.
Qed.

(** A merge of two rows merges each, unless it merges the last of one with the first of the other. *)
Definition crosses (m : merge) (s t : list id) : Prop :=
  ends_in (apply_merge m s) (left_id m) /\ starts_with t (right_id m).

Lemma apply_merge_in_parts m s t : result m <> left_id m ->
  (apply_merge m (s ++ t) = apply_merge m s ++ apply_merge m t /\ ~ crosses m s t) \/
  (exists p q, apply_merge m s = p ++ [left_id m] /\ t = right_id m :: q /\
               apply_merge m (s ++ t) = p ++ result m :: apply_merge m q).
Proof.
  intros Hc. induction s as [| x | x y s IHs IHt] using list_ind2.
  - left. split; auto. intros [(p & E) _]. now destruct p.
  - destruct t as [|y t]; [left; split; auto; now intros [_ (q & E)]|].
    change ([x] ++ y :: t) with (x :: y :: t). destruct (hit_or_miss m x y) as [[-> ->] | H].
    + right. exists [], t. now rewrite apply_hit.
    + left. rewrite apply_miss by auto. split; [reflexivity|].
      intros [E (q & E')]. apply ends_in_one in E. injection E' as -> _. auto.
  - rewrite <- !app_comm_cons. destruct (hit_or_miss m x y) as [[-> ->] | H].
    + unfold crosses. rewrite (apply_hit m (s ++ t)), (apply_hit m s). destruct IHs as [[-> Hn] | (p & q & E & -> & ->)].
      * left. split; [reflexivity|]. intros [(p & E) K]. apply Hn. split; auto.
        destruct p as [|z p]; [now injection E|]. simpl in E. injection E as _ E. now exists p.
      * right. exists (result m :: p), q. now rewrite E.
    + unfold crosses. rewrite (apply_miss m x y (s ++ t)), (apply_miss m x y s) by auto.
      destruct IHt as [[E Hn] | (p & q & E & -> & E')].
      * left. rewrite <- app_comm_cons in E. rewrite E. split; [reflexivity|]. intros [(p & E') K]. apply Hn. split; auto.
        destruct (apply_merge_head m y s) as (h & u & E3 & _). rewrite E3 in *.
        destruct p as [|z p]; injection E' as _ E'; [discriminate | now exists p].
      * right. exists (x :: p), q. rewrite <- app_comm_cons in E'. now rewrite E, E'.
Qed.

(** ** The first merges of a list *)

Section Canonical.
  Variables (v : vocabulary) (ms : list merge).
  Hypotheses (Hv : well_formed v) (Hms : merges v = Some ms).
  Hypotheses (Hwf : is_well_founded ms) (Hself : all_self_encoding v).
  Notation bytes := (token_bytes v).
  Notation spelling := (flat_map bytes).
  Notation row := (list id).

  Definition first_merges (k : nat) (s : row) : row := apply_merges (firstn k ms) s.

  Lemma first_merges_next k m s : nth_error ms k = Some m ->
    first_merges (S k) s = apply_merge m (first_merges k s).
  Proof.
    intros H. unfold first_merges.
    assert (E : firstn (S k) ms = firstn k ms ++ [m]).
    { revert k H. clear. induction ms as [|x l IH]; intros [|k] H; try discriminate.
      - now injection H as ->.
      - simpl. f_equal. now apply IH. }
    rewrite E. unfold apply_merges. now rewrite fold_left_app.
  Qed.

  Lemma first_merges_beyond k s : nth_error ms k = None -> first_merges (S k) s = first_merges k s.
  Proof.
    intros H. apply nth_error_None in H. unfold first_merges. rewrite !firstn_all2; auto with arith.
  Qed.

  Lemma a_merge m : In m ms ->
    result m <> left_id m /\ result m <> right_id m /\
    bytes (result m) = bytes (left_id m) ++ bytes (right_id m) /\
    bytes (left_id m) <> [] /\ bytes (right_id m) <> [].
  Proof.
    intros Hin. pose proof (merges_well_formed v ms Hv Hms) as Hl.
    destruct (results_are_tokens v ms Hl m Hin) as [Ha Hb].
    pose proof (well_formed_result v ms m Hl Hin) as Hc.
    repeat split; auto; intros E; rewrite E in Hc; apply (f_equal (@length _)) in Hc;
      rewrite app_length in Hc; destruct (bytes (left_id m)), (bytes (right_id m)); simpl in Hc; try easy; lia.
  Qed.

  (** A cut of a row is a place between its ids, or at its ends, in bytes. *)
  Definition cut (n : nat) (s : row) : Prop := exists p q, s = p ++ q /\ length (spelling p) = n.

  Lemma cut_before m s : In m ms -> forall n, cut n (apply_merge m s) -> cut n s.
  Proof.
    intros Hin. destruct (a_merge m Hin) as (_ & _ & Hc & _).
    pattern s, (apply_merge m s). apply apply_merge_ind; clear s; auto.
    - intros s IH n (p & q & E & <-). destruct p as [|z p].
      + now exists [], (left_id m :: right_id m :: s).
      + injection E as <- E. destruct (IH (length (spelling p))) as (p' & q' & -> & E'); [now exists p, q|].
        exists (left_id m :: right_id m :: p'), q'. split; auto. simpl.
        rewrite Hc, !app_length, E'. lia.
    - intros x y s _ IH n (p & q & E & <-). destruct p as [|z p].
      + now exists [], (x :: y :: s).
      + injection E as <- E. destruct (IH (length (spelling p))) as (p' & q' & E1 & E'); [now exists p, q|].
        exists (x :: p'), q'. simpl. rewrite <- E1, !app_length, E'. auto.
  Qed.

  Lemma cut_earlier j k n s : j <= k -> cut n (first_merges k s) -> cut n (first_merges j s).
  Proof.
    induction 1 as [|k _ IH]; auto. intros H. apply IH.
    destruct (nth_error ms k) as [m|] eqn:E.
    - rewrite (first_merges_next _ _ _ E) in H. apply nth_error_In in E. now apply (cut_before m).
    - now rewrite first_merges_beyond in H.
  Qed.

  Lemma first_merges_spelling k s : spelling (first_merges k s) = spelling s.
  Proof.
    induction k as [|k IH]; [reflexivity|]. destruct (nth_error ms k) as [m|] eqn:E.
    - rewrite (first_merges_next _ _ _ E), <- IH. apply nth_error_In, a_merge in E as (_ & _ & Hc & _).
      generalize (first_merges k s). intros t. pattern t, (apply_merge m t).
      apply apply_merge_ind; auto; clear t; intros; simpl in *; congruence || (rewrite Hc, <- app_assoc; congruence).
    - now rewrite first_merges_beyond.
  Qed.

  (** Where a merge crosses a joint, there is no cut any more. *)
  Lemma no_cut_inside m p q : In m ms ->
    ~ cut (length (spelling (p ++ [left_id m]))) (p ++ result m :: q).
  Proof.
    intros Hin (p' & q' & E & El). destruct (a_merge m Hin) as (_ & _ & Hc & Ha & Hb).
    rewrite flat_map_app, app_length in El. simpl in El. rewrite app_nil_r in El.
    assert (0 < length (bytes (left_id m))) by (destruct (bytes (left_id m)); [easy | simpl; lia]).
    assert (0 < length (bytes (right_id m))) by (destruct (bytes (right_id m)); [easy | simpl; lia]).
    apply app_eq_app in E as [[|z l] [[-> E] | [-> E]]];
      rewrite ?app_nil_r, ?flat_map_app, ?app_length in *; try lia.
    injection E as <- ->. simpl in El. rewrite Hc, !app_length in El. lia.
  Qed.

  Lemma crosses_iff k m s t : nth_error ms k = Some m ->
    crosses m (first_merges k s) (first_merges k t)
    <-> ends_in (first_merges (S k) s) (left_id m) /\ starts_with (first_merges k t) (right_id m).
  Proof. intros H. unfold crosses. now rewrite (first_merges_next _ _ _ H). Qed.

  Lemma next_in_parts k m s t : nth_error ms k = Some m ->
    first_merges k (s ++ t) = first_merges k s ++ first_merges k t ->
    (first_merges (S k) (s ++ t) = first_merges (S k) s ++ first_merges (S k) t /\
     ~ crosses m (first_merges k s) (first_merges k t)) \/
    ~ cut (length (spelling s)) (first_merges (S k) (s ++ t)).
  Proof.
    intros H E. assert (Hin := nth_error_In _ _ H). rewrite !(first_merges_next _ _ _ H), E.
    destruct (apply_merge_in_parts m (first_merges k s) (first_merges k t)) as [[-> Hn] | (p & q & Ep & -> & ->)];
      [now apply a_merge | now left | right].
    assert (Es : spelling s = spelling (p ++ [left_id m])).
    { rewrite <- Ep, <- (first_merges_next _ _ _ H). symmetry. apply first_merges_spelling. }
    rewrite Es. now apply no_cut_inside.
  Qed.

  Lemma cut_in_parts k s t : cut (length (spelling s)) (first_merges k (s ++ t)) ->
    first_merges k (s ++ t) = first_merges k s ++ first_merges k t.
  Proof.
    induction k as [|k IH]; intros H; [reflexivity|].
    assert (E := IH (cut_earlier k (S k) _ _ (Nat.le_succ_diag_r k) H)).
    destruct (nth_error ms k) as [m|] eqn:Em.
    - destruct (next_in_parts k m s t Em E) as [[K _] | K]; easy.
    - now rewrite !first_merges_beyond.
  Qed.

  (** ** One token *)

  Definition row_of (x : id) : row := byte_ids v (bytes x).

  Lemma row_spelling x : spelling (row_of x) = bytes x.
  Proof. apply (byte_ids_spell v Hv). Qed.

  Lemma all_merges_make_it x : is_token v x -> apply_merges ms (row_of x) = [x].
  Proof.
    intros Hx. apply Hself in Hx. unfold is_self_encoding, merge_piece, merge_by_pairs in Hx.
    rewrite Hms in Hx. rewrite <- (applying_each_merge_once ms _ Hwf). exact Hx.
  Qed.

  Lemma apply_merges_one l x : apply_merges l [x] = [x].
  Proof. induction l; auto. Qed.

  Lemma a_byte x : is_token v x -> made_by ms x = 0 -> row_of x = [x].
  Proof.
    intros Hx H. apply (apply_merges_single ms x); [|now apply all_merges_make_it].
    unfold made_by in H. destruct (find_index _ ms) eqn:E; [discriminate|].
    rewrite find_index_none in E. intros K. apply in_map_iff in K as (m & Em & K).
    apply E in K. now rewrite Em, Nat.eqb_refl in K.
  Qed.

  Lemma not_a_byte x k : made_by ms x = S k -> exists m,
    nth_error ms k = Some m /\ result m = x /\ left_part ms x = left_id m /\ right_part ms x = right_id m.
  Proof.
    unfold made_by, left_part, right_part. destruct (find_index _ ms) as [i|] eqn:E; [|discriminate].
    intros [= <-]. apply find_index_some in E as (m & Hm & Em & ->). apply Nat.eqb_eq in Em. eauto.
  Qed.

  Lemma row_of_two m : In m ms -> row_of (result m) = row_of (left_id m) ++ row_of (right_id m).
  Proof.
    intros Hin. destruct (a_merge m Hin) as (_ & _ & Hc & _). unfold row_of. rewrite Hc. apply byte_ids_app.
  Qed.

  Lemma before_and_after x k m : is_token v x -> nth_error ms k = Some m -> result m = x ->
    first_merges k (row_of x) = [left_id m; right_id m] /\
    forall j, k < j -> first_merges j (row_of x) = [x].
  Proof.
    intros Hx Hm Er. assert (Hin := nth_error_In _ _ Hm).
    destruct (nth_error_split _ _ Hm) as (l1 & l2 & El & Ek).
    assert (H := all_merges_make_it x Hx). rewrite El in H. unfold apply_merges in H.
    rewrite fold_left_app in H. simpl in H. fold (apply_merges l1 (row_of x)) in H.
    fold (apply_merges l2 (apply_merge m (apply_merges l1 (row_of x)))) in H.
    assert (Hd : NoDup (map result l1 ++ result m :: map result l2))
      by (pose proof (proj1 Hwf) as Hd; rewrite El, map_app in Hd; exact Hd).
    apply NoDup_remove_2 in Hd. rewrite Er in Hd. rewrite in_app_iff in Hd.
    assert (E1 : firstn k ms = l1) by (rewrite El, <- Ek, firstn_app, Nat.sub_diag, firstn_all; simpl; now rewrite app_nil_r).
    apply apply_merges_single in H; [|tauto].
    assert (E2 : first_merges k (row_of x) = [left_id m; right_id m]).
    { unfold first_merges. rewrite E1. apply apply_merge_single in H as [H | [_ H]]; auto.
      apply apply_merges_single in H; [|tauto]. exfalso.
      apply (f_equal (@length _)) in H. unfold row_of, byte_ids in H. rewrite map_length in H. simpl in H.
      rewrite <- Er in H. destruct (a_merge m Hin) as (_ & _ & Hc & Ha & Hb). rewrite Hc, app_length in H.
      destruct (bytes (left_id m)), (bytes (right_id m)); simpl in H; try easy; lia. }
    split; auto. intros j Hj.
    assert (E3 : first_merges (S k) (row_of x) = [x]).
    { rewrite (first_merges_next _ _ _ Hm), E2, apply_hit, Er. reflexivity. }
    clear -Hj E3. induction Hj as [|j _ IH]; auto. destruct (nth_error ms j) as [m'|] eqn:E.
    - now rewrite (first_merges_next _ _ _ E), IH.
    - now rewrite first_merges_beyond.
  Qed.

  Lemma two_parts x k m j : is_token v x -> nth_error ms k = Some m -> result m = x -> j <= k ->
    first_merges j (row_of x) = first_merges j (row_of (left_id m)) ++ first_merges j (row_of (right_id m)).
  Proof.
    intros Hx Hm Er Hj. rewrite <- Er, (row_of_two m) by (now apply nth_error_In in Hm).
    apply cut_in_parts. rewrite <- (row_of_two m), Er by (now apply nth_error_In in Hm).
    apply (cut_earlier j k); auto. rewrite (proj1 (before_and_after x k m Hx Hm Er)).
    exists [left_id m], [right_id m]. split; auto. simpl. rewrite app_nil_r. now rewrite row_spelling.
  Qed.

  Lemma not_empty x j : bytes x <> [] -> first_merges j (row_of x) <> [].
  Proof.
    intros Hx E. apply (f_equal spelling) in E. rewrite first_merges_spelling, row_spelling in E. easy.
  Qed.

  Lemma made_in_order m k part : nth_error ms k = Some m -> part = left_id m \/ part = right_id m ->
    made_by ms part <= k.
  Proof.
    intros Hm Hp. destruct (made_by ms part) as [|i] eqn:E; [lia|].
    apply not_a_byte in E as (m' & Hi & Er & _). apply (proj2 Hwf i k m' m Hi Hm). rewrite Er. tauto.
  Qed.

  Lemma is_whole x j : is_token v x -> made_by ms x <= j -> first_merges j (row_of x) = [x].
  Proof.
    intros Hx H. destruct (made_by ms x) as [|k] eqn:E.
    - rewrite a_byte by auto. apply apply_merges_one.
    - apply not_a_byte in E as (m & Hm & Er & _). now apply (before_and_after x k m).
  Qed.

  (** What a token ends in, and begins with, after the first merges. *)
  Lemma ends_whole x j a : is_token v x -> made_by ms x <= j ->
    ends_in (first_merges j (row_of x)) a <-> x = a.
  Proof. intros Hx H. rewrite is_whole by auto. apply ends_in_one. Qed.

  Lemma starts_whole x j b : is_token v x -> made_by ms x <= j ->
    starts_with (first_merges j (row_of x)) b <-> x = b.
  Proof. intros Hx H. rewrite is_whole by auto. apply starts_with_one. Qed.

  Lemma ends_in_part x j a : is_token v x -> j < made_by ms x ->
    ends_in (first_merges j (row_of x)) a <-> ends_in (first_merges j (row_of (right_part ms x))) a.
  Proof.
    intros Hx H. destruct (made_by ms x) as [|k] eqn:E; [lia|].
    apply not_a_byte in E as (m & Hm & Er & _ & ->). rewrite (two_parts x k m j) by (auto; lia).
    apply ends_in_app, not_empty. apply nth_error_In, a_merge in Hm. tauto.
  Qed.

  Lemma starts_with_part x j b : is_token v x -> j < made_by ms x ->
    starts_with (first_merges j (row_of x)) b <-> starts_with (first_merges j (row_of (left_part ms x))) b.
  Proof.
    intros Hx H. destruct (made_by ms x) as [|k] eqn:E; [lia|].
    apply not_a_byte in E as (m & Hm & Er & -> & _). rewrite (two_parts x k m j) by (auto; lia).
    apply starts_with_app, not_empty. apply nth_error_In, a_merge in Hm. tauto.
  Qed.

  Lemma parts_are_tokens x : 0 < made_by ms x ->
    is_token v (left_part ms x) /\ made_by ms (left_part ms x) <= made_by ms x - 1 /\
    is_token v (right_part ms x) /\ made_by ms (right_part ms x) <= made_by ms x - 1.
  Proof.
    intros H. destruct (made_by ms x) as [|k] eqn:E; [lia|]. simpl. rewrite Nat.sub_0_r.
    apply not_a_byte in E as (m & Hm & _ & -> & ->). unfold is_token.
    repeat split; try (apply (made_in_order m); auto); apply nth_error_In, a_merge in Hm; tauto.
  Qed.

  (** ** Two tokens *)

  Lemma pair_rank_is x y k : pair_rank ms x y = Some k <->
    exists m, nth_error ms k = Some m /\ left_id m = x /\ right_id m = y.
  Proof.
    split.
    - intros H. apply pair_rank_some in H as (m & Hm & [= <- <-] & _). eauto.
    - intros (m & Hm & <- & <-). destruct (pair_rank ms (left_id m) (right_id m)) as [i|] eqn:E.
      + apply pair_rank_some in E as (m' & Hi & E & _). f_equal.
        pose proof (merges_well_formed v ms Hv Hms) as Hl. clear -Hl Hm Hi E.
        assert (Hd : NoDup (map pair_of ms)).
        { clear -Hl. induction Hl as [|l m0 _ IH _ _ Hn]; [constructor|]. rewrite map_app. simpl.
          apply (Permutation_NoDup (Permutation_cons_append _ _)). now constructor. }
        apply (NoDup_nth_error (map pair_of ms)); auto.
        * rewrite map_length. apply nth_error_Some. congruence.
        * rewrite !nth_error_map, Hi, Hm. simpl. now rewrite E.
      + apply pair_rank_none in E. destruct E. apply in_map_iff. exists m. split; auto.
        now apply nth_error_In in Hm.
  Qed.

  (** No merge below two limits crosses the joint. *)
  Definition none_crosses (l r : id) (until_l until_r : nat) : Prop :=
    forall k m, nth_error ms k = Some m -> k < until_l -> k <= until_r ->
      ~ (ends_in (first_merges (S k) (row_of l)) (left_id m) /\
         starts_with (first_merges k (row_of r)) (right_id m)).

  Lemma judged steps : forall l r until_l until_r,
    is_token v l -> is_token v r -> made_by ms l <= until_l -> made_by ms r <= until_r ->
    made_by ms l + made_by ms r < steps ->
    stand_together ms steps l r until_l until_r = true <-> none_crosses l r until_l until_r.
  Proof.
    induction steps as [|steps IH]; intros l r ul ur Hl Hr Hul Hur Hs; [lia|].
    simpl stand_together.
    destruct (match pair_rank ms l r with Some k => (k <? ul) && (k <=? ur) | None => false end) eqn:Ep.
    { split; [discriminate|]. intros H. exfalso. destruct (pair_rank ms l r) as [k|] eqn:Ek; [|discriminate].
      apply andb_true_iff in Ep as [E1 E2]. apply Nat.ltb_lt in E1. apply Nat.leb_le in E2.
      apply pair_rank_is in Ek as (m & Hm & El & Er). apply (H k m Hm E1 E2).
      split; [apply ends_whole | apply starts_whole]; auto;
        pose proof (made_in_order m k l Hm); pose proof (made_in_order m k r Hm); intuition lia. }
    (* the pair itself does not merge: what is left is earlier *)
    assert (Hthis : forall k m, nth_error ms k = Some m -> k < ul -> k <= ur ->
              made_by ms l <= S k -> made_by ms r <= k ->
              ~ (ends_in (first_merges (S k) (row_of l)) (left_id m) /\
                 starts_with (first_merges k (row_of r)) (right_id m))).
    { intros k m Hm H1 H2 H3 H4 [E1 E2]. apply ends_whole in E1; auto. apply starts_whole in E2; auto.
      assert (Ek : pair_rank ms l r = Some k) by (apply pair_rank_is; exists m; auto).
      rewrite Ek in Ep. apply andb_false_iff in Ep as [Ep | Ep];
        [apply Nat.ltb_ge in Ep | apply Nat.leb_gt in Ep]; lia. }
    destruct (Nat.ltb_spec (made_by ms r) (made_by ms l)) as [Hlt | Hge].
    - destruct (parts_are_tokens l ltac:(lia)) as (_ & _ & Ht & Hm).
      rewrite IH by (auto; lia). unfold none_crosses. split; intros H k m Hk H1 H2.
      + destruct (Nat.le_gt_cases (made_by ms l) (S k)) as [Hw | Hw].
        * apply Hthis; auto; lia.
        * rewrite ends_in_part by auto. apply H; auto; lia.
      + rewrite <- ends_in_part by (auto; lia). apply H; auto; lia.
    - destruct (Nat.ltb_spec 0 (made_by ms r)) as [Hpos | Hzero].
      + destruct (parts_are_tokens r Hpos) as (Ht & Hm & _ & _).
        rewrite IH by (auto; lia). unfold none_crosses. split; intros H k m Hk H1 H2.
        * destruct (Nat.le_gt_cases (made_by ms r) k) as [Hw | Hw].
          -- apply Hthis; auto; lia.
          -- rewrite starts_with_part by auto. apply H; auto; lia.
        * rewrite <- starts_with_part by (auto; lia). apply H; auto; lia.
      + split; auto. intros _ k m Hk H1 H2. apply Hthis; auto; lia.
  Qed.

  Lemma no_merge_crosses_iff x y : is_token v x -> is_token v y ->
    apply_merges ms (row_of x ++ row_of y) = [x; y] <-> none_crosses x y (length ms) (length ms).
  Proof.
    intros Hx Hy.
    assert (EN : forall s, first_merges (length ms) s = apply_merges ms s)
      by (intros s; unfold first_merges; now rewrite firstn_all).
    split.
    - intros E k m Hm Hk _ H. rewrite <- EN in E.
      assert (Hc : forall j, j <= length ms -> cut (length (spelling (row_of x))) (first_merges j (row_of x ++ row_of y))).
      { intros j Hj. apply (cut_earlier j (length ms)); auto. rewrite E. exists [x], [y].
        split; auto. simpl. now rewrite app_nil_r, row_spelling. }
      assert (Ek := cut_in_parts k (row_of x) (row_of y) (Hc k ltac:(lia))).
      destruct (next_in_parts k m _ _ Hm Ek) as [[_ K] | K].
      + apply K. now apply crosses_iff.
      + apply K, Hc. lia.
    - intros H. rewrite <- EN.
      assert (E : forall k, k <= length ms ->
                first_merges k (row_of x ++ row_of y) = first_merges k (row_of x) ++ first_merges k (row_of y)).
      { induction k as [|k IH]; intros Hk; [reflexivity|].
        destruct (nth_error ms k) as [m|] eqn:Em; [|apply nth_error_None in Em; lia].
        specialize (IH ltac:(lia)).
        destruct (apply_merge_in_parts m (first_merges k (row_of x)) (first_merges k (row_of y)))
          as [[E _] | (p & q & E1 & E2 & _)].
        - apply nth_error_In in Em. now apply a_merge.
        - now rewrite !(first_merges_next _ _ _ Em), IH.
        - exfalso. apply (H k m Em ltac:(lia) ltac:(lia)). apply crosses_iff; auto.
          split; [now exists p | now exists q]. }
      rewrite E by auto. rewrite !EN, !all_merges_make_it; auto.
  Qed.

  (* Clauses in part: E9 *)
  Theorem two_tokens_stand_together_iff x y : is_token v x -> is_token v y ->
    merge_piece v (decode_bytes v [x; y]) = [x; y] <->
    two_stand_together ms x y = true.
  Proof.
    intros Hx Hy.
    assert (Hb : forall z, made_by ms z <= length ms).
    { intros z. destruct (made_by ms z) as [|k] eqn:E; [lia|]. apply not_a_byte in E as (m & Hm & _).
      apply nth_error_Some. congruence. }
    unfold two_stand_together. rewrite judged by auto. rewrite <- no_merge_crosses_iff by auto.
    unfold merge_piece, merge_by_pairs, decode_bytes. rewrite Hms, (applying_each_merge_once ms _ Hwf).
    simpl. rewrite app_nil_r, byte_ids_app. reflexivity.
  Qed.
End Canonical.

(** ** By ranks *)

Section ByRanks.
  Variables (v : vocabulary) (ms : list merge).
  Hypotheses (Hv : well_formed v) (Hranks : merges v = None) (Hms : is_recovered v ms).
  Notation bytes := (token_bytes v).

  Lemma parts_are_lesser m part : In m ms -> part = left_id m \/ part = right_id m ->
    length (bytes part) = 1 \/ part < result m.
  Proof.
    intros Hin Hp. destruct (of_two_parts _ _ Hms m Hin) as [_ E].
    assert (H : Forall (fun i => length (bytes i) = 1 \/ i < result m) (parts_of v (result m))).
    { unfold parts_of. eapply reaches_invariant; [| apply merge_reached |].
      - intros s t Hs Hst. apply merge_step_iff in Hst as (p & x & y & q & r & -> & (Hr & _) & ->).
        apply Forall_app in Hs as [Hs1 Hs2]. inversion Hs2 as [|? ? _ Hs3]; inversion Hs3; subst.
        apply Forall_app. split; auto. constructor; auto. right.
        apply (lower_rank_some v Hranks) in Hr as [Hr Hlt].
        rewrite (id_rank_ranks v Hranks) in Hr. unfold token_id. now rewrite Hr.
      - apply Forall_forall. intros i Hi. apply in_map_iff in Hi as (b & <- & _).
        left. now rewrite (byte_id_bytes v Hv). }
    rewrite E in H. inversion H as [|? ? H1 H2]; inversion H2; subst. destruct Hp as [-> | ->]; auto.
  Qed.

  Lemma recovered_results_differ : NoDup (map result ms).
  Proof.
    apply NoDup_nth_error. intros i j Hi E. rewrite map_length in Hi. rewrite !nth_error_map in E.
    destruct (nth_error ms i) as [m|] eqn:Em; [|apply nth_error_None in Em; lia].
    destruct (nth_error ms j) as [m'|] eqn:Em'; [|discriminate]. injection E as E.
    exact (nth_unique v ms Hms i j m m' Em Em' E).
  Qed.

  Lemma recovered_list_is_well_formed : well_formed_merges v ms.
  Proof.
    enough (H : forall l l', ms = l ++ l' -> well_formed_merges v l)
      by (apply (H ms []); now rewrite app_nil_r).
    induction l as [|m l IH] using rev_ind; intros l' E; [constructor|].
    rewrite <- app_assoc in E. assert (Hin : In m ms) by (rewrite E; apply in_elt).
    assert (Hm : nth_error ms (length l) = Some m).
    { rewrite E, nth_error_app2, Nat.sub_diag; auto. }
    constructor; [now apply (IH ([m] ++ l')) | | |].
    - intros part Hp. destruct (parts_are_lesser m part Hin Hp) as [H1 | Hlt]; auto.
      destruct (Nat.le_gt_cases 2 (length (bytes part))) as [Hl | Hl].
      + right. assert (Ht : is_token v part) by (unfold is_token; now destruct (bytes part)).
        apply (one_for_each_token _ _ Hms) in Ht as Hr; auto.
        apply in_map_iff in Hr as (m' & <- & Hr). apply In_nth_error in Hr as [i Hi].
        destruct (Nat.lt_ge_cases i (length l)) as [Hil | Hil].
        * apply in_map. rewrite E, nth_error_app1 in Hi by auto. now apply nth_error_In in Hi.
        * exfalso. apply Nat.lt_eq_cases in Hil as [Hil | <-].
          -- pose proof (in_order_of_ids _ _ Hms _ _ _ _ Hm Hi Hil). lia.
          -- rewrite Hm in Hi. injection Hi as <-. lia.
      + left. pose proof (parts_spell v ms Hv Hranks Hms m Hin) as Hs.
        destruct (bytes part) as [|b w] eqn:Eb; [|simpl in *; lia]. exfalso.
        destruct (of_two_parts _ _ Hms m Hin) as [_ Hparts].
        assert (Hne : no_empty bytes (parts_of v (result m))).
        { unfold parts_of. eapply (reaches_no_empty _ _ bytes); [| apply merge_reached | apply (byte_ids_tokens v Hv)].
          intros x y r Hr. apply (lower_rank_some v Hranks) in Hr as [Hr _].
          rewrite (id_rank_ranks v Hranks) in Hr. now apply (token_id_bytes v Hv) in Hr. }
        rewrite Hparts in Hne. inversion Hne as [|? ? H1 H2]; inversion H2; subst.
        destruct Hp as [-> | ->]; congruence.
    - apply (parts_spell v ms Hv Hranks Hms) in Hin as Hs.
      now apply (tokens_have_ids v (proj1 Hv)) in Hs as [_ Hs].
    - intros K. apply in_map_iff in K as (m' & Ep & K).
      assert (Hin' : In m' ms) by (rewrite E; apply in_app_iff; auto).
      apply (parts_spell v ms Hv Hranks Hms) in Hin as Hs. apply (parts_spell v ms Hv Hranks Hms) in Hin' as Hs'.
      unfold pair_of in Ep. injection Ep as E1 E2. rewrite E1, E2, Hs in Hs'. injection Hs' as Er.
      pose proof recovered_results_differ as Hd. rewrite E, map_app in Hd.
      apply NoDup_remove_2 in Hd. apply Hd. rewrite Er. apply in_app_iff. left. now apply in_map.
  Qed.

  (* Clauses in part: E9 *)
  Theorem two_tokens_stand_together_by_ranks_iff x y : is_token v x -> is_token v y ->
    merge_piece v (decode_bytes v [x; y]) = [x; y] <->
    two_stand_together ms x y = true.
  Proof.
    intros Hx Hy. set (w := with_merges v ms).
    assert (Hw : well_formed w) by (apply with_merges_well_formed; [apply Hv | apply recovered_list_is_well_formed]).
    assert (Hc : is_canonical_vocabulary w).
    { exists ms. split; [|now right]. destruct Hms. now split. }
    pose proof (proj1 (canonical_lists w ms Hw eq_refl) Hc) as (Hwf & Hself & _).
    rewrite <- (two_tokens_stand_together_iff w ms Hw eq_refl Hwf Hself x y Hx Hy).
    unfold w. rewrite (recovered_merges_merge_alike v ms _ Hv Hranks Hms). reflexivity.
  Qed.
End ByRanks.

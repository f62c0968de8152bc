(** * Every occurrence at once

    - [applying_each_merge_once] (M5): on a well-founded list, merging the leftmost pair of
      lowest rank and looking again gives, for any row of ids, what applying each merge once,
      everywhere and in the order of ranks, gives.
    - [merging_everywhere_at_once_is_the_same] (M5): the same for the bytes of a pre-token. *)

From BPE Require Import Definitions ApplyMerge LowestRank Merging.

Notation merge_row ms := (merge_lowest_rank (pair_rank ms) (pair_result ms)).

(** ** The first merge of a list *)

Lemma pair_rank_first m ms : pair_rank (m :: ms) (left_id m) (right_id m) = Some 0.
Proof. unfold pair_rank, makes_of. simpl. now rewrite !Nat.eqb_refl. Qed.

Lemma pair_rank_zero m ms x y : pair_rank (m :: ms) x y = Some 0 -> x = left_id m /\ y = right_id m.
Proof.
  unfold pair_rank. simpl. destruct (makes_of x y m) eqn:E.
  - apply makes_of_iff in E. injection E; auto.
  - destruct (find_index _ ms); discriminate.
Qed.

Lemma pair_rank_later m ms x y : ~ (x = left_id m /\ y = right_id m) ->
  pair_rank (m :: ms) x y = option_map S (pair_rank ms x y) /\
  pair_result (m :: ms) x y = pair_result ms x y.
Proof.
  intros H. unfold pair_rank, pair_result. simpl. destruct (makes_of x y m) eqn:E; auto.
  apply makes_of_iff in E. destruct H. injection E; auto.
Qed.

Lemma apply_merge_past m p x q : ~ neighbours (left_id m) (right_id m) (p ++ [x]) ->
  x <> left_id m -> apply_merge m (p ++ x :: q) = p ++ x :: apply_merge m q.
Proof.
  intros H Hx. induction p as [|y p IH].
  - destruct q; [reflexivity|]. simpl app. apply apply_miss. tauto.
  - assert (IH' := IH ltac:(intros K; apply H; now constructor)). clear IH.
    destruct p as [|z p]; simpl app in *; rewrite apply_miss, IH'; auto;
      intros [-> ->]; apply H; constructor.
Qed.

(** Merging one occurrence first does not change what merging all gives. *)
Lemma apply_merge_after_one m p q :
  ~ neighbours (left_id m) (right_id m) (p ++ [left_id m]) ->
  result m <> left_id m -> result m <> right_id m ->
  apply_merge m (p ++ result m :: q) = apply_merge m (p ++ left_id m :: right_id m :: q).
Proof.
  intros H Ha Hb. rewrite apply_merge_left_to_right by auto. apply apply_merge_past; auto.
  intros K. apply H. clear H. induction p as [|y p IH].
  - apply neighbours_cons in K as [[_ (t & E)] | K]; [discriminate | inversion K].
  - apply neighbours_cons in K as [[-> (t & E)] | K]; [|constructor; auto].
    destruct p as [|z p]; injection E as E _; [easy | subst z; constructor].
Qed.

Lemma first_merge_first m ms s : result m <> left_id m -> result m <> right_id m ->
  merge_row (m :: ms) s = merge_row (m :: ms) (apply_merge m s).
Proof.
  intros Ha Hb. remember (length s) as n eqn:En. revert s En.
  induction n as [n IH] using lt_wf_ind. intros s ->.
  destruct (merge_step (pair_rank (m :: ms)) (pair_result (m :: ms)) s) as [t|] eqn:Hst.
  - assert (Hst' := Hst). apply merge_step_iff in Hst' as (p & x & y & q & r & -> & (Hr & Hl & Hg) & ->).
    destruct r as [|r].
    + destruct (pair_rank_zero _ _ _ _ Hr) as [-> ->].
      assert (Hj : pair_result (m :: ms) (left_id m) (right_id m) = result m).
      { unfold pair_result, makes_of. simpl. now rewrite !Nat.eqb_refl. }
      rewrite Hj in *.
      rewrite <- (merge_of_reached _ _ _ _ (reaches_one _ _ _ _ Hst)).
      rewrite <- apply_merge_after_one; auto.
      * apply (IH (length (p ++ result m :: q))); auto. rewrite !app_length. simpl. lia.
      * intros K. specialize (Hl _ _ _ K (pair_rank_first m ms)). lia.
    + (* no occurrence at all *)
      rewrite apply_merge_absent; auto. intros K.
      destruct (least_rank_below (pair_rank (m :: ms)) _ _ _ _ K (pair_rank_first m ms)) as (j & Hj & Hle).
      assert (E := least_rank_is _ (pair_result (m :: ms)) p x y q (S r) (conj Hr (conj Hl Hg))).
      rewrite E in Hj. injection Hj as <-. lia.
  - rewrite apply_merge_absent; auto. intros K. rewrite merge_step_none_iff in Hst.
    apply Hst in K. rewrite pair_rank_first in K. discriminate.
Qed.

(** ** The rest of the list, once the first pair is gone *)

Lemma least_rank_rest m ms s : ~ neighbours (left_id m) (right_id m) s ->
  least_rank (pair_rank (m :: ms)) s = option_map S (least_rank (pair_rank ms) s).
Proof.
  induction s as [| x | x y s _ IH] using list_ind2; intros H; auto.
  rewrite !least_rank_cons, IH by (intros K; apply H; now constructor).
  destruct (pair_rank_later m ms x y) as [-> _]; [intros [-> ->]; apply H; constructor|].
  destruct (pair_rank ms x y), (least_rank (pair_rank ms) (y :: s)); reflexivity.
Qed.

Lemma merge_leftmost_rest m ms r s : ~ neighbours (left_id m) (right_id m) s ->
  merge_leftmost (pair_rank (m :: ms)) (pair_result (m :: ms)) (S r) s
  = merge_leftmost (pair_rank ms) (pair_result ms) r s.
Proof.
  induction s as [| x | x y s _ IH] using list_ind2; intros H; auto.
  rewrite !merge_leftmost_cons, IH by (intros K; apply H; now constructor).
  destruct (pair_rank_later m ms x y) as [E ->]; [intros [-> ->]; apply H; constructor|].
  unfold has_rank. rewrite E. destruct (pair_rank ms x y); reflexivity.
Qed.

Lemma neighbours_before {A} (x y : A) p u w c q : neighbours x y (p ++ c :: q) -> x <> c -> y <> c ->
  neighbours x y (p ++ u :: w :: q).
Proof.
  intros H Hx Hy. induction p as [|z p IH]; simpl in *.
  - apply neighbours_cons in H as [[E _] | H]; [congruence|]. now do 2 constructor.
  - apply neighbours_cons in H as [[-> (t & E)] | H]; [|constructor; auto].
    destruct p as [|z p]; injection E as -> _; [easy | constructor].
Qed.

Lemma rest_of_merges m ms s : ~ neighbours (left_id m) (right_id m) s ->
  ~ In (left_id m) (map result ms) -> ~ In (right_id m) (map result ms) ->
  merge_row (m :: ms) s = merge_row ms s.
Proof.
  intros Hs Ha Hb. unfold merge_lowest_rank. generalize (length s) as limit.
  intros limit. revert s Hs. induction limit as [|limit IH]; intros s Hs; [reflexivity|].
  simpl. unfold merge_step. rewrite least_rank_rest by auto.
  destruct (least_rank (pair_rank ms) s) as [r|] eqn:E; simpl; auto.
  rewrite merge_leftmost_rest by auto. apply IH.
  apply (least_rank_some _ (pair_result ms)) in E as (p & x & y & q & -> & (Hr & _) & ->).
  apply pair_rank_some in Hr as (m' & Hn & _ & ->). apply nth_error_In in Hn.
  intros K. apply Hs. apply (neighbours_before _ _ p x y (result m') q); auto;
    intros E; [apply Ha | apply Hb]; rewrite E; now apply in_map.
Qed.

Lemma well_founded_first m ms : is_well_founded (m :: ms) ->
  (forall m', In m' (m :: ms) -> result m' <> left_id m /\ result m' <> right_id m) /\
  is_well_founded ms.
Proof.
  intros [Hd H]. split.
  - intros m' Hin. apply In_nth_error in Hin as [i Hi].
    split; intros E; specialize (H i 0 m' m Hi eq_refl ltac:(auto)); lia.
  - split; [now inversion Hd|]. intros i j u w Hi Hj E.
    specialize (H (S i) (S j) u w Hi Hj E). lia.
Qed.

(* Clauses: M5 *)
Theorem applying_each_merge_once ms row : is_well_founded ms -> merge_row ms row = apply_merges ms row.
Proof.
  revert row. induction ms as [|m ms IH]; intros row H.
  - apply merge_of_done, merge_step_none_iff. reflexivity.
  - apply well_founded_first in H as [Hm H].
    destruct (Hm m ltac:(now left)) as [Ha Hb].
    rewrite first_merge_first by auto. simpl. rewrite <- IH by auto.
    apply rest_of_merges.
    + now apply apply_merge_leaves_no_pair.
    + intros K. apply in_map_iff in K as (m' & E & K). now destruct (Hm m' (or_intror K)).
    + intros K. apply in_map_iff in K as (m' & E & K). now destruct (Hm m' (or_intror K)).
Qed.

(* Clauses: M5 *)
Theorem merging_everywhere_at_once_is_the_same v ms piece : is_well_founded ms ->
  merge_by_pairs v ms piece = merge_all_by_pairs v ms piece.
Proof. apply applying_each_merge_once. Qed.

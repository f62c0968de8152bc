(** * Pair counts

    - [counts_of_old_pairs_never_rise] (T4): merging a pair raises the count of no pair of
      older ids.
    - [counts_of_new_pairs] (T4): a pair that the merge made is no more frequent than the
      merged pair was.
    - [counts_sum_to_the_places] (T11): the counts of all pairs sum to the places for pairs:
      over all rows, one less than the length, and none below zero, times how often the row
      occurs. *)

From BPE Require Import Definitions ApplyMerge Merging.

Lemma same_pair_iff p q : same_pair p q = true <-> p = q.
Proof.
  unfold same_pair. rewrite andb_true_iff, !Nat.eqb_eq. destruct p, q. simpl.
  split; [intros [-> ->]; auto | intros [= -> ->]; auto].
Qed.

Lemma occurrences_cons p x y s : occurrences p (x :: y :: s)
  = (if same_pair p (x, y) then 1 else 0) + occurrences p (y :: s).
Proof.
  unfold occurrences. change (pairs_of (x :: y :: s)) with ((x, y) :: pairs_of (y :: s)).
  simpl filter. destruct (same_pair p (x, y)); reflexivity.
Qed.

Lemma occurrences_tail p x s : occurrences p s <= occurrences p (x :: s).
Proof. destruct s; [simpl | rewrite occurrences_cons]; auto with arith. Qed.

Lemma occurrences_other a b x s : x <> a -> occurrences (a, b) (x :: s) = occurrences (a, b) s.
Proof.
  intros H. destruct s as [|y s]; [reflexivity|]. rewrite occurrences_cons.
  destruct (same_pair (a, b) (x, y)) eqn:E; auto. apply same_pair_iff in E. congruence.
Qed.

Lemma in_pairs_of a b s : In (a, b) (pairs_of s) <-> neighbours a b s.
Proof.
  split.
  - induction s as [| x | x y s _ IH] using list_ind2; try easy.
    intros [[= -> ->] | H]; constructor; auto.
  - induction 1 as [s | z s Ha IH]; [now left|]. destruct s as [|y s]; [easy|]. now right.
Qed.

Lemma occurs_iff a b s : 0 < occurrences (a, b) s <-> neighbours a b s.
Proof.
  rewrite <- in_pairs_of. unfold occurrences. split.
  - intros H. destruct (filter (same_pair (a, b)) (pairs_of s)) as [|p l] eqn:E; [simpl in H; lia|].
    assert (Hp : In p (p :: l)) by now left. rewrite <- E in Hp.
    apply filter_In in Hp as [Hp Hs]. apply same_pair_iff in Hs as <-. exact Hp.
  - intros H. assert (Hf : In (a, b) (filter (same_pair (a, b)) (pairs_of s))).
    { apply filter_In. split; auto. now apply same_pair_iff. }
    destruct (filter _ _); [easy | simpl; lia].
Qed.

Lemma count_pair_positive rs p : 0 < count_pair rs p ->
  exists s w, In (s, w) rs /\ neighbours (fst p) (snd p) s.
Proof.
  unfold count_pair. induction rs as [|[s w] rs IH]; simpl; [lia|]. intros H.
  destruct (Nat.eq_dec (w * occurrences p s) 0) as [E | E].
  - rewrite E in H. apply IH in H as (t & k & Ht & Hn). eauto.
  - exists s, w. split; auto. apply occurs_iff. rewrite <- surjective_pairing.
    destruct (occurrences p s); lia.
Qed.

Lemma count_pair_le p q (f : list id -> list id) rs :
  (forall s w, In (s, w) rs -> occurrences p (f s) <= occurrences q s) ->
  count_pair (map (fun row => (f (fst row), snd row)) rs) p <= count_pair rs q.
Proof.
  unfold count_pair. intros H. induction rs as [|[s w] rs IH]; simpl; auto.
  apply Nat.add_le_mono.
  - apply Nat.mul_le_mono_l. apply (H s w). now left.
  - apply IH. intros t k Ht. apply (H t k). now right.
Qed.

Section Counts.
  Variable m : merge.
  Notation a := (left_id m).
  Notation b := (right_id m).
  Notation c := (result m).
  Notation how_often := (count_occ Nat.eq_dec).

  Lemma occurrences_old x y s : x <> c -> y <> c ->
    occurrences (x, y) (apply_merge m s) <= occurrences (x, y) s.
  Proof.
    intros Hx Hy. pattern s, (apply_merge m s). apply apply_merge_ind; clear s; auto.
    - intros s IH. rewrite occurrences_other by auto.
      etransitivity; [apply IH|]. do 2 (etransitivity; [|apply occurrences_tail]). auto.
    - intros u v s _ IH. destruct (apply_merge_head m v s) as (h & t & E & Hh).
      rewrite E in *. rewrite !occurrences_cons.
      destruct Hh as [-> | ->]; [lia|].
      destruct (same_pair (x, y) (u, c)) eqn:Es; [|lia].
      apply same_pair_iff in Es. congruence.
  Qed.

  Lemma occurrences_left y s : occurrences (c, y) s <= how_often s c.
  Proof.
    induction s as [| u | u v s _ IH] using list_ind2; try (apply Nat.le_0_l).
    rewrite occurrences_cons. destruct (Nat.eq_dec u c) as [-> | H].
    - rewrite count_occ_cons_eq by auto. destruct (same_pair _ _); lia.
    - rewrite count_occ_cons_neq by auto. destruct (same_pair (c, y) (u, v)) eqn:E; [|lia].
      apply same_pair_iff in E. congruence.
  Qed.

  Lemma occurrences_right x s : occurrences (x, c) s <= how_often (tl s) c.
  Proof.
    induction s as [| u | u v s _ IH] using list_ind2; try (apply Nat.le_0_l).
    rewrite occurrences_cons. simpl tl in *. destruct (Nat.eq_dec v c) as [-> | H].
    - rewrite count_occ_cons_eq by auto. destruct (same_pair _ _); lia.
    - rewrite count_occ_cons_neq by auto. destruct (same_pair (x, c) (u, v)) eqn:E; [|lia].
      apply same_pair_iff in E. congruence.
  Qed.

  Lemma how_often_tl s : how_often (tl s) c <= how_often s c.
  Proof.
    destruct s as [|u s]; auto. simpl tl. destruct (Nat.eq_dec u c).
    - rewrite count_occ_cons_eq by auto. lia.
    - now rewrite count_occ_cons_neq by auto.
  Qed.

  Lemma how_often_made s : how_often (apply_merge m s) c <= how_often s c + occurrences (a, b) s.
  Proof.
    pattern s, (apply_merge m s). apply apply_merge_ind; clear s; try (intros; lia).
    - intros s IH. rewrite (count_occ_cons_eq _ (apply_merge m s) eq_refl).
      rewrite occurrences_cons. rewrite (proj2 (same_pair_iff (a, b) (a, b)) eq_refl).
      pose proof (occurrences_tail (a, b) b s).
      pose proof (how_often_tl (a :: b :: s)). pose proof (how_often_tl (b :: s)). simpl tl in *. lia.
    - intros x y s _ IH. pose proof (occurrences_tail (a, b) x (y :: s)).
      destruct (Nat.eq_dec x c) as [E | E].
      + rewrite !(count_occ_cons_eq _ _ E). lia.
      + rewrite !(count_occ_cons_neq _ _ E). lia.
  Qed.

  Lemma occurrences_new x y s : ~ In c s -> x = c \/ y = c ->
    occurrences (x, y) (apply_merge m s) <= occurrences (a, b) s.
  Proof.
    intros Hc Hxy. apply (count_occ_not_In Nat.eq_dec) in Hc.
    pose proof (how_often_made s). pose proof (how_often_tl (apply_merge m s)).
    destruct Hxy as [-> | ->];
      [pose proof (occurrences_left y (apply_merge m s))
      | pose proof (occurrences_right x (apply_merge m s))]; lia.
  Qed.

  Notation merged rs := (map (fun row => (apply_merge m (fst row), snd row)) rs).

  (* Clauses: T4 *)
  Theorem counts_of_old_pairs_never_rise rs x y : x <> c -> y <> c ->
    count_pair (merged rs) (x, y) <= count_pair rs (x, y).
  Proof. intros Hx Hy. apply count_pair_le. intros. now apply occurrences_old. Qed.

  (* Clauses: T4 *)
  Theorem counts_of_new_pairs rs x y : (forall s w, In (s, w) rs -> ~ In c s) -> x = c \/ y = c ->
    count_pair (merged rs) (x, y) <= count_pair rs (a, b).
  Proof. intros Hc H. apply count_pair_le. intros s w Hs. apply occurrences_new; eauto. Qed.
End Counts.

(** ** The sum of all counts *)

Lemma pairs_of_length s : length (pairs_of s) = length s - 1.
Proof.
  induction s as [| x | x y s _ IH] using list_ind2; auto.
  change (pairs_of (x :: y :: s)) with ((x, y) :: pairs_of (y :: s)). simpl length in *. lia.
Qed.

Lemma sum_of_counts (all : list (id * id)) l : NoDup all -> incl l all ->
  list_sum (map (fun p => length (filter (same_pair p) l)) all) = length l.
Proof.
  intros Hd. induction l as [|q l IH]; intros Hl.
  - simpl. induction all; simpl; auto. apply IHall. now inversion Hd. intros x [].
  - simpl length. rewrite <- IH by (intros x Hx; apply Hl; now right).
    assert (Hq : In q all) by (apply Hl; now left). clear Hl IH.
    induction all as [|p all IH]; [easy|]. inversion Hd as [|? ? Hn Hd']; subst.
    simpl. destruct Hq as [-> | Hq].
    + rewrite (proj2 (same_pair_iff q q) eq_refl). simpl. f_equal. f_equal.
      f_equal. apply map_ext_in. intros p Hp. destruct (same_pair p q) eqn:E; auto.
      apply same_pair_iff in E. congruence.
    + rewrite IH by auto. destruct (same_pair p q) eqn:E; [|lia].
      apply same_pair_iff in E. congruence.
Qed.

Lemma list_sum_add {A} (f g : A -> nat) l :
  list_sum (map (fun x => f x + g x) l) = list_sum (map f l) + list_sum (map g l).
Proof. induction l; simpl; lia. Qed.

Lemma list_sum_mul {A} (f : A -> nat) k l : list_sum (map (fun x => k * f x) l) = k * list_sum (map f l).
Proof. induction l; simpl; lia. Qed.

(* Clauses: T11 *)
Theorem counts_sum_to_the_places rs all : NoDup all -> incl (pairs_met rs) all ->
  list_sum (map (count_pair rs) all) = list_sum (map (fun row => snd row * (length (fst row) - 1)) rs).
Proof.
  intros Hd. unfold count_pair. induction rs as [|[s w] rs IH]; intros Hl; simpl.
  - clear Hl Hd. induction all; simpl; auto.
  - rewrite list_sum_add, IH by (intros p Hp; apply Hl; simpl; apply in_or_app; now right).
    f_equal. rewrite list_sum_mul. f_equal. unfold occurrences. rewrite sum_of_counts; auto.
    + apply pairs_of_length.
    + intros p Hp. apply Hl. simpl. apply in_or_app. now left.
Qed.

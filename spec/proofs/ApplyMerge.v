(** * One merge

    What [apply_merge] does to a row of ids.

    - [apply_merge_leaves_no_pair] (M2): where the result is neither of its parts, no
      occurrence of the pair remains.
    - [apply_merge_twice] (M2): merging again changes nothing.
    - [apply_merge_absent] (M2): merging an absent pair changes nothing.
    - [apply_merge_left_to_right] (M2): what stands before the first occurrence stays, the
      pair becomes its result, and merging goes on behind it.
    - [apply_merge_length] (M2): each merge takes one id away. *)

From BPE Require Import Definitions.

(** ** Neighbours *)

(** Induction in the shape of [apply_merge]. *)
Lemma list_ind2 {A} (P : list A -> Prop) :
  P [] -> (forall x, P [x]) ->
  (forall x y s, P s -> P (y :: s) -> P (x :: y :: s)) -> forall s, P s.
Proof.
  intros H0 H1 H2 s. enough (P s /\ forall x, P (x :: s)) by tauto.
  induction s as [|y s [IH IH']]; auto.
Qed.

Lemma neighbours_iff {A} (x y : A) s : neighbours x y s <-> exists p q, s = p ++ x :: y :: q.
Proof.
  split.
  - induction 1 as [s | z s _ (p & q & ->)].
    + now exists [], s.
    + now exists (z :: p), q.
  - intros (p & q & ->). induction p; simpl; constructor; auto.
Qed.

Lemma neighbours_cons {A} (x y z : A) s :
  neighbours x y (z :: s) -> (z = x /\ exists t, s = y :: t) \/ neighbours x y s.
Proof. inversion 1; subst; eauto. Qed.

Lemma neighbours_in {A} (x y : A) s : neighbours x y s -> In x s /\ In y s.
Proof. induction 1; simpl in *; tauto. Qed.

Lemma neighbours_app_l {A} (x y : A) s t : neighbours x y s -> neighbours x y (s ++ t).
Proof.
  rewrite !neighbours_iff. intros (p & q & ->). exists p, (q ++ t).
  now rewrite <- app_assoc.
Qed.

Lemma neighbours_app_r {A} (x y : A) s t : neighbours x y t -> neighbours x y (s ++ t).
Proof.
  rewrite !neighbours_iff. intros (p & q & ->). exists (s ++ p), q.
  now rewrite <- app_assoc.
Qed.

Section OneMerge.
  Variable m : merge.
  Notation a := (left_id m).
  Notation b := (right_id m).
  Notation c := (result m).

  Lemma apply_hit s : apply_merge m (a :: b :: s) = c :: apply_merge m s.
  Proof. simpl. now rewrite !Nat.eqb_refl. Qed.

  Lemma apply_miss x y s : ~ (x = a /\ y = b) ->
    apply_merge m (x :: y :: s) = x :: apply_merge m (y :: s).
  Proof.
    intros H. change (apply_merge m (x :: y :: s)) with
      (if (x =? a) && (y =? b) then c :: apply_merge m s else x :: apply_merge m (y :: s)).
    destruct (Nat.eqb_spec x a), (Nat.eqb_spec y b); simpl; tauto.
  Qed.

  Lemma hit_or_miss x y : (x = a /\ y = b) \/ ~ (x = a /\ y = b).
  Proof. destruct (Nat.eq_dec x a), (Nat.eq_dec y b); tauto. Qed.

  (** Induction over the run of [apply_merge]. *)
  Lemma apply_merge_ind (P : list id -> list id -> Prop) :
    P [] [] -> (forall x, P [x] [x]) ->
    (forall s, P s (apply_merge m s) -> P (a :: b :: s) (c :: apply_merge m s)) ->
    (forall x y s, ~ (x = a /\ y = b) -> P (y :: s) (apply_merge m (y :: s)) ->
                   P (x :: y :: s) (x :: apply_merge m (y :: s))) ->
    forall s, P s (apply_merge m s).
  Proof.
    intros H0 H1 Hhit Hmiss. induction s as [| x | x y s IHs IHt] using list_ind2.
    - exact H0.
    - apply H1.
    - destruct (hit_or_miss x y) as [[-> ->] | H].
      + rewrite apply_hit. auto.
      + rewrite apply_miss by auto. auto.
  Qed.

  Lemma apply_merge_head y s : exists h t, apply_merge m (y :: s) = h :: t /\ (h = y \/ h = c).
  Proof.
    destruct s as [|z s]; [simpl; eauto|].
    destruct (hit_or_miss y z) as [[-> ->] | H].
    - rewrite apply_hit; eauto.
    - rewrite apply_miss by auto; eauto.
  Qed.

  (** A pair of the result that the merge did not make was there before. *)
  Lemma apply_merge_neighbours x y s :
    x <> c -> y <> c -> neighbours x y (apply_merge m s) -> neighbours x y s.
  Proof.
    intros Hx Hy. pattern s, (apply_merge m s). apply apply_merge_ind; clear s; auto.
    - intros s IH H. apply neighbours_cons in H as [[E _] | H]; [congruence|].
      do 2 constructor; auto.
    - intros z w s _ IH H. apply neighbours_cons in H as [[-> (t & E)] | H].
      + destruct (apply_merge_head w s) as (h & t' & E' & Hh). rewrite E in E'.
        injection E' as <- _. destruct Hh as [<- | Hh]; [constructor | easy].
      + constructor; auto.
  Qed.

  (* Clauses: M2 *)
  Theorem apply_merge_leaves_no_pair s :
    c <> a -> c <> b -> ~ neighbours a b (apply_merge m s).
  Proof.
    intros Ha Hb. pattern s, (apply_merge m s). apply apply_merge_ind; clear s.
    - inversion 1.
    - inversion 1; subst; easy.
    - intros s IH H. apply neighbours_cons in H as [[E _] | H]; auto.
    - intros x y s Hm IH H. apply neighbours_cons in H as [[-> (t & E)] | H]; auto.
      destruct (apply_merge_head y s) as (h & t' & E' & Hh). rewrite E in E'.
      injection E' as <- _. destruct Hh; subst; auto.
  Qed.

  (* Clauses: M2 *)
  Theorem apply_merge_absent s : ~ neighbours a b s -> apply_merge m s = s.
  Proof.
    pattern s, (apply_merge m s). apply apply_merge_ind; clear s; auto.
    - intros s _ H. destruct H. constructor.
    - intros x y s _ IH H. f_equal. apply IH. intros K. apply H. now constructor.
  Qed.

  (* Clauses: M2 *)
  Theorem apply_merge_twice s :
    c <> a -> c <> b -> apply_merge m (apply_merge m s) = apply_merge m s.
  Proof. intros Ha Hb. apply apply_merge_absent. now apply apply_merge_leaves_no_pair. Qed.

  (* Clauses: M2 *)
  Theorem apply_merge_left_to_right p q :
    ~ neighbours a b (p ++ [a]) -> apply_merge m (p ++ a :: b :: q) = p ++ c :: apply_merge m q.
  Proof.
    induction p as [|x p IH]; intros H.
    - apply apply_hit.
    - assert (H' : ~ neighbours a b (p ++ [a])) by (intros K; apply H; now constructor).
      specialize (IH H'). destruct p as [|y p].
      + simpl app in *. rewrite apply_miss, IH; auto.
        intros [-> E]. apply H. rewrite E. constructor.
      + change (apply_merge m (x :: y :: p ++ a :: b :: q) = x :: (y :: p) ++ c :: apply_merge m q).
        rewrite apply_miss.
        * f_equal. exact IH.
        * intros [-> ->]. apply H. constructor.
  Qed.

  Notation count := (count_occ Nat.eq_dec).

  (** As many results as there are more, so many ids are there less. *)
  (* Clauses: M2 *)
  Theorem apply_merge_length s : c <> a -> c <> b ->
    length (apply_merge m s) + count (apply_merge m s) c = length s + count s c.
  Proof.
    intros Ha Hb. pattern s, (apply_merge m s). apply apply_merge_ind; clear s; auto.
    - intros s IH. simpl length. rewrite (count_occ_cons_eq _ (apply_merge m s) eq_refl).
      rewrite !count_occ_cons_neq by congruence. lia.
    - intros x y s _ IH. simpl length in *.
      destruct (Nat.eq_dec x c).
      + rewrite !(count_occ_cons_eq _ _ e). lia.
      + rewrite !(count_occ_cons_neq _ _ n). lia.
  Qed.

  Lemma apply_merge_forall (P : id -> Prop) s : P c -> Forall P s -> Forall P (apply_merge m s).
  Proof.
    intros Hc. pattern s, (apply_merge m s). apply apply_merge_ind; clear s; auto.
    - intros s IH H. inversion H as [|? ? _ H']; inversion H'; subst; auto.
    - intros x y s _ IH H. inversion H; subst; auto.
  Qed.

  Lemma apply_merge_shorter s : length (apply_merge m s) <= length s.
  Proof.
    pattern s, (apply_merge m s). apply apply_merge_ind; clear s; simpl; auto with arith.
  Qed.
End OneMerge.

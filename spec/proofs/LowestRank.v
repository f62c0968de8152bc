(** * Lowest rank first, leftmost on ties

    What holds of [merge_lowest_rank] whatever the ranks are: for pair semantics, rank
    semantics, and any other.

    - [merge_step_iff] (M3): a step merges the pair of lowest rank, and of equal ones the
      leftmost.
    - [merge_step_none_iff] (M3, M4): there is no step exactly when no pair has a rank.
    - [merging_comes_to_its_end] (M4): the result of merging has no pair with a rank.
    - [boundaries_only_vanish] (M8): each boundary that a later row has, an earlier had.
    - [merging_is_local] (M9): what stands between two boundaries merges alone.
    - [gluing] (M10): if no symbol crosses the joint of x and y, nor that of y and z, none
      crosses a joint of the three. *)

From BPE Require Import Definitions ApplyMerge.

Lemma app_same {A} (s t : list A) : s ++ t = s -> t = [].
Proof. intros H. rewrite <- (app_nil_r s) in H at 2. now apply app_inv_head in H. Qed.

Section AnyRanks.
  Context {symbol : Type}.
  Variable rank_of : symbol -> symbol -> option nat.
  Variable join : symbol -> symbol -> symbol.
  Notation row := (list symbol).
  Notation least_rank := (least_rank rank_of).
  Notation has_rank := (has_rank rank_of).
  Notation merge_leftmost := (merge_leftmost rank_of join).
  Notation merge_step := (merge_step rank_of join).
  Notation merge_steps := (merge_steps rank_of join).
  Notation merge := (merge_lowest_rank rank_of join).

  (** ** What one step does *)

  Lemma least_rank_cons x y s : least_rank (x :: y :: s) = lower (rank_of x y) (least_rank (y :: s)).
  Proof. reflexivity. Qed.

  Lemma merge_leftmost_cons r x y s :
    merge_leftmost r (x :: y :: s)
    = if has_rank r x y then join x y :: s else x :: merge_leftmost r (y :: s).
  Proof. reflexivity. Qed.

  Lemma has_rank_iff r x y : has_rank r x y = true <-> rank_of x y = Some r.
  Proof.
    unfold Definitions.has_rank. destruct (rank_of x y); [rewrite Nat.eqb_eq|]; split; congruence.
  Qed.

  Lemma has_rank_not r x y : has_rank r x y = false <-> rank_of x y <> Some r.
  Proof. rewrite <- has_rank_iff. destruct (has_rank r x y); split; congruence. Qed.

  Lemma least_rank_below s x y i : neighbours x y s -> rank_of x y = Some i ->
    exists r, least_rank s = Some r /\ r <= i.
  Proof.
    intros Ha Hi. induction Ha as [s | z s Ha (r & Hr & Hle)].
    - rewrite least_rank_cons, Hi. destruct (least_rank (y :: s)) as [j|]; simpl; eexists;
        split; auto; lia.
    - destruct s as [|w s]; [easy|]. rewrite least_rank_cons, Hr.
      destruct (rank_of z w); simpl; eexists; split; auto; lia.
  Qed.

  (** The pair [x, y] between [p] and [q] has the lowest rank, and none before it has that. *)
  Definition comes_first (p : row) (x y : symbol) (q : row) (r : nat) : Prop :=
    rank_of x y = Some r /\
    (forall u v i, neighbours u v (p ++ [x]) -> rank_of u v = Some i -> r < i) /\
    (forall u v i, neighbours u v (y :: q) -> rank_of u v = Some i -> r <= i).

  Lemma least_rank_some s r : least_rank s = Some r ->
    exists p x y q, s = p ++ x :: y :: q /\ comes_first p x y q r /\
                    merge_leftmost r s = p ++ join x y :: q.
  Proof.
    induction s as [| x | x y s _ IH] using list_ind2; try discriminate.
    rewrite least_rank_cons, merge_leftmost_cons. intros H.
    destruct (has_rank r x y) eqn:E.
    - apply has_rank_iff in E. exists [], x, y, s. repeat split; auto.
      + intros u v i Hn. now apply neighbours_cons in Hn as [[_ (t & Et)] | Hn].
      + intros u v i Hn Hi. destruct (least_rank_below _ _ _ _ Hn Hi) as (j & Hj & Hle).
        rewrite E, Hj in H. injection H as H. lia.
    - apply has_rank_not in E.
      assert (Hr : least_rank (y :: s) = Some r /\ forall i, rank_of x y = Some i -> r < i).
      { destruct (rank_of x y) as [i|] eqn:Ei; [|split; [exact H | discriminate]].
        destruct (least_rank (y :: s)) as [j|]; simpl in H; [|congruence].
        assert (i <> r) by congruence. injection H as H.
        split; [f_equal; lia | intros k [= <-]; lia]. }
      destruct Hr as [Hr Hlt].
      destruct (IH Hr) as (p & u & v & q & Es & (Huv & Hl & Hg) & ->).
      exists (x :: p), u, v, q. rewrite Es. repeat split; auto.
      intros z w i Hn Hi. apply neighbours_cons in Hn as [[-> (t & Et)] | Hn]; [|eauto].
      apply Hlt. rewrite <- Hi. f_equal. destruct p; injection Et as -> _; injection Es; auto.
  Qed.

  (** A row of which a pair comes first is merged there. *)
  Lemma least_rank_is p x y q r : comes_first p x y q r -> least_rank (p ++ x :: y :: q) = Some r.
  Proof.
    intros (Hr & Hl & Hg).
    assert (Hn : neighbours x y (p ++ x :: y :: q)) by (apply neighbours_iff; eauto).
    destruct (least_rank_below _ _ _ _ Hn Hr) as (j & Hj & Hle).
    rewrite Hj. f_equal. apply least_rank_some in Hj as (p' & u & v & q' & E & (Huv & _) & _).
    assert (Hn' : neighbours u v (p ++ x :: y :: q)) by (apply neighbours_iff; eauto).
    clear -Hr Hl Hg Huv Hn' Hle.
    assert (H : neighbours u v (p ++ [x]) \/ neighbours u v (x :: y :: q)).
    { clear -Hn'. induction p as [|z p IH]; [now right|].
      apply neighbours_cons in Hn' as [[-> (t & Et)] | Hn'].
      - left. destruct p; injection Et as -> _; constructor.
      - destruct (IH Hn') as [H | H]; [left; now constructor | now right]. }
    destruct H as [H | H]; [specialize (Hl _ _ _ H Huv); lia|].
    apply neighbours_cons in H as [[-> (t & Et)] | H].
    - injection Et as -> _. congruence.
    - specialize (Hg _ _ _ H Huv). lia.
  Qed.

  Lemma merge_leftmost_is p x y q r : comes_first p x y q r ->
    merge_leftmost r (p ++ x :: y :: q) = p ++ join x y :: q.
  Proof.
    intros (Hr & Hl & Hg). induction p as [|z p IH].
    - simpl app. rewrite merge_leftmost_cons. now rewrite (proj2 (has_rank_iff _ _ _) Hr).
    - assert (IH' : merge_leftmost r (p ++ x :: y :: q) = p ++ join x y :: q)
        by (apply IH; intros u v i Hn; apply Hl; now constructor).
      clear IH.
      simpl app. destruct p as [|w p]; simpl app in *; rewrite merge_leftmost_cons;
        (rewrite (proj2 (has_rank_not _ _ _)); [now rewrite IH'|]);
        intros E; eapply Nat.lt_irrefl, Hl, E; constructor.
  Qed.

  (* Clauses: M3 *)
  Theorem merge_step_iff s t : merge_step s = Some t <->
    exists p x y q r, s = p ++ x :: y :: q /\ comes_first p x y q r /\ t = p ++ join x y :: q.
  Proof.
    unfold Definitions.merge_step. split.
    - destruct (least_rank s) as [r|] eqn:E; [|discriminate]. intros [= <-].
      destruct (least_rank_some _ _ E) as (p & x & y & q & H). exists p, x, y, q, r. exact H.
    - intros (p & x & y & q & r & -> & H & ->).
      rewrite (least_rank_is _ _ _ _ _ H). f_equal. now apply merge_leftmost_is.
  Qed.

  (* Clauses: M3, M4 *)
  Theorem merge_step_none_iff s :
    merge_step s = None <-> forall x y, neighbours x y s -> rank_of x y = None.
  Proof.
    unfold Definitions.merge_step. split.
    - destruct (least_rank s) eqn:E; [discriminate|]. intros _ x y Hn.
      destruct (rank_of x y) eqn:Ei; auto.
      destruct (least_rank_below _ _ _ _ Hn Ei) as (r & Hr & _). congruence.
    - intros H. destruct (least_rank s) as [r|] eqn:E; auto.
      apply least_rank_some in E as (p & x & y & q & -> & (Hr & _) & _).
      rewrite H in Hr; [discriminate|]. apply neighbours_iff. eauto.
  Qed.

  Lemma merge_step_shorter s t : merge_step s = Some t -> length s = S (length t).
  Proof.
    intros H. apply merge_step_iff in H as (p & x & y & q & r & -> & _ & ->).
    rewrite !app_length. simpl. lia.
  Qed.

  (** ** Steps, one after the other *)

  (** [t] is reached from [s] by steps. *)
  Inductive reaches : row -> row -> Prop :=
  | reaches_itself s : reaches s s
  | reaches_on s t u : merge_step s = Some t -> reaches t u -> reaches s u.

  Lemma reaches_trans s t u : reaches s t -> reaches t u -> reaches s u.
  Proof. induction 1; auto. intros. econstructor; eauto. Qed.

  Lemma reaches_one s t : merge_step s = Some t -> reaches s t.
  Proof. intros. econstructor; eauto. constructor. Qed.

  Lemma reaches_shorter s t : reaches s t -> length t <= length s.
  Proof.
    induction 1 as [|s t u H _ IH]; auto. apply merge_step_shorter in H. lia.
  Qed.

  Lemma merge_steps_reaches limit s : reaches s (merge_steps limit s).
  Proof.
    revert s. induction limit as [|limit IH]; intros s; simpl; [constructor|].
    destruct (merge_step s) eqn:E; [|constructor]. econstructor; eauto.
  Qed.

  Lemma merge_steps_done limit s :
    length s <= limit -> merge_step (merge_steps limit s) = None.
  Proof.
    revert s. induction limit as [|limit IH]; intros s H; simpl.
    - destruct s; [reflexivity | simpl in H; lia].
    - destruct (merge_step s) as [t|] eqn:E; auto.
      apply IH. apply merge_step_shorter in E. lia.
  Qed.

  (* Clauses: M4 *)
  Theorem merging_comes_to_its_end s x y :
    neighbours x y (merge s) -> rank_of x y = None.
  Proof. revert x y. apply merge_step_none_iff. now apply merge_steps_done. Qed.

  Lemma merge_done s : merge_step (merge s) = None.
  Proof. now apply merge_steps_done. Qed.

  Lemma merge_reached s : reaches s (merge s).
  Proof. apply merge_steps_reaches. Qed.

  (** There is one way to go, so what is reached is on it, and its end is the end. *)
  Lemma reaches_linear s t u : reaches s t -> reaches s u -> reaches t u \/ reaches u t.
  Proof.
    intros Ht. revert u. induction Ht as [s | s t v E Ht IH]; intros u Hu; auto.
    inversion Hu as [| ? t' ? E' Hu']; subst.
    - right. econstructor; eauto.
    - rewrite E in E'. injection E' as <-. auto.
  Qed.

  Lemma reaches_end s t u : reaches s t -> reaches s u -> merge_step u = None -> reaches t u.
  Proof.
    intros Ht Hu E. destruct (reaches_linear _ _ _ Ht Hu) as [H | H]; auto.
    inversion H; subst; [constructor | congruence].
  Qed.

  Lemma merge_unique s t : reaches s t -> merge_step t = None -> merge s = t.
  Proof.
    intros H E. apply (reaches_end _ _ _ (merge_reached s)) in H; auto.
    pose proof (merge_done s). inversion H; subst; congruence.
  Qed.

  Lemma merge_of_reached s t : reaches s t -> merge t = merge s.
  Proof.
    intros H. symmetry. apply merge_unique; [|apply merge_done].
    eapply reaches_trans; [exact H | apply merge_reached].
  Qed.

  Lemma merge_of_done s : merge_step s = None -> merge s = s.
  Proof. intros. apply merge_unique; auto. constructor. Qed.

  Lemma merge_short s : length s <= 1 -> merge s = s.
  Proof. intros H. apply merge_of_done. destruct s as [|x [|y s]]; simpl in H; auto; lia. Qed.

  Lemma reaches_invariant (I : row -> Prop) :
    (forall s t, I s -> merge_step s = Some t -> I t) -> forall s t, reaches s t -> I s -> I t.
  Proof. intros HI s t. induction 1; eauto. Qed.

  (** ** What symbols spell

      Each symbol spells something, and a merge joins what its parts spell. *)
  Context {letter : Type}.
  Variable spell : symbol -> list letter.
  Notation spelling := (flat_map spell).
  Hypothesis join_spells : forall x y r,
    rank_of x y = Some r -> spell (join x y) = spell x ++ spell y.

  Definition no_empty (s : row) : Prop := Forall (fun x => spell x <> []) s.

  Lemma no_empty_app s t : no_empty (s ++ t) <-> no_empty s /\ no_empty t.
  Proof. apply Forall_app. Qed.

  Lemma step_spelling s t : merge_step s = Some t -> spelling t = spelling s.
  Proof.
    intros H. apply merge_step_iff in H as (p & x & y & q & r & -> & (Hr & _) & ->).
    rewrite !flat_map_app. simpl. now rewrite (join_spells _ _ _ Hr), <- !app_assoc.
  Qed.

  Lemma step_no_empty s t : no_empty s -> merge_step s = Some t -> no_empty t.
  Proof.
    intros Hs H. apply merge_step_iff in H as (p & x & y & q & r & -> & (Hr & _) & ->).
    apply no_empty_app in Hs as [Hp Hs]. inversion Hs as [|? ? Hx Hs']; inversion Hs'; subst.
    apply no_empty_app. split; auto. constructor; auto. simpl in *.
    rewrite (join_spells _ _ _ Hr). intros E. now apply app_eq_nil in E.
  Qed.

  Lemma reaches_spelling s t : reaches s t -> spelling t = spelling s.
  Proof. induction 1; auto. apply step_spelling in H. congruence. Qed.

  Lemma reaches_no_empty s t : reaches s t -> no_empty s -> no_empty t.
  Proof. apply (reaches_invariant no_empty). apply step_no_empty. Qed.

  Lemma spelling_nil s : no_empty s -> spelling s = [] -> s = [].
  Proof.
    destruct s as [|x s]; auto. intros H E. inversion H; subst.
    simpl in E. now apply app_eq_nil in E as [E _].
  Qed.

  (** Two cuts of one row at the same place are the same cut. *)
  Lemma cut_unique p q x y : no_empty (p ++ q) -> p ++ q = x ++ y ->
    spelling p = spelling x -> p = x /\ q = y.
  Proof.
    intros Hn E Hs. apply app_eq_app in E as [l [[-> ->] | [-> ->]]];
      rewrite flat_map_app in Hs.
    - apply no_empty_app in Hn as [Hn _]. apply no_empty_app in Hn as [_ Hn].
      apply app_same, spelling_nil in Hs; auto. subst. now rewrite app_nil_r.
    - apply no_empty_app in Hn as [_ Hn]. apply no_empty_app in Hn as [Hn _].
      symmetry in Hs. apply app_same, spelling_nil in Hs; auto. subst. now rewrite app_nil_r.
  Qed.

  (** A pair of [x ++ y] is in [x], across the joint, or in [y]. *)
  Lemma pair_in_app {A} (p q x y : list A) u v : p ++ u :: v :: q = x ++ y ->
    (exists q1, x = p ++ u :: v :: q1 /\ q = q1 ++ y) \/
    (x = p ++ [u] /\ y = v :: q) \/
    (exists p2, p = x ++ p2 /\ y = p2 ++ u :: v :: q).
  Proof.
    intros E. apply app_eq_app in E as [l [[-> ->] | [-> E]]]; [eauto|].
    destruct l as [|u' [|v' l]]; simpl in E.
    - right. right. exists []. now rewrite !app_nil_r, E.
    - injection E as <- <-. auto.
    - injection E as <- <- ->. left. eauto.
  Qed.

  Lemma comes_first_l p u v q q' r : comes_first p u v (q ++ q') r -> comes_first p u v q r.
  Proof.
    intros (Hr & Hl & Hg). repeat split; auto. intros z w i Hn. apply Hg.
    change (v :: q ++ q') with ((v :: q) ++ q'). now apply neighbours_app_l.
  Qed.

  Lemma comes_first_r p p' u v q r : comes_first (p ++ p') u v q r -> comes_first p' u v q r.
  Proof.
    intros (Hr & Hl & Hg). repeat split; auto. intros z w i Hn. apply Hl.
    rewrite <- app_assoc. now apply neighbours_app_r.
  Qed.

  (** A step of [x ++ y] is a step of [x], a merge across the joint, or a step of [y]. *)
  Lemma step_app x y t : merge_step (x ++ y) = Some t ->
    (exists x', merge_step x = Some x' /\ t = x' ++ y) \/
    (exists p u v q r, x = p ++ [u] /\ y = v :: q /\ comes_first p u v q r /\
                       t = p ++ join u v :: q) \/
    (exists y', merge_step y = Some y' /\ t = x ++ y').
  Proof.
    intros H. apply merge_step_iff in H as (p & u & v & q & r & E & Hf & ->).
    symmetry in E. apply pair_in_app in E as [(q1 & -> & ->) | [(-> & ->) | (p2 & -> & ->)]].
    - left. exists (p ++ join u v :: q1). split; [|now rewrite <- app_assoc].
      apply merge_step_iff. exists p, u, v, q1, r. eauto using comes_first_l.
    - right. left. exists p, u, v, q, r. auto.
    - right. right. exists (p2 ++ join u v :: q). split; [|now rewrite <- app_assoc].
      apply merge_step_iff. exists p2, u, v, q, r. eauto using comes_first_r.
  Qed.

  (** ** Boundaries *)

  Lemma step_cut s p q : merge_step s = Some (p ++ q) ->
    exists p' q', s = p' ++ q' /\ spelling p' = spelling p.
  Proof.
    intros H. apply merge_step_iff in H as (a & x & y & b & r & -> & (Hr & _) & E).
    apply app_eq_app in E as [[|z l] [[-> E] | [-> E]]].
    - exists a, (x :: y :: b). now rewrite app_nil_r.
    - exists p, (x :: y :: b). now rewrite app_nil_r.
    - injection E as <- ->. exists (a ++ x :: y :: l), q. split.
      + now rewrite <- app_assoc.
      + rewrite !flat_map_app. simpl. now rewrite (join_spells _ _ _ Hr), <- app_assoc.
    - exists p, ((z :: l) ++ x :: y :: b). now rewrite <- app_assoc.
  Qed.

  (* Clauses: M8 *)
  Theorem boundaries_only_vanish s p q : reaches s (p ++ q) ->
    exists p' q', s = p' ++ q' /\ spelling p' = spelling p.
  Proof.
    intros H. remember (p ++ q) as t eqn:E. revert p q E.
    induction H as [s | s t u Hst _ IH]; intros p q ->; [now exists p, q|].
    destruct (IH p q eq_refl) as (p' & q' & -> & <-). now apply step_cut in Hst.
  Qed.

  (** What was made across a joint leaves no boundary there. *)
  Lemma joint_is_gone a x y b p q r :
    no_empty (a ++ [x] ++ y :: b) -> rank_of x y = Some r ->
    reaches (a ++ join x y :: b) (p ++ q) -> spelling p <> spelling (a ++ [x]).
  Proof.
    intros Hn Hr H E. apply boundaries_only_vanish in H as (p' & q' & Ec & Hp).
    rewrite <- Hp in E. clear Hp. apply no_empty_app in Hn as [_ Hn].
    inversion Hn as [|? ? Hx Hn']; inversion Hn' as [|? ? Hy _]; subst.
    rewrite flat_map_app in E. simpl in E. rewrite app_nil_r in E.
    apply app_eq_app in Ec as [[|z l] [[-> Ec] | [-> Ec]]];
      rewrite ?flat_map_app, ?app_nil_r, <- ?app_assoc in E.
    - symmetry in E. now apply app_same in E.
    - symmetry in E. now apply app_same in E.
    - symmetry in E. apply app_same in E. apply app_eq_nil in E as [_ E]. congruence.
    - injection Ec as <- ->. apply app_inv_head in E. simpl in E.
      rewrite (join_spells _ _ _ Hr), <- app_assoc in E. apply app_same in E.
      now apply app_eq_nil in E as [E _].
  Qed.

  (** ** Locality *)

  (** While the joint of [x] and [y] is a boundary, each of them merges alone. *)
  Lemma reaches_apart x y p q : no_empty (x ++ y) -> reaches (x ++ y) (p ++ q) ->
    spelling p = spelling x -> reaches x p /\ reaches y q.
  Proof.
    intros Hn H. remember (x ++ y) as s eqn:Es. remember (p ++ q) as t eqn:Et.
    revert x y p q Hn Es Et. induction H as [s | s t u Hst H IH]; intros x y p q Hn -> E Hp.
    - symmetry in E. apply cut_unique in E as [-> ->]; [split; constructor | | exact Hp].
      now rewrite E.
    - subst u. assert (Hn' := Hn). apply (step_no_empty _ _ Hn') in Hst as Ht.
      destruct (step_app _ _ _ Hst) as
        [(x' & Hx & ->) | [(a & u & v & b & r & -> & -> & (Hr & _) & ->) | (y' & Hy & ->)]].
      + destruct (IH x' y p q) as [Hxp Hyq]; auto; [now rewrite (step_spelling _ _ Hx)|].
        split; auto. econstructor; eauto.
      + exfalso. revert Hp. apply (joint_is_gone a u v b p q r); auto.
        now rewrite app_assoc.
      + destruct (IH x y' p q) as [Hxp Hyq]; auto. split; auto. econstructor; eauto.
  Qed.

  (** What stands between two boundaries, now or later, merges alone. *)
  Lemma reaches_between x y z p q r : no_empty (x ++ y ++ z) ->
    reaches (x ++ y ++ z) (p ++ q ++ r) ->
    spelling p = spelling x -> spelling q = spelling y -> reaches y q.
  Proof.
    intros Hn H Hp Hq. apply reaches_apart in H as [_ H]; auto.
    apply no_empty_app in Hn as [_ Hn]. now apply reaches_apart in H as [H _].
  Qed.

  Lemma merge_apart x y p q : no_empty (x ++ y) -> merge (x ++ y) = p ++ q ->
    spelling p = spelling x -> p = merge x /\ q = merge y.
  Proof.
    intros Hn E Hp. pose proof (merge_reached (x ++ y)) as H.
    pose proof (merge_done (x ++ y)) as Hd. rewrite E in *.
    apply reaches_apart in H as [Hx Hy]; auto. rewrite merge_step_none_iff in Hd.
    split; symmetry; apply merge_unique; auto; apply merge_step_none_iff; intros u v Huv;
      apply Hd; [now apply neighbours_app_l | now apply neighbours_app_r].
  Qed.

  (* Clauses: M9 *)
  Theorem merging_is_local x y z p q r : no_empty (x ++ y ++ z) ->
    merge (x ++ y ++ z) = p ++ q ++ r -> spelling p = spelling x -> spelling q = spelling y ->
    p = merge x /\ q = merge y /\ r = merge z.
  Proof.
    intros Hn E Hp Hq. apply merge_apart in E as [-> E]; auto.
    apply no_empty_app in Hn as [_ Hn]. symmetry in E.
    apply merge_apart in E as [-> ->]; auto.
  Qed.

  (** ** Gluing *)

  (** No symbol crosses the joint. *)
  Definition apart (x y : row) : Prop := merge (x ++ y) = merge x ++ merge y.

  Lemma merge_spelling s : spelling (merge s) = spelling s.
  Proof. apply reaches_spelling, merge_reached. Qed.

  Lemma not_apart p u v q r : no_empty (p ++ [u] ++ v :: q) -> comes_first p u v q r ->
    ~ apart (p ++ [u]) (v :: q).
  Proof.
    intros Hn Hf E. unfold apart in E.
    assert (H : reaches ((p ++ [u]) ++ v :: q) (p ++ join u v :: q)).
    { apply reaches_one, merge_step_iff. exists p, u, v, q, r. now rewrite <- app_assoc. }
    apply merge_of_reached in H. rewrite E in H. pose proof (merge_reached (p ++ join u v :: q)) as K.
    rewrite H in K. apply (joint_is_gone _ _ _ _ _ _ r) in K; auto; [|apply Hf].
    apply K. apply merge_spelling.
  Qed.

  Lemma apart_step_l x y x' : apart x y -> merge_step x = Some x' ->
    merge_step (x ++ y) = Some (x' ++ y) -> apart x' y.
  Proof.
    unfold apart. intros E Hx Hxy. rewrite (merge_of_reached _ _ (reaches_one _ _ Hxy)), E.
    now rewrite (merge_of_reached _ _ (reaches_one _ _ Hx)).
  Qed.

  Lemma apart_step_r x y y' : apart x y -> merge_step y = Some y' ->
    merge_step (x ++ y) = Some (x ++ y') -> apart x y'.
  Proof.
    unfold apart. intros E Hy Hxy. rewrite (merge_of_reached _ _ (reaches_one _ _ Hxy)), E.
    now rewrite (merge_of_reached _ _ (reaches_one _ _ Hy)).
  Qed.

  Lemma step_at p u v q r : comes_first p u v q r ->
    merge_step (p ++ u :: v :: q) = Some (p ++ join u v :: q).
  Proof. intros H. apply merge_step_iff. exists p, u, v, q, r. auto. Qed.

  Lemma step_none_app x y : merge_step (x ++ y) = None -> merge_step x = None /\ merge_step y = None.
  Proof.
    rewrite !merge_step_none_iff. intros H.
    split; intros u v Huv; apply H; [now apply neighbours_app_l | now apply neighbours_app_r].
  Qed.

  Ltac shorter := subst; rewrite !app_length; simpl length; lia.

  (* Clauses: M10 *)
  Theorem gluing x y z : no_empty (x ++ y ++ z) -> y <> [] ->
    apart x y -> apart y z -> apart x (y ++ z).
  Proof.
    remember (length (x ++ y ++ z)) as n eqn:En. revert x y z En.
    induction n as [n IH'] using lt_wf_ind. intros x y z En Hn Hy Axy Ayz.
    assert (IH : forall x y z, no_empty (x ++ y ++ z) -> y <> [] -> apart x y -> apart y z ->
              length (x ++ y ++ z) < n -> apart x (y ++ z)) by eauto.
    clear IH'.
    destruct (merge_step (x ++ y ++ z)) as [t|] eqn:Hst.
    2: { unfold apart. rewrite merge_of_done by auto. apply step_none_app in Hst as [Hx Hyz].
         now rewrite !merge_of_done. }
    assert (Hn' := step_no_empty _ _ Hn Hst).
    assert (Hnx : no_empty (x ++ y))
      by (rewrite app_assoc in Hn; now apply no_empty_app in Hn as [Hn _]).
    assert (Hny : no_empty (y ++ z)) by now apply no_empty_app in Hn as [_ Hn].
    assert (Hm := merge_of_reached _ _ (reaches_one _ _ Hst)).
    assert (Hst' := Hst). apply merge_step_iff in Hst' as (p & u & v & q & r & E & Hf & ->).
    symmetry in E. apply pair_in_app in E as [(q1 & -> & ->) | [(-> & E) | (p2 & -> & E)]].
    - (* the step is in x *)
      assert (Hx := step_at _ _ _ _ _ (comes_first_l _ _ _ _ _ _ Hf)).
      assert (Hxy : merge_step ((p ++ u :: v :: q1) ++ y) = Some ((p ++ join u v :: q1) ++ y)).
      { rewrite <- !app_assoc. simpl. rewrite app_assoc in Hf. exact (step_at _ _ _ _ _ (comes_first_l _ _ _ _ _ _ Hf)). }
      assert (A := apart_step_l _ _ _ Axy Hx Hxy).
      rewrite (app_comm_cons q1), app_assoc in Hn', Hm.
      specialize (IH _ y z Hn' Hy A Ayz ltac:(shorter)).
      unfold apart in *. rewrite <- Hm, IH. now rewrite (merge_of_reached _ _ (reaches_one _ _ Hx)).
    - (* across the joint of x and y *)
      exfalso. destruct y as [|v' y]; [easy|]. injection E as <- <-.
      revert Axy. apply (not_apart p u v' y r); [now rewrite <- app_assoc in Hnx|].
      exact (comes_first_l _ _ _ _ _ _ Hf).
    - symmetry in E. apply pair_in_app in E as [(q1 & -> & ->) | [(-> & ->) | (p3 & -> & ->)]].
      + (* in y *)
        assert (Hf1 := comes_first_r _ _ _ _ _ _ Hf).
        assert (Hy1 := step_at _ _ _ _ _ (comes_first_l _ _ _ _ _ _ Hf1)).
        assert (Hxy : merge_step (x ++ p2 ++ u :: v :: q1) = Some (x ++ p2 ++ join u v :: q1)).
        { rewrite !app_assoc. exact (step_at _ _ _ _ _ (comes_first_l _ _ _ _ _ _ Hf)). }
        assert (Hyz : merge_step ((p2 ++ u :: v :: q1) ++ z) = Some ((p2 ++ join u v :: q1) ++ z)).
        { rewrite <- !app_assoc. exact (step_at _ _ _ _ _ Hf1). }
        assert (A := apart_step_r _ _ _ Axy Hy1 Hxy). assert (B := apart_step_l _ _ _ Ayz Hy1 Hyz).
        rewrite <- app_assoc in Hn', Hm. rewrite (app_comm_cons q1), (app_assoc p2) in Hn', Hm.
        specialize (IH x _ z Hn' ltac:(now destruct p2) A B ltac:(shorter)).
        unfold apart in *. rewrite <- Hm, IH. now rewrite (merge_of_reached _ _ (reaches_one _ _ Hyz)).
      + (* across the joint of y and z *)
        exfalso. revert Ayz. apply (not_apart p2 u v q r); [now rewrite <- app_assoc in Hny|].
        exact (comes_first_r _ _ _ _ _ _ Hf).
      + (* in z *)
        assert (Hf2 := Hf). rewrite app_assoc in Hf2.
        assert (Hz := step_at _ _ _ _ _ (comes_first_r _ _ _ _ _ _ Hf2)).
        assert (Hyz : merge_step (y ++ p3 ++ u :: v :: q) = Some (y ++ p3 ++ join u v :: q)).
        { rewrite !app_assoc. exact (step_at _ _ _ _ _ (comes_first_r _ _ _ _ _ _ Hf)). }
        assert (B := apart_step_r _ _ _ Ayz Hz Hyz).
        rewrite <- !app_assoc in Hn', Hm.
        specialize (IH x y _ Hn' Hy Axy B ltac:(shorter)).
        unfold apart in *. rewrite <- Hm, IH. now rewrite (merge_of_reached _ _ (reaches_one _ _ Hyz)).
  Qed.
End AnyRanks.

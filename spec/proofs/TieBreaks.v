(** * The tie-break profiles

    Each profile is a strict order among pairs, and picks, of those of highest count, one to
    which no other is preferred.

    - [every_merge_takes_a_most_frequent_pair] (T2): the pair taken occurs, has the highest
      count, and of several such pairs no other is preferred to it.
    - [first_seen_takes_the_first] (T2): under [first_seen] it is the first that is met.
    - [the_choice_is_unique] (T1, T2): under [smallest_pair], and under [largest_bytes] where
      different tokens have different bytes, the pair is determined by the counts. *)

From BPE Require Import Definitions ApplyMerge Merging PairCounts.
From Coq Require Import Strings.Byte.

(** ** Orders *)

Lemma byte_number_unique (x y : byte) : Byte.to_nat x = Byte.to_nat y -> x = y.
Proof.
  intros H. pose proof (Byte.of_to_nat x) as Hx. pose proof (Byte.of_to_nat y) as Hy.
  rewrite H in Hx. congruence.
Qed.

Lemma same_bytes_iff x y : same_bytes x y = true <-> x = y.
Proof. unfold same_bytes. destruct (list_eq_dec byte_eq_dec x y); split; congruence. Qed.

Lemma bytes_less_irreflexive x : bytes_less x x = false.
Proof.
  induction x as [|b x IH]; auto. simpl. rewrite IH, Nat.ltb_irrefl. now rewrite andb_false_r.
Qed.

(** What is less than [z] is less than [y], or [y] is less than [z]. *)
Lemma bytes_less_between x y z : bytes_less x z = true ->
  bytes_less x y = true \/ bytes_less y z = true.
Proof.
  revert y z. induction x as [|a x IH]; intros [|b y] [|c z]; simpl; try discriminate; auto.
  rewrite !orb_true_iff, !andb_true_iff, !Nat.ltb_lt, !Nat.eqb_eq.
  intros [H | [H Hl]].
  - destruct (Nat.lt_trichotomy (Byte.to_nat a) (Byte.to_nat b)) as [? | [E | ?]]; auto.
    + right. left. lia.
    + right. left. lia.
  - destruct (Nat.lt_trichotomy (Byte.to_nat a) (Byte.to_nat b)) as [? | [E | ?]]; auto.
    + destruct (IH y z Hl); auto. right. right. split; auto. lia.
    + right. left. lia.
Qed.

Lemma bytes_less_asymmetric x y : bytes_less x y = true -> bytes_less y x = false.
Proof.
  revert y. induction x as [|a x IH]; intros [|b y]; simpl; try discriminate; auto.
  rewrite orb_true_iff, orb_false_iff, !andb_true_iff, andb_false_iff, !Nat.ltb_lt, Nat.ltb_ge,
    !Nat.eqb_eq, Nat.eqb_neq.
  intros [H | [E H]]; [split; [lia | left; lia]|]. split; [lia | right; auto].
Qed.

Lemma bytes_less_total x y : bytes_less x y = false -> bytes_less y x = false -> x = y.
Proof.
  revert y. induction x as [|a x IH]; intros [|b y]; simpl; try discriminate; auto.
  rewrite !orb_false_iff, !andb_false_iff, !Nat.ltb_ge, !Nat.eqb_neq.
  intros [H1 H2] [H3 H4].
  assert (E : Byte.to_nat a = Byte.to_nat b) by lia.
  apply byte_number_unique in E as ->. f_equal. apply IH.
  - destruct H2; congruence.
  - destruct H4; congruence.
Qed.

Lemma prefers_irreflexive tie toks p : prefers tie toks p p = false.
Proof.
  destruct tie; simpl; auto.
  - rewrite !Nat.ltb_irrefl. now rewrite andb_false_r.
  - rewrite !bytes_less_irreflexive. now rewrite andb_false_r.
Qed.

Lemma prefers_asymmetric tie toks p q : prefers tie toks p q = true -> prefers tie toks q p = false.
Proof.
  destruct tie; simpl; auto.
  - rewrite orb_true_iff, orb_false_iff, !andb_true_iff, andb_false_iff, !Nat.ltb_lt, !Nat.ltb_ge,
      !Nat.eqb_eq, Nat.eqb_neq. lia.
  - rewrite orb_true_iff, andb_true_iff, same_bytes_iff. intros [H | [E H]].
    + rewrite (bytes_less_asymmetric _ _ H). destruct (same_bytes _ _) eqn:Es; auto.
      apply same_bytes_iff in Es. rewrite Es, bytes_less_irreflexive in H. discriminate.
    + rewrite E, bytes_less_irreflexive, (bytes_less_asymmetric _ _ H). apply andb_false_r.
Qed.

Lemma prefers_between tie toks p q r : prefers tie toks p r = true ->
  prefers tie toks p q = true \/ prefers tie toks q r = true.
Proof.
  destruct tie; simpl; [|discriminate|].
  - rewrite !orb_true_iff, !andb_true_iff, !Nat.ltb_lt, !Nat.eqb_eq. lia.
  - rewrite !orb_true_iff, !andb_true_iff, !same_bytes_iff.
    set (b := bytes_at toks). intros [H | [E H]].
    + apply (bytes_less_between _ (b (fst q))) in H as [H | H]; auto.
    + destruct (bytes_less (b (fst r)) (b (fst q))) eqn:E1; auto.
      destruct (bytes_less (b (fst q)) (b (fst p))) eqn:E2; auto.
      assert (Eq : b (fst r) = b (fst q)).
      { apply bytes_less_total; auto. rewrite E. exact E2. }
      apply (bytes_less_between _ (b (snd q))) in H as [H | H]; [right | left]; right;
        split; auto; congruence.
Qed.

(** ** Selection *)

Notation choose tie toks := (fun p q => if prefers tie toks q p then q else p).

Lemma choose_in tie toks l p : In (fold_left (choose tie toks) l p) (p :: l).
Proof.
  revert p. induction l as [|q l IH]; intros p; [now left|]. simpl fold_left.
  destruct (prefers tie toks q p); destruct (IH q) as [H | H], (IH p) as [H' | H']; simpl; auto;
    rewrite <- ?H, <- ?H'; auto.
Qed.

Lemma choose_keeps tie toks l p q : prefers tie toks q p = false ->
  prefers tie toks q (fold_left (choose tie toks) l p) = false.
Proof.
  revert p. induction l as [|r l IH]; intros p H; auto. simpl. apply IH.
  destruct (prefers tie toks r p) eqn:E; auto.
  destruct (prefers tie toks q r) eqn:E'; auto.
  destruct (prefers_between _ _ _ p _ E') as [K | K]; [congruence|].
  apply prefers_asymmetric in K. congruence.
Qed.

Lemma choose_best tie toks l p q : In q (p :: l) ->
  prefers tie toks q (fold_left (choose tie toks) l p) = false.
Proof.
  revert p. induction l as [|r l IH]; intros p Hq.
  - destruct Hq as [<- | []]. apply prefers_irreflexive.
  - simpl. destruct Hq as [<- | [<- | Hq]]; [| |apply IH; now right]; apply choose_keeps;
      destruct (prefers tie toks r p) eqn:E; auto using prefers_irreflexive, prefers_asymmetric.
Qed.

Lemma choose_first toks l p : fold_left (choose first_seen toks) l p = p.
Proof. revert p. induction l as [|q l IH]; intros p; auto. simpl. apply IH. Qed.

Lemma list_max_is (f : id * id -> nat) l : l <> [] ->
  (forall p, In p l -> f p <= list_max (map f l)) /\ exists p, In p l /\ f p = list_max (map f l).
Proof.
  intros Hne. assert (H := proj1 (list_max_le (map f l) _) (le_n _)).
  rewrite Forall_map, Forall_forall in H. split; [exact H|]. clear H.
  induction l as [|p l IH]; [easy|]. simpl. destruct l as [|q l].
  - exists p. simpl. split; auto. lia.
  - destruct IH as (r & Hr & E); [easy|]. destruct (Nat.max_spec (f p) (list_max (map f (q :: l)))) as [[_ Em] | [_ Em]];
      simpl in *; rewrite Em; eauto.
Qed.

Lemma count_pair_met rs p : 0 < count_pair rs p -> In p (pairs_met rs).
Proof.
  intros H. apply count_pair_positive in H as (s & w & Hs & Hn).
  apply in_flat_map. exists (s, w). split; auto. simpl. rewrite (surjective_pairing p).
  now apply in_pairs_of.
Qed.

(* Clauses: T2 *)
Theorem every_merge_takes_a_most_frequent_pair tie toks rs p : select_pair tie toks rs = Some p ->
  In p (pairs_met rs) /\
  (forall q, count_pair rs q <= count_pair rs p) /\
  (forall q, In q (pairs_met rs) -> count_pair rs q = count_pair rs p -> prefers tie toks q p = false).
Proof.
  unfold select_pair. set (highest := list_max _).
  destruct (filter _ (pairs_met rs)) as [|first others] eqn:E; [discriminate|]. intros [= Hp].
  pose proof (choose_in tie toks others first) as Hin.
  pose proof (choose_best tie toks others first) as Hbest. rewrite Hp in Hin, Hbest.
  rewrite <- E in Hin, Hbest. apply filter_In in Hin as [Hin Hc]. apply Nat.eqb_eq in Hc.
  assert (Hne : pairs_met rs <> []) by (intros K; now rewrite K in Hin).
  destruct (list_max_is (count_pair rs) _ Hne) as [Hle _]. fold highest in Hle.
  split; auto. split.
  - intros q. destruct (Nat.eq_dec (count_pair rs q) 0) as [-> | Hq]; [lia|].
    rewrite Hc. apply Hle, count_pair_met. lia.
  - intros q Hq Ec. apply Hbest, filter_In. split; auto. apply Nat.eqb_eq. congruence.
Qed.

Lemma select_pair_none tie toks rs : select_pair tie toks rs = None -> pairs_met rs = [].
Proof.
  unfold select_pair. intros H. destruct (pairs_met rs) as [|q l] eqn:El; auto. rewrite <- El in H.
  destruct (list_max_is (count_pair rs) (pairs_met rs)) as [_ (p & Hp & E)]; [congruence|].
  destruct (filter _ (pairs_met rs)) as [|first others] eqn:Ef; [|discriminate].
  assert (K : In p []) by (rewrite <- Ef; apply filter_In; split; auto; now apply Nat.eqb_eq).
  easy.
Qed.

(* Clauses: T2 *)
Theorem first_seen_takes_the_first toks rs p : select_pair first_seen toks rs = Some p ->
  exists before after, pairs_met rs = before ++ p :: after /\
    forall q, In q before -> count_pair rs q < count_pair rs p.
Proof.
  intros H. assert (Hbest := every_merge_takes_a_most_frequent_pair _ _ _ _ H).
  destruct Hbest as (_ & Hle & _). unfold select_pair in H.
  set (highest := list_max _) in H.
  destruct (filter _ (pairs_met rs)) as [|first others] eqn:E; [discriminate|].
  rewrite choose_first in H. injection H as ->.
  assert (Hp : count_pair rs p = highest).
  { assert (Hp : In p (p :: others)) by now left. rewrite <- E in Hp.
    apply filter_In in Hp as [_ Hp]. now apply Nat.eqb_eq. }
  clearbody highest. induction (pairs_met rs) as [|q l IH]; [discriminate|]. simpl in E.
  destruct (Nat.eqb_spec (count_pair rs q) highest) as [Eq | Hne].
  - injection E as -> _. exists [], l. split; auto. easy.
  - destruct (IH E) as (before & after & -> & Hb). exists (q :: before), after. split; auto.
    intros r [<- | Hr]; auto. specialize (Hle q). lia.
Qed.

(** ** The choice does not depend on the order in which pairs are met *)

(** Different tokens have different bytes, at least where pairs are met. *)
Definition tokens_differ (toks : list (list byte)) (rs : rows) : Prop :=
  forall p q, In p (pairs_met rs) -> In q (pairs_met rs) ->
    bytes_at toks (fst p) = bytes_at toks (fst q) -> bytes_at toks (snd p) = bytes_at toks (snd q) ->
    p = q.

(* Clauses: T1, T2 *)
Theorem the_choice_is_unique tie toks rs rs' : tie <> first_seen ->
  (tie = largest_bytes -> tokens_differ toks rs) ->
  (forall p, count_pair rs p = count_pair rs' p) ->
  (forall p, In p (pairs_met rs) <-> In p (pairs_met rs')) ->
  select_pair tie toks rs = select_pair tie toks rs'.
Proof.
  intros Htie Hdiff Hc Hm.
  destruct (select_pair tie toks rs) as [p|] eqn:E, (select_pair tie toks rs') as [q|] eqn:E'; auto.
  - apply every_merge_takes_a_most_frequent_pair in E as (Hp & Hle & Hb).
    apply every_merge_takes_a_most_frequent_pair in E' as (Hq & Hle' & Hb').
    assert (Ec : count_pair rs p = count_pair rs q)
      by (specialize (Hle q); specialize (Hle' p); rewrite !Hc in *; lia).
    specialize (Hb q (proj2 (Hm q) Hq) (eq_sym Ec)).
    specialize (Hb' p (proj1 (Hm p) Hp) ltac:(rewrite <- !Hc; exact Ec)).
    f_equal. destruct tie; [| easy |].
    + simpl in Hb, Hb'. rewrite !orb_false_iff, !andb_false_iff, !Nat.ltb_ge, !Nat.eqb_neq in Hb, Hb'.
      rewrite (surjective_pairing p), (surjective_pairing q). f_equal; lia.
    + apply (Hdiff eq_refl); auto; [now apply Hm| |];
        simpl in Hb, Hb'; rewrite orb_false_iff, andb_false_iff in Hb, Hb';
        destruct Hb as [H1 H2], Hb' as [H3 H4]; pose proof (bytes_less_total _ _ H3 H1) as Ef; auto.
      rewrite Ef in *. rewrite (proj2 (same_bytes_iff _ _) eq_refl) in *.
      destruct H2 as [H2 | H2]; [discriminate|]. destruct H4 as [H4 | H4]; [discriminate|].
      symmetry. now apply bytes_less_total.
  - apply select_pair_none in E'. apply every_merge_takes_a_most_frequent_pair in E as (Hp & _).
    apply Hm in Hp. rewrite E' in Hp. easy.
  - apply select_pair_none in E. apply every_merge_takes_a_most_frequent_pair in E' as (Hp & _).
    apply Hm in Hp. rewrite E in Hp. easy.
Qed.

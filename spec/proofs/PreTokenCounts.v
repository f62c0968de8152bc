(** * Pre-token counts, and that training depends on nothing else

    - [counts_are_how_often] (T12): a pre-token is counted as often as it occurs.
    - [counts_of_parts_add_up] (T12): the counts of a list are the sum of those of its parts,
      in the same order of first appearance.
    - [counts_of_texts_add_up] (T12): the same of texts, however each is cut into pre-tokens.
    - [grouping_plays_no_part] (T12): sums of counts may be grouped at will.
    - [order_of_parts_plays_no_part] (T12): added in another order, the counts are the same
      but for the order in which they stand.
    - [training_depends_on_the_multiset_of_pre_tokens] (T1): under [smallest_pair] and
      [largest_bytes], pre-tokens in any order give the same merges.
    - [first_seen_depends_on_first_appearance] (T1): under every profile, so do pre-tokens in
      another order in which they first appear as before. *)

From BPE Require Import Definitions ApplyMerge LowestRank Merging PairCounts TieBreaks Training.

Notation counts := (list (list byte * nat)).
Notation add := (add_count same_bytes).

Lemma same_bytes_dec x y : {same_bytes x y = true /\ x = y} + {same_bytes x y = false /\ x <> y}.
Proof.
  destruct (same_bytes x y) eqn:E.
  - left. split; auto. now apply same_bytes_iff.
  - right. split; auto. intros K. apply same_bytes_iff in K. congruence.
Qed.

(** ** Adding one count *)

Lemma add_keys x n (c : counts) :
  map fst (add x n c) = if in_dec (list_eq_dec Byte.byte_eq_dec) x (map fst c)
                        then map fst c else map fst c ++ [x].
Proof.
  induction c as [|[y k] c IH]; [reflexivity|]. simpl add_count.
  destruct (same_bytes_dec y x) as [[-> ->] | [-> Hne]].
  - destruct (in_dec _ x (map fst ((x, k) :: c))) as [H|H]; [reflexivity | destruct H; now left].
  - change (map fst ((y, k) :: add x n c)) with (y :: map fst (add x n c)). rewrite IH.
    change (map fst ((y, k) :: c)) with (y :: map fst c).
    destruct (in_dec (list_eq_dec Byte.byte_eq_dec) x (map fst c)) as [H|H],
      (in_dec (list_eq_dec Byte.byte_eq_dec) x (y :: map fst c)) as [H'|H']; auto;
      exfalso; simpl in H'; tauto.
Qed.

Lemma add_twice x n k (c : counts) : add x n (add x k c) = add x (k + n) c.
Proof.
  induction c as [|[y j] c IH]; simpl.
  - destruct (same_bytes_dec x x) as [[-> _] | [_ H]]; [reflexivity | easy].
  - destruct (same_bytes_dec y x) as [[E ->] | [E Hne]]; rewrite E; simpl; rewrite E.
    + now rewrite Nat.add_assoc.
    + now rewrite IH.
Qed.

(** What is counted already may be added later or sooner. *)
Lemma add_commutes x n y k (c : counts) : In x (map fst c) -> add x n (add y k c) = add y k (add x n c).
Proof.
  induction c as [|[z j] c IH]; intros H; [easy|]. simpl.
  destruct (same_bytes_dec z y) as [[E1 F1] | [E1 F1]], (same_bytes_dec z x) as [[E2 F2] | [E2 F2]];
    rewrite E1, E2; simpl; rewrite E1, E2; auto.
  - now rewrite <- !Nat.add_assoc, (Nat.add_comm n k).
  - f_equal. apply IH. destruct H; [simpl in *; congruence | exact H].
Qed.

Definition add_all (c entries : counts) : counts :=
  fold_left (fun c entry => add (fst entry) (snd entry) c) entries c.

Lemma add_all_app c a b : add_all c (a ++ b) = add_all (add_all c a) b.
Proof. apply fold_left_app. Qed.

Lemma in_keys_add x y k (c : counts) : In x (map fst (add y k c)) <-> x = y \/ In x (map fst c).
Proof.
  rewrite add_keys. destruct (in_dec _ y (map fst c)); [|rewrite in_app_iff; simpl].
  - split; auto. intros [-> | H]; auto.
  - split; [intros [H | [H | []]]; auto | intros [-> | H]; auto].
Qed.

Lemma in_keys_add_all x (entries : counts) : forall c, In x (map fst c) -> In x (map fst (add_all c entries)).
Proof.
  induction entries as [|[y k] entries IH]; intros c H; auto. simpl. apply IH.
  apply in_keys_add. auto.
Qed.

Lemma add_all_commutes x n (entries : counts) : forall c, In x (map fst c) ->
  add x n (add_all c entries) = add_all (add x n c) entries.
Proof.
  induction entries as [|[y k] entries IH]; intros c H; auto. simpl.
  rewrite IH by (apply in_keys_add; auto). now rewrite add_commutes.
Qed.

Lemma add_all_add x n : forall (entries c : counts),
  add_all c (add x n entries) = add x n (add_all c entries).
Proof.
  induction entries as [|[y k] entries IH]; intros c; simpl; auto.
  destruct (same_bytes_dec y x) as [[-> ->] | [-> Hne]]; simpl.
  - rewrite add_all_commutes by (apply in_keys_add; auto). now rewrite add_twice.
  - apply IH.
Qed.

(** Adding a sum is adding its parts. *)
Lemma add_all_sum (entries c : counts) : add_all c (add_all [] entries) = add_all c entries.
Proof.
  induction entries as [|[x n] entries IH] using rev_ind; [reflexivity|].
  rewrite !add_all_app. simpl. now rewrite add_all_add, IH.
Qed.

Lemma count_is_add_all pieces : count_pre_tokens pieces = add_all [] (map (fun piece => (piece, 1)) pieces).
Proof.
  unfold count_pre_tokens, add_all. generalize (@nil (list byte * nat)) as c.
  induction pieces as [|piece pieces IH]; intros c; auto. simpl. apply IH.
Qed.

(** ** The clauses *)

(* Clauses: T12 *)
Theorem counts_of_parts_add_up xs ys :
  count_pre_tokens (xs ++ ys) = add_counts (count_pre_tokens xs) (count_pre_tokens ys).
Proof.
  rewrite !count_is_add_all, map_app, add_all_app. symmetry. apply add_all_sum.
Qed.

(* Clauses: T12 *)
Theorem counts_of_texts_add_up {A} (cut : A -> list (list byte)) texts texts' :
  count_pre_tokens (flat_map cut (texts ++ texts'))
  = add_counts (count_pre_tokens (flat_map cut texts)) (count_pre_tokens (flat_map cut texts')).
Proof. rewrite flat_map_app. apply counts_of_parts_add_up. Qed.

(* Clauses: T12 *)
Theorem grouping_plays_no_part xs ys zs :
  add_counts (add_counts (count_pre_tokens xs) (count_pre_tokens ys)) (count_pre_tokens zs)
  = add_counts (count_pre_tokens xs) (add_counts (count_pre_tokens ys) (count_pre_tokens zs)).
Proof. now rewrite <- !counts_of_parts_add_up, app_assoc. Qed.

Lemma keys_once pieces : NoDup (map fst (count_pre_tokens pieces)).
Proof.
  rewrite count_is_add_all. induction pieces as [|piece pieces IH] using rev_ind; [constructor|].
  rewrite map_app, add_all_app. simpl. rewrite add_keys.
  destruct (in_dec _ _ _) as [|H]; auto.
  rewrite <- (rev_involutive (_ ++ [piece])). apply NoDup_rev. rewrite rev_unit.
  constructor; [now rewrite <- in_rev | now apply NoDup_rev].
Qed.

Notation how_often := (count_occ (list_eq_dec Byte.byte_eq_dec)).

Lemma in_add x n w k (c : counts) : NoDup (map fst c) ->
  In (w, k) (add x n c) <->
  (w <> x /\ In (w, k) c) \/
  (w = x /\ ((exists j, In (x, j) c /\ k = j + n) \/ (~ In x (map fst c) /\ k = n))).
Proof.
  induction c as [|[y j] c IH]; intros Hd; simpl.
  - split.
    + intros [[= <- <-] | []]. right. split; auto.
    + intros [[_ []] | [-> [(j & [] & _) | [_ ->]]]]. auto.
  - inversion Hd as [|? ? Hn Hd']; subst. specialize (IH Hd').
    destruct (same_bytes_dec y x) as [[-> ->] | [-> Hne]]; simpl.
    + split.
      * intros [[= <- <-] | H]; [right; split; auto; left; eauto|].
        left. split; auto. intros ->. apply Hn. now apply (in_map fst) in H.
      * intros [[Hw [[= <- <-] | H]] | [-> [(i & [[= ->] | H] & ->) | [H _]]]]; auto; try easy.
        -- apply (in_map fst) in H. easy.
        -- destruct H. auto.
    + rewrite IH. split.
      * intros [[= <- <-] | [[Hw H] | [-> [(i & H & ->) | [H ->]]]]]; auto.
        -- right. split; auto. left. eauto.
        -- right. split; auto. right. split; auto. intros [K | K]; congruence.
      * intros [[Hw [H | H]] | [-> [(i & [[= -> ->] | H] & ->) | [H ->]]]]; auto; try easy.
        -- right. right. split; auto. left. eauto.
        -- right. right. split; auto. right. split; auto.
Qed.

(* Clauses: T12 *)
Theorem counts_are_how_often pieces w k :
  In (w, k) (count_pre_tokens pieces) <-> 0 < k /\ k = how_often pieces w.
Proof.
  revert w k. induction pieces as [|piece pieces IH] using rev_ind; intros w k.
  - simpl. split; [easy | lia].
  - pose proof (keys_once pieces) as Hd.
    replace (count_pre_tokens (pieces ++ [piece])) with (add piece 1 (count_pre_tokens pieces))
      by (rewrite !count_is_add_all, map_app, add_all_app; reflexivity).
    rewrite in_add, count_occ_app by auto. simpl.
    destruct (list_eq_dec Byte.byte_eq_dec piece w) as [-> | Hne].
    + split.
      * intros [[H _] | [_ [(j & H & ->) | [H ->]]]]; [easy | |].
        -- apply IH in H. lia.
        -- split; auto. enough (how_often pieces w = 0) by lia. apply count_occ_not_In.
           intros K. apply (count_occ_In (list_eq_dec Byte.byte_eq_dec)) in K.
           apply H. change w with (fst (w, how_often pieces w)). apply in_map, IH. auto.
      * intros [_ ->]. right. split; auto.
        destruct (Nat.eq_dec (how_often pieces w) 0) as [E | E].
        -- right. split; [|lia]. intros K. apply in_map_iff in K as ([u j] & <- & K).
           apply IH in K. simpl in *. lia.
        -- left. exists (how_often pieces w). split; [|lia]. apply IH. lia.
    + rewrite Nat.add_0_r, IH. split; [|auto]. intros [[_ H] | [H _]]; [exact H | congruence].
Qed.

Lemma counts_permuted xs ys : Permutation xs ys ->
  Permutation (count_pre_tokens xs) (count_pre_tokens ys).
Proof.
  intros H. apply NoDup_Permutation; try (eapply NoDup_map_inv; apply keys_once).
  intros [w k]. rewrite !counts_are_how_often.
  now rewrite (proj1 (Permutation_count_occ (list_eq_dec Byte.byte_eq_dec) xs ys) H w).
Qed.

(* Clauses: T12 *)
Theorem order_of_parts_plays_no_part xs ys :
  Permutation (add_counts (count_pre_tokens xs) (count_pre_tokens ys))
              (add_counts (count_pre_tokens ys) (count_pre_tokens xs)).
Proof.
  rewrite <- !counts_of_parts_add_up. apply counts_permuted, Permutation_app_comm.
Qed.

(** ** Training *)

Lemma count_pair_permuted rs rs' p : Permutation rs rs' -> count_pair rs p = count_pair rs' p.
Proof.
  intros H. unfold count_pair. apply (Permutation_map (fun row => snd row * occurrences p (fst row))) in H.
  induction H; simpl; lia.
Qed.

Lemma pairs_met_permuted rs rs' p : Permutation rs rs' -> In p (pairs_met rs) -> In p (pairs_met rs').
Proof.
  unfold pairs_met. rewrite !in_flat_map. intros H (row & Hr & Hp). exists row. split; auto.
  now apply (Permutation_in _ H).
Qed.

Section Order.
  Variables (tie : tie_break) (min_frequency : nat) (order : list byte).
  Hypothesis Hmin : 1 <= min_frequency.
  Hypothesis order_once : NoDup order.
  Hypothesis order_all : forall b, In b order.
  Hypothesis Htie : tie <> first_seen.

  Lemma kept_differ c ms st :
    kept order c ms st -> trained tie min_frequency (start_training order c) ms st ->
    tokens_differ (tokens st) (sequences st).
  Proof.
    intros H Ht p q Hp Hq E1 E2.
    assert (Hold : forall r, In r (pairs_met (sequences st)) ->
              fst r < length order + length ms /\ snd r < length order + length ms).
    { intros r Hr. apply in_flat_map in Hr as ([s w] & Hs & Hr). simpl in Hr.
      rewrite (surjective_pairing r) in Hr. apply in_pairs_of, neighbours_in in Hr as [H1 H2].
      pose proof (rows_old _ _ _ _ H _ _ Hs) as Hf. rewrite Forall_forall in Hf. auto. }
    apply Hold in Hp as [Hp1 Hp2]. apply Hold in Hq as [Hq1 Hq2].
    rewrite (surjective_pairing p), (surjective_pairing q). f_equal;
      eapply no_two_tokens_have_the_same_bytes; eauto.
  Qed.

  Lemma train_permuted c n : forall ms st st',
    trained tie min_frequency (start_training order c) ms st ->
    Permutation (sequences st) (sequences st') -> tokens st = tokens st' ->
    train_from tie min_frequency n st = train_from tie min_frequency n st'.
  Proof.
    induction n as [|n IH]; intros ms st st' Ht Hp Etok; [reflexivity|]. simpl.
    assert (Hk : kept order c ms st) by (eapply kept_always; eauto).
    assert (E : select_pair tie (tokens st) (sequences st) = select_pair tie (tokens st) (sequences st')).
    { apply the_choice_is_unique; auto.
      - intros _. eapply kept_differ; eauto.
      - intros p. now apply count_pair_permuted.
      - intros p. split; apply pairs_met_permuted; auto. now apply Permutation_sym. }
    destruct (train_step tie min_frequency st) as [[m st2]|] eqn:Es.
    - assert (Hs := Es). unfold train_step in Hs |- *. rewrite <- Etok, <- E.
      destruct (select_pair tie (tokens st) (sequences st)) as [p|]; [|discriminate].
      rewrite <- (count_pair_permuted _ _ p Hp).
      destruct (count_pair (sequences st) p <? min_frequency); [discriminate|].
      injection Hs as <- <-. f_equal. apply (IH (ms ++ [Merge (fst p) (snd p) (length (tokens st))])).
      + econstructor; eauto.
      + simpl. now apply Permutation_map.
      + reflexivity.
    - unfold train_step in Es |- *. rewrite <- Etok, <- E.
      destruct (select_pair tie (tokens st) (sequences st)) as [p|]; auto.
      rewrite <- (count_pair_permuted _ _ p Hp).
      destruct (count_pair (sequences st) p <? min_frequency); [auto | discriminate].
  Qed.

  (* Clauses: T1 *)
  Theorem training_depends_on_the_multiset_of_pre_tokens pieces pieces' n :
    Permutation pieces pieces' ->
    train_merges tie min_frequency order (count_pre_tokens pieces) n
    = train_merges tie min_frequency order (count_pre_tokens pieces') n.
  Proof.
    intros H. unfold train_merges.
    apply (train_permuted (count_pre_tokens pieces) n []); [constructor | | reflexivity].
    simpl. now apply Permutation_map, counts_permuted.
  Qed.
End Order.

(** The pre-tokens in the order in which they first appear. *)
Definition first_appearance (pieces : list (list byte)) : list (list byte) :=
  map fst (count_pre_tokens pieces).

Lemma same_counts (c c' : counts) : NoDup (map fst c) -> map fst c = map fst c' ->
  (forall entry, In entry c <-> In entry c') -> c = c'.
Proof.
  revert c'. induction c as [|[x n] c IH]; intros [|[y k] c'] Hd E H; try discriminate; auto.
  simpl in *. injection E as -> E. inversion Hd as [|? ? Hn Hd']; subst.
  assert (Hno' : forall j, ~ In (y, j) c') by (intros j K; apply (in_map fst) in K; rewrite <- E in K; auto).
  assert (Hno : forall j, ~ In (y, j) c) by (intros j K; apply (in_map fst) in K; auto).
  assert (n = k) as ->.
  { destruct (proj1 (H (y, n)) (or_introl eq_refl)) as [K | K]; [congruence | now apply Hno' in K]. }
  f_equal. apply IH; auto. intros [w j]. split; intros K.
  - destruct (proj1 (H (w, j)) (or_intror K)) as [[= -> ->] | K']; auto. now apply Hno in K.
  - destruct (proj2 (H (w, j)) (or_intror K)) as [[= -> ->] | K']; auto. now apply Hno' in K.
Qed.

(* Clauses: T1 *)
Theorem first_seen_depends_on_first_appearance tie min_frequency order pieces pieces' n :
  Permutation pieces pieces' -> first_appearance pieces = first_appearance pieces' ->
  train_merges tie min_frequency order (count_pre_tokens pieces) n
  = train_merges tie min_frequency order (count_pre_tokens pieces') n.
Proof.
  intros H E. replace (count_pre_tokens pieces') with (count_pre_tokens pieces); auto.
  apply same_counts; [apply keys_once | exact E |]. intros entry.
  apply counts_permuted in H. split; [apply (Permutation_in _ H) | apply (Permutation_in _ (Permutation_sym H))].
Qed.

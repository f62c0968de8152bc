(** * Training without counting again

    [_training_steps] of [bpe/engine/training.py]: pair counts are kept up to date, and the next
    pair comes from a queue whose entries may be stale.  An entry that is stale is put back with
    its present count, and what comes up unchanged is the best.

    - [statistics_kept_up_to_date_equal_a_recount] (T10): where each place that is merged takes
      its old pairs away and adds its new ones, the counts are those of a recount.
    - [a_stale_entry_changes_nothing] (T13 in part): a turn that yields no merge leaves the
      training where it is, and there are only so many such turns.
    - [the_queue_yields_the_next_merge] (T13 in part): a turn that yields a merge yields the one
      of the definition, and goes on from the same state.
    - [an_empty_queue_ends_training] (T13 in part): where the queue is empty, so are the
      definition's choices.
    - [training_in_place_is_training] (T13 in part): so the merges are those of the definition.
    - [statistics_equal_a_recount_at_every_step] (T10): and after each of them the counts are
      those of a recount. *)

From BPE Require Import Definitions ApplyMerge LowestRank Merging PairCounts TieBreaks Training
  PreTokenCounts.

(** ** Counts kept up to date *)

(** The pairs that merging a row takes away, from left to right, and those that it adds;
    [before] is the id that now stands on the left. *)
Fixpoint changes (m : merge) (before : option id) (ids : list id) : list (id * id) * list (id * id) :=
  match ids with
  | x :: ((y :: rest) as tail) =>
      if (x =? left_id m) && (y =? right_id m) then
        let on_left := match before with Some u => [u] | None => [] end in
        let on_right := match rest with z :: _ => [z] | [] => [] end in
        let (removed, added) := changes m (Some (result m)) rest in
        (map (fun u => (u, x)) on_left ++ (x, y) :: map (fun z => (y, z)) on_right ++ removed,
         map (fun u => (u, result m)) on_left ++ map (fun z => (result m, z)) on_right ++ added)
      else changes m (Some x) tail
  | _ => ([], [])
  end.

Definition times (p : id * id) (l : list (id * id)) : nat := length (filter (same_pair p) l).

(** What all rows change in the count of a pair, weighted. *)
Definition taken_away (m : merge) (rs : rows) (p : id * id) : nat :=
  list_sum (map (fun row => snd row * times p (fst (changes m None (fst row)))) rs).
Definition put_there (m : merge) (rs : rows) (p : id * id) : nat :=
  list_sum (map (fun row => snd row * times p (snd (changes m None (fst row)))) rs).

Definition update (m : merge) (rs : rows) (counts : id * id -> nat) (p : id * id) : nat :=
  counts p + put_there m rs p - taken_away m rs p.

Lemma times_app p l l' : times p (l ++ l') = times p l + times p l'.
Proof. unfold times. now rewrite filter_app, app_length. Qed.

Lemma times_cons p q l : times p (q :: l) = times p [q] + times p l.
Proof. apply (times_app p [q] l). Qed.

Lemma occurrences_pair p x y s : occurrences p (x :: y :: s) = times p [(x, y)] + occurrences p (y :: s).
Proof. rewrite occurrences_cons. unfold times. simpl. now destruct (same_pair p (x, y)). Qed.

Definition beside (before : option id) : list id := match before with Some u => [u] | None => [] end.

Lemma occurrences_beside p before x s :
  occurrences p (beside before ++ x :: s)
  = times p (map (fun u => (u, x)) (beside before)) + occurrences p (x :: s).
Proof. destruct before; [apply occurrences_pair | reflexivity]. Qed.

Lemma changes_balance m p ids : forall before,
  occurrences p (beside before ++ ids) + times p (snd (changes m before ids))
  = occurrences p (beside before ++ apply_merge m ids) + times p (fst (changes m before ids)).
Proof.
  induction ids as [| x | x y s IHs IHt] using list_ind2; intros before; try reflexivity.
  destruct (hit_or_miss m x y) as [[-> ->] | Hm].
  - rewrite apply_hit. rewrite !occurrences_beside. rewrite occurrences_pair.
    cbn [changes]. rewrite !Nat.eqb_refl. cbn [andb]. specialize (IHs (Some (result m))).
    destruct (changes m (Some (result m)) s) as [removed added]. cbn [fst snd] in *.
    fold (beside before). rewrite !times_app, (times_cons p (left_id m, right_id m) (_ ++ removed)), !times_app.
    cbn [beside app] in IHs.
    destruct s as [|z s]; cbn [map app] in *.
    + change (times p []) with 0. change (occurrences p [right_id m]) with 0.
      change (apply_merge m []) with (@nil id) in *. change (occurrences p [result m]) with 0 in *. lia.
    + rewrite (occurrences_pair p (right_id m) z s). rewrite (occurrences_pair p (result m) z s) in IHs. lia.
  - rewrite apply_miss by auto. rewrite !occurrences_beside.
    assert (E : changes m before (x :: y :: s) = changes m (Some x) (y :: s)).
    { cbn [changes]. destruct (Nat.eqb_spec x (left_id m)), (Nat.eqb_spec y (right_id m)); auto; tauto. }
    rewrite E. specialize (IHt (Some x)). cbn [beside app] in IHt. lia.
Qed.

Notation merged m rs := (map (fun row => (apply_merge m (fst row), snd row)) rs).

Lemma counts_balance m rs p :
  count_pair rs p + put_there m rs p = count_pair (merged m rs) p + taken_away m rs p.
Proof.
  unfold count_pair, put_there, taken_away. induction rs as [|[s w] rs IH]; simpl; auto.
  pose proof (changes_balance m p s None) as B. cbn [beside app] in B. nia.
Qed.

(* Clauses: T10 *)
Theorem statistics_kept_up_to_date_equal_a_recount m rs counts :
  (forall p, counts p = count_pair rs p) ->
  forall p, update m rs counts p = count_pair (merged m rs) p.
Proof. intros H p. unfold update. rewrite H. pose proof (counts_balance m rs p). lia. Qed.

(** ** The queue *)

Definition pair_dec (p q : id * id) : {p = q} + {p <> q}.
Proof. decide equality; apply Nat.eq_dec. Defined.

(** A count, as it was when the entry was made, and a pair. *)
Notation entry := (nat * (id * id))%type.

Record in_place := {
  state : training_state;
  counts_now : id * id -> nat;
  entries : list entry }.

Inductive outcome := Again (st : in_place) | Yields (m : merge) (st : in_place) | Done.

Section Lazy.
  Variables (tie : tie_break) (min_frequency : nat).

  (** Which of two entries comes up first: the higher count, then what the profile prefers. *)
  Definition before_entry (toks : list (list byte)) (e e' : entry) : Prop :=
    fst e' < fst e \/ (fst e = fst e' /\ prefers tie toks (snd e) (snd e') = true).

  (** What is asked of the queue: [pop] takes out an entry before which no other comes. *)
  Variable pop : list (list byte) -> list entry -> option (entry * list entry).
  Hypothesis pop_none : forall toks q, pop toks q = None -> q = [].
  Hypothesis pop_some : forall toks q e q', pop toks q = Some (e, q') ->
    Permutation q (e :: q') /\ forall e', In e' q -> ~ before_entry toks e' e.

  Definition merge_of (st : training_state) (p : id * id) : merge :=
    Merge (fst p) (snd p) (length (tokens st)).

  Definition merged_state (st : training_state) (m : merge) : training_state :=
    {| sequences := merged m (sequences st);
       tokens := tokens st ++ [bytes_at (tokens st) (left_id m) ++ bytes_at (tokens st) (right_id m)] |}.

  (** Each pair that occurs, once. *)
  Definition each_pair (rs : rows) : list (id * id) := nodup pair_dec (pairs_met rs).

  (** The pairs that a merge created: those that have its result. *)
  Definition created (m : merge) (rs : rows) : list (id * id) :=
    filter (fun p => (fst p =? result m) || (snd p =? result m)) (each_pair rs).

  Definition turn (st : in_place) : outcome :=
    match pop (tokens (state st)) (entries st) with
    | None => Done
    | Some ((n, p), rest) =>
        if counts_now st p <? min_frequency then
          Again {| state := state st; counts_now := counts_now st; entries := rest |}
        else if counts_now st p =? n then
          let m := merge_of (state st) p in
          let next := merged_state (state st) m in
          let counts := update m (sequences (state st)) (counts_now st) in
          Yields m {| state := next; counts_now := counts;
                      entries := map (fun q => (counts q, q)) (created m (sequences next)) ++ rest |}
        else Again {| state := state st; counts_now := counts_now st;
                      entries := (counts_now st p, p) :: rest |}
    end.

  (** Entries, each with the count that it may still lose. *)
  Definition work (st : in_place) : nat := list_sum (map (fun e => S (fst e)) (entries st)).

  Record up_to_date (st : in_place) : Prop := {
    counts_right : forall p, counts_now st p = count_pair (sequences (state st)) p;
    (* counts only fall, so what was written down is no less than what is true now *)
    all_queued : forall p, min_frequency <= count_pair (sequences (state st)) p ->
      exists n, count_pair (sequences (state st)) p <= n /\ In (n, p) (entries st);
    none_too_low : forall n p, In (n, p) (entries st) -> count_pair (sequences (state st)) p <= n;
    of_known_ids : forall n p, In (n, p) (entries st) ->
      fst p < length (tokens (state st)) /\ snd p < length (tokens (state st)) }.

  Variables (order : list byte) (corpus : counts).
  Hypothesis Hmin : 1 <= min_frequency.
  Hypothesis order_once : NoDup order.
  Hypothesis order_all : forall b, In b order.
  Hypothesis Htie : tie <> first_seen.
  Notation trained := (trained tie min_frequency (start_training order corpus)).

  Notation entry_work := (fun e : entry => S (fst e)).

  Lemma work_split q e q' : Permutation q (e :: q') ->
    list_sum (map entry_work q) = S (fst e) + list_sum (map entry_work q').
  Proof.
    intros H. apply (Permutation_map entry_work) in H.
    change (S (fst e) + list_sum (map entry_work q')) with (list_sum (map entry_work (e :: q'))).
    generalize dependent (map entry_work (e :: q')). generalize (map entry_work q).
    intros l l' H. induction H; simpl; lia.
  Qed.

  (* Clauses in part: T13 *)
  Theorem a_stale_entry_changes_nothing st st' : up_to_date st -> turn st = Again st' ->
    state st' = state st /\ up_to_date st' /\ work st' < work st.
  Proof.
    intros [H1 H2 H3 H4]. unfold turn.
    destruct (pop _ _) as [[[n p] rest]|] eqn:E; [|discriminate].
    apply pop_some in E as [Hperm _]. unfold work. rewrite (work_split _ _ _ Hperm).
    assert (Hn : count_pair (sequences (state st)) p <= n).
    { apply H3. apply (Permutation_in _ (Permutation_sym Hperm)). now left. }
    destruct (Nat.ltb_spec (counts_now st p) min_frequency) as [Hlt | Hge].
    - intros [= <-]. simpl. split; auto. split; [|lia]. split; simpl; auto.
      + intros q Hq. destruct (H2 q Hq) as (k & Hk & Hin). exists k. split; auto.
        apply (Permutation_in _ Hperm) in Hin as [Hin | Hin]; auto.
        injection Hin as <- <-. rewrite H1 in Hlt. lia.
      + intros k q Hin. apply H3. apply (Permutation_in _ (Permutation_sym Hperm)). now right.
      + intros k q Hin. apply (H4 k). apply (Permutation_in _ (Permutation_sym Hperm)). now right.
    - destruct (Nat.eqb_spec (counts_now st p) n) as [_ | Hne]; [discriminate|].
      intros [= <-]. simpl. split; auto. rewrite H1 in *. split; [|lia]. split; simpl; auto.
      + intros q Hq. destruct (H2 q Hq) as (k & Hk & Hin).
        apply (Permutation_in _ Hperm) in Hin as [Hin | Hin]; [|eauto].
        injection Hin as <- <-. exists (count_pair (sequences (state st)) p). split; auto.
      + intros k q [[= <- <-] | Hin]; [apply le_n|].
        apply H3. apply (Permutation_in _ (Permutation_sym Hperm)). now right.
      + intros k q [[= <- <-] | Hin].
        * apply (H4 n). apply (Permutation_in _ (Permutation_sym Hperm)). now left.
        * apply (H4 k). apply (Permutation_in _ (Permutation_sym Hperm)). now right.
  Qed.

  (** The entry that comes up unchanged is the pair that the definition selects. *)
  Lemma comes_up_selected ms st n p rest : trained ms (state st) -> up_to_date st ->
    pop (tokens (state st)) (entries st) = Some ((n, p), rest) ->
    min_frequency <= counts_now st p -> counts_now st p = n ->
    select_pair tie (tokens (state st)) (sequences (state st)) = Some p.
  Proof.
    intros Ht [H1 H2 H3 H4] E Hge Hn. apply pop_some in E as [_ Hbest]. rewrite H1 in *.
    set (rs := sequences (state st)) in *. set (toks := tokens (state st)) in *.
    assert (Hp : In p (pairs_met rs)) by (apply count_pair_met; lia).
    destruct (select_pair tie toks rs) as [q|] eqn:Es;
      [|apply select_pair_none in Es; rewrite Es in Hp; easy].
    apply every_merge_takes_a_most_frequent_pair in Es as (Hq & Hle & Hpref).
    destruct (H2 q) as (k & Hk & Hin); [specialize (Hle p); lia|].
    apply Hbest in Hin. unfold before_entry in Hin. simpl in Hin.
    assert (Ec : count_pair rs q = count_pair rs p /\ k = n) by (specialize (Hle p); lia).
    destruct Ec as [Ec ->]. specialize (Hpref p Hp (eq_sym Ec)).
    assert (Hqp : prefers tie toks q p = false)
      by (destruct (prefers tie toks q p); auto; destruct Hin; auto).
    f_equal. assert (Hk' := kept_always tie min_frequency order corpus Hmin order_once order_all _ _ Ht).
    pose proof (kept_differ tie min_frequency order Hmin order_once order_all corpus ms (state st) Hk' Ht) as Hdiff.
    destruct tie; [| easy |]; simpl in Hpref, Hqp.
    - rewrite !orb_false_iff, !andb_false_iff, !Nat.ltb_ge, !Nat.eqb_neq in Hpref, Hqp.
      rewrite (surjective_pairing p), (surjective_pairing q). f_equal; lia.
    - rewrite orb_false_iff, andb_false_iff in Hpref, Hqp.
      destruct Hpref as [P1 P2], Hqp as [Q1 Q2]. pose proof (bytes_less_total _ _ P1 Q1) as Ef.
      fold toks in Hdiff. apply Hdiff; auto. symmetry in Ef. rewrite Ef in *.
      rewrite (proj2 (same_bytes_iff _ _) eq_refl) in *.
      destruct P2 as [P2 | P2]; [discriminate|]. destruct Q2 as [Q2 | Q2]; [discriminate|].
      symmetry. now apply bytes_less_total.
  Qed.

  (* Clauses in part: T13 *)
  Theorem the_queue_yields_the_next_merge ms st m st' : trained ms (state st) -> up_to_date st ->
    turn st = Yields m st' ->
    train_step tie min_frequency (state st) = Some (m, state st') /\ up_to_date st'.
  Proof.
    intros Ht Hup. unfold turn.
    destruct (pop _ _) as [[[n p] rest]|] eqn:E; [|discriminate].
    destruct (Nat.ltb_spec (counts_now st p) min_frequency) as [|Hge]; [discriminate|].
    destruct (Nat.eqb_spec (counts_now st p) n) as [Hn|]; [|discriminate]. intros [= <- <-].
    assert (Hsel := comes_up_selected ms st n p rest Ht Hup E Hge Hn).
    assert (Hk := kept_always tie min_frequency order corpus Hmin order_once order_all _ _ Ht).
    assert (Hstep : train_step tie min_frequency (state st)
                    = Some (merge_of (state st) p, merged_state (state st) (merge_of (state st) p))).
    { unfold train_step. rewrite Hsel, <- (counts_right _ Hup).
      apply Nat.ltb_ge in Hge. now rewrite Hge. }
    split; [exact Hstep|].
    assert (Hk' : kept order corpus (ms ++ [merge_of (state st) p])
                    (merged_state (state st) (merge_of (state st) p)))
      by (eapply kept_step; eauto).
    destruct Hup as [H1 H2 H3 H4].
    apply pop_some in E as [Hperm _]. set (mm := merge_of (state st) p) in *.
    set (rs := sequences (state st)) in *.
    assert (Hcounts : forall q, update mm rs (counts_now st) q = count_pair (merged mm rs) q)
      by now apply statistics_kept_up_to_date_equal_a_recount.
    assert (Hrest : forall e, In e rest -> In e (entries st))
      by (intros e He; apply (Permutation_in _ (Permutation_sym Hperm)); now right).
    assert (Hold : forall q, fst q <> result mm -> snd q <> result mm ->
              count_pair (merged mm rs) q <= count_pair rs q).
    { intros [x y] Hx Hy. now apply counts_of_old_pairs_never_rise. }
    split; simpl; fold rs.
    - exact Hcounts.
    - intros q Hq. assert (Hpos : 0 < count_pair (merged mm rs) q) by lia.
      destruct ((fst q =? result mm) || (snd q =? result mm)) eqn:Ec.
      + exists (count_pair (merged mm rs) q). split; auto. apply in_or_app. left.
        rewrite <- Hcounts. apply in_map_iff. exists q. split; auto.
        apply filter_In. split; auto. now apply nodup_In, count_pair_met.
      + apply orb_false_iff in Ec as [Ex Ey]. apply Nat.eqb_neq in Ex, Ey.
        specialize (Hold q Ex Ey). destruct (H2 q) as (k & Hle & Hin); [fold rs; lia|].
        exists k. fold rs in Hle. split; [lia|]. apply in_or_app. right.
        apply (Permutation_in _ Hperm) in Hin as [Hin | Hin]; auto. exfalso.
        injection Hin as <- <-. apply count_pair_positive in Hpos as (s & w & Hs & Hnb).
        apply in_map_iff in Hs as ([s0 w0] & [= <- <-] & Hs). simpl in Hnb.
        revert Hnb. apply (apply_merge_leaves_no_pair mm); simpl in *; auto.
    - intros k q Hin. apply in_app_iff in Hin as [Hin | Hin].
      + apply in_map_iff in Hin as (q' & [= <- <-] & _). now rewrite Hcounts.
      + apply Hrest in Hin. destruct (H4 _ _ Hin) as [Hx Hy]. specialize (H3 _ _ Hin). fold rs in H3.
        specialize (Hold q). simpl in Hold. lia.
    - intros k q Hin. rewrite app_length. simpl. apply in_app_iff in Hin as [Hin | Hin].
      + apply in_map_iff in Hin as (q' & [= <- <-] & Hq). apply filter_In in Hq as [Hq _].
        apply nodup_In, in_flat_map in Hq as ([s w] & Hs & Hq). simpl in Hq.
        rewrite (surjective_pairing q') in Hq. apply in_pairs_of, neighbours_in in Hq as [Hx Hy].
        pose proof (rows_old _ _ _ _ Hk' s w Hs) as Hf.
        pose proof (tokens_counted _ _ _ _ Hk) as Hc. rewrite app_length in Hf. simpl in Hf.
        rewrite Hc. split; [apply (proj1 (Forall_forall _ _) Hf) in Hx | apply (proj1 (Forall_forall _ _) Hf) in Hy]; lia.
      + apply Hrest in Hin. apply H4 in Hin. lia.
  Qed.

  (* Clauses in part: T13 *)
  Theorem an_empty_queue_ends_training st : up_to_date st -> turn st = Done ->
    train_step tie min_frequency (state st) = None.
  Proof.
    intros [H1 H2 _ _]. unfold turn.
    destruct (pop _ _) as [[[n p] rest]|] eqn:E;
      [destruct (_ <? _); [|destruct (_ =? _)]; discriminate|]. intros _.
    apply pop_none in E. unfold train_step. destruct (select_pair _ _ _) as [p|]; auto.
    destruct (Nat.ltb_spec (count_pair (sequences (state st)) p) min_frequency) as [|Hge]; auto.
    apply H2 in Hge as (n & _ & Hin). rewrite E in Hin. easy.
  Qed.

  (** ** The whole *)

  (** Turns until a merge is yielded, or the queue is empty. *)
  Fixpoint next_merge (limit : nat) (st : in_place) : option (merge * in_place) :=
    match limit with
    | 0 => None
    | S limit' =>
        match turn st with
        | Done => None
        | Yields m st' => Some (m, st')
        | Again st' => next_merge limit' st'
        end
    end.

  Fixpoint train_in_place (n : nat) (st : in_place) : list (merge * in_place) :=
    match n with
    | 0 => []
    | S n' =>
        match next_merge (S (work st)) st with
        | Some (m, st') => (m, st') :: train_in_place n' st'
        | None => []
        end
    end.

  Definition start_in_place (st : training_state) : in_place :=
    {| state := st; counts_now := count_pair (sequences st);
       entries := map (fun p => (count_pair (sequences st) p, p)) (each_pair (sequences st)) |}.

  Lemma next_merge_is ms limit : forall st, trained ms (state st) -> up_to_date st -> work st < limit ->
    match next_merge limit st with
    | Some (m, st') => train_step tie min_frequency (state st) = Some (m, state st') /\ up_to_date st'
    | None => train_step tie min_frequency (state st) = None
    end.
  Proof.
    induction limit as [|limit IH]; intros st Ht Hup Hw; [lia|]. simpl.
    destruct (turn st) as [st' | m st' |] eqn:E.
    - apply a_stale_entry_changes_nothing in E as (Es & Hup' & Hw'); auto.
      rewrite <- Es. apply IH; auto; [now rewrite Es | lia].
    - now apply (the_queue_yields_the_next_merge ms).
    - now apply an_empty_queue_ends_training.
  Qed.

  Lemma train_in_place_is n : forall ms st, trained ms (state st) -> up_to_date st ->
    map fst (train_in_place n st) = train_from tie min_frequency n (state st) /\
    Forall up_to_date (map snd (train_in_place n st)).
  Proof.
    induction n as [|n IH]; intros ms st Ht Hup; [simpl; auto|].
    pose proof (next_merge_is ms (S (work st)) st Ht Hup ltac:(lia)) as H.
    cbn [train_in_place train_from]. destruct (next_merge _ st) as [[m st']|].
    - destruct H as [H Hup']. rewrite H. cbn [map fst snd].
      destruct (IH (ms ++ [m]) st') as [E F]; auto; [econstructor; eauto|].
      rewrite E. split; auto.
    - rewrite H. simpl. auto.
  Qed.

  Lemma start_up_to_date : up_to_date (start_in_place (start_training order corpus)).
  Proof.
    pose proof (kept_start order corpus order_once order_all) as Hk.
    split; [reflexivity | | |]; cbn [state entries counts_now start_in_place].
    - intros p Hp. eexists. split; [apply le_n|]. apply in_map_iff. exists p. split; auto.
      apply nodup_In, count_pair_met. lia.
    - intros n p Hin. apply in_map_iff in Hin as (q & [= <- <-] & _). apply le_n.
    - intros n p Hin. apply in_map_iff in Hin as (q & [= <- <-] & Hq).
      apply nodup_In, in_flat_map in Hq as ([s w] & Hs & Hq). cbn [fst] in Hq.
      rewrite (surjective_pairing q) in Hq. apply in_pairs_of, neighbours_in in Hq as [Hx Hy].
      pose proof (rows_old _ _ _ _ Hk s w Hs) as Hf. pose proof (tokens_counted _ _ _ _ Hk) as Hc.
      rewrite Hc. split; [now apply (proj1 (Forall_forall _ _) Hf) in Hx | now apply (proj1 (Forall_forall _ _) Hf) in Hy].
  Qed.

  Notation run n := (train_in_place n (start_in_place (start_training order corpus))).

  (* Clauses in part: T13 *)
  Theorem training_in_place_is_training n :
    map fst (run n) = train_merges tie min_frequency order corpus n.
  Proof.
    apply (train_in_place_is n []); [constructor | apply start_up_to_date].
  Qed.

  (* Clauses: T10 *)
  Theorem statistics_equal_a_recount_at_every_step n :
    Forall (fun st => forall p, counts_now st p = count_pair (sequences (state st)) p) (map snd (run n)).
  Proof.
    destruct (train_in_place_is n [] (start_in_place (start_training order corpus))) as [_ F];
      [constructor | apply start_up_to_date |].
    eapply Forall_impl; [|exact F]. intros st H. apply H.
  Qed.
End Lazy.

(** * Training by first appearance

    The trainer of WholeTrainer.v under the profile [first_seen]: an entry of the queue holds,
    besides a count and a pair, the position where the pair begins for the first time.  It is stale
    too when that occurrence has gone.

    - [training_by_first_appearance_is_training] (T13 in part): the merges that it yields are the
      first of the definition's, and where the queue is empty they are all. *)

From BPE Require Import Definitions ApplyMerge PairCounts TieBreaks Training PreTokenCounts
  TrainingInPlace OccurrenceLists.
From Coq Require Import Sorted.

(** ** The first position of a pair *)

Definition begins_now (st : row_state) (p : id * id) (k : nat) : bool :=
  existsb (fun row => begins_in p k (fst row)) (pre_tokens st).

(** [Row.first_position]; 0 for a pair that does not occur, which is never asked for. *)
Definition first_position (st : row_state) (p : id * id) : nat :=
  match find (begins_now st p) (positions st p) with Some k => k | None => 0 end.

Lemma begins_now_iff st p k : begins_now st p k = true <-> begins p k st.
Proof.
  unfold begins_now, begins. rewrite existsb_exists. split.
  - intros ([cells w] & Hin & H). apply begins_in_iff in H as [k' H]. eauto 6.
  - intros (cells & w & k' & Hin & H). exists (cells, w). split; auto. apply begins_in_iff. eauto.
Qed.

Lemma find_sorted f l k : StronglySorted lt l -> find f l = Some k -> forall k', In k' l -> f k' = true -> k <= k'.
Proof.
  induction 1 as [|x l _ IH H]; [discriminate|]. simpl. destruct (f x) eqn:E.
  - intros [= <-] k' [-> | Hin] _; auto. rewrite Forall_forall in H. apply Nat.lt_le_incl. auto.
  - intros Hf k' [-> | Hin] Hk; [congruence | auto].
Qed.

Lemma first_position_least bound st p k : right bound st -> begins p k st -> first_position st p <= k.
Proof.
  intros R H. unfold first_position. destruct (find _ _) as [k'|] eqn:E; [|lia].
  apply (find_sorted _ _ _ (in_text_order _ _ R p) E); [now apply (listed _ _ R) | now apply begins_now_iff].
Qed.

Lemma first_position_begins bound st p k : right bound st -> begins p k st -> begins p (first_position st p) st.
Proof.
  intros R H. unfold first_position. destruct (find _ _) as [k'|] eqn:E.
  - apply find_some in E as [_ E]. now apply begins_now_iff.
  - pose proof (find_none _ _ E k (listed _ _ R _ _ H)) as H'. apply begins_now_iff in H. congruence.
Qed.

(** *** A merge makes no old pair begin anywhere *)

Lemma visit_old m st position p k : left_id m < result m -> right_id m < result m -> fst p <> result m -> snd p <> result m ->
  begins p k (visit m st position) -> begins p k st.
Proof.
  intros Ha Hb Hx Hy. destruct (merge_among m position (pre_tokens st)) as [[[[w before] after] rows]|] eqn:E.
  2: { unfold visit. now rewrite E. }
  pose proof E as E'. apply merge_among_some in E' as (r1 & r2 & l & kk & r & Hold & -> & -> & ->).
  apply visit_some in E as (Hp & _ & _); auto. intros (cells & w' & j & Hin & Hn). rewrite Hp in Hin.
  apply in_app_iff in Hin as [Hin | [Hin | Hin]].
  - exists cells, w', j. rewrite Hold. split; auto. apply in_or_app. now left.
  - injection Hin as <- <-.
    exists (l ++ (position, left_id m) :: (kk, right_id m) :: r), w, j.
    split; [rewrite Hold; apply in_elt|].
    apply neighbours_cut in Hn as [Hn | [(l0 & _ & [= _ E]) | [([= _ E] & _) | Hn]]]; try easy.
    + now apply neighbours_app_l.
    + apply neighbours_app_r. do 2 apply neighbours_later. exact Hn.
  - exists cells, w', j. rewrite Hold. split; auto. apply in_or_app. right. now right.
Qed.

Lemma apply_old m st p k : left_id m < result m -> right_id m < result m -> fst p <> result m -> snd p <> result m -> begins p k (apply m st) -> begins p k st.
Proof.
  intros Ha Hb Hx Hy. unfold apply. generalize (positions st (pair_of m)) as l. intros l. revert st.
  induction l as [|position l IH]; intros st H; auto. simpl in H. apply IH in H. eapply visit_old; eauto.
Qed.

(** *** Positions and the order in which pairs are met *)

Fixpoint placed_pairs (cells : list cell) : list (nat * (id * id)) :=
  match cells with
  | (k, x) :: (((_, y) :: _) as tail) => (k, (x, y)) :: placed_pairs tail
  | _ => []
  end.

Definition all_placed (rows : list (list cell * nat)) : list (nat * (id * id)) :=
  flat_map (fun row => placed_pairs (fst row)) rows.

Lemma placed_pairs_pairs cells : map snd (placed_pairs cells) = pairs_of (map snd cells).
Proof.
  induction cells as [| [k x] | [k x] [k' y] s _ IH] using list_ind2; auto.
  change (map snd (placed_pairs ((k, x) :: (k', y) :: s))) with ((x, y) :: map snd (placed_pairs ((k', y) :: s))).
  now rewrite IH.
Qed.

Lemma all_placed_met st : map snd (all_placed (pre_tokens st)) = pairs_met (rows_of st).
Proof.
  unfold all_placed, pairs_met, rows_of. induction (pre_tokens st) as [|[cells w] rows IH]; auto.
  simpl. now rewrite map_app, IH, placed_pairs_pairs.
Qed.

Lemma in_placed_pairs k p cells : In (k, p) (placed_pairs cells) <->
  exists k', neighbours (k, fst p) (k', snd p) cells.
Proof.
  induction cells as [| [j x] | [j x] [j' y] s _ IH] using list_ind2.
  - split; [easy | intros [k' H]; inversion H].
  - split; [easy | intros [k' H]; inversion H as [|? ? H']; inversion H'].
  - change (placed_pairs ((j, x) :: (j', y) :: s)) with ((j, (x, y)) :: placed_pairs ((j', y) :: s)).
    split.
    + intros [[= -> <-] | H]; [exists j'; constructor|]. apply IH in H as [k' H]. exists k'. now constructor.
    + intros [k' H]. apply neighbours_cons in H as [[[= -> ->] (t & [= -> -> ->])] | H].
      * left. now rewrite <- surjective_pairing.
      * right. apply IH. eauto.
Qed.

Lemma in_all_placed k p st : In (k, p) (all_placed (pre_tokens st)) <-> begins p k st.
Proof.
  unfold all_placed, begins. rewrite in_flat_map. split.
  - intros ([cells w] & Hin & H). apply in_placed_pairs in H as [k' H]. eauto 6.
  - intros (cells & w & k' & Hin & H). exists (cells, w). split; auto. apply in_placed_pairs. eauto.
Qed.

Lemma placed_pairs_sorted cells : StronglySorted lt (map fst cells) -> StronglySorted lt (map fst (placed_pairs cells)).
Proof.
  induction cells as [| [k x] | [k x] [k' y] s _ IH] using list_ind2; intros H; [constructor | constructor|].
  change (placed_pairs ((k, x) :: (k', y) :: s)) with ((k, (x, y)) :: placed_pairs ((k', y) :: s)).
  cbn [map fst]. constructor.
  - apply IH. now inversion H.
  - inversion H as [|? ? _ F]; subst. rewrite Forall_forall in *. intros j Hj. apply F.
    apply in_map_iff in Hj as ([j' p] & <- & Hj). apply in_placed_pairs in Hj as [k2 Hj].
    apply neighbours_in in Hj as [Hj _]. apply (in_map fst) in Hj. exact Hj.
Qed.

Lemma all_placed_sorted rows : StronglySorted lt (places rows) -> StronglySorted lt (map fst (all_placed rows)).
Proof.
  unfold all_placed. induction rows as [|[cells w] rows IH]; intros H; [constructor|].
  rewrite places_cons in H. apply sorted_app in H as (H1 & H2 & H3). simpl. rewrite map_app. apply sorted_app.
  split; [now apply placed_pairs_sorted|]. split; [now apply IH|].
  intros x y Hx Hy. apply H3.
  - apply in_map_iff in Hx as ([j p] & <- & Hx). apply in_placed_pairs in Hx as [k' Hx].
    apply neighbours_in in Hx as [Hx _]. apply (in_map fst) in Hx. exact Hx.
  - apply in_map_iff in Hy as ([j p] & <- & Hy). apply in_flat_map in Hy as ([cells' w'] & Hin & Hy).
    apply in_placed_pairs in Hy as [k' Hy]. apply neighbours_in in Hy as [Hy _].
    eapply in_places; eauto.
Qed.

(** Of the most frequent pairs, the one that begins first is the one that is met first. *)
Lemma first_position_is_first_met bound st toks p q k : right bound st ->
  select_pair first_seen toks (rows_of st) = Some q ->
  count_pair (rows_of st) p = count_pair (rows_of st) q ->
  begins p k st -> (forall k', begins q k' st -> k <= k') -> p = q.
Proof.
  intros R Hs Hc Hp Hq. apply first_seen_takes_the_first in Hs as (before & after & E & Hb).
  rewrite <- all_placed_met in E. apply map_eq_app in E as (B & A & E & <- & EA).
  destruct A as [|[kq q'] A]; [discriminate|]. injection EA as -> <-.
  pose proof (all_placed_sorted _ (placed _ _ R)) as Hsort. rewrite E, map_app in Hsort.
  apply sorted_app in Hsort as (_ & Hsort & _). simpl in Hsort. inversion_clear Hsort as [|? ? _ F].
  assert (Hkq : begins q kq st) by (apply in_all_placed; rewrite E; apply in_elt).
  apply in_all_placed in Hp. rewrite E in Hp. apply in_app_iff in Hp as [Hp | [[= _ ->] | Hp]]; auto.
  - apply (in_map snd) in Hp. apply Hb in Hp. simpl in Hp. lia.
  - apply (in_map fst) in Hp. rewrite Forall_forall in F. apply F in Hp. simpl in Hp.
    apply Hq in Hkq. lia.
Qed.

(** ** The trainer *)

(** A count and a first position, as they were when the entry was made, and a pair. *)
Notation entry := (nat * nat * (id * id))%type.

Record trainer := { row : row_state; tokens_now : list (list byte); queue : list entry }.

Inductive came := Nothing_yet (st : trainer) | A_merge (m : merge) (st : trainer) | Nothing_left.

Section Trainer.
  Variable min_frequency : nat.
  Variable pop : list entry -> option (entry * list entry).

  Definition before_entry (e e' : entry) : Prop :=
    fst (fst e') < fst (fst e) \/ (fst (fst e) = fst (fst e') /\ snd (fst e) < snd (fst e')).

  Definition entry_of (st : row_state) (p : id * id) : entry := (counts st p, first_position st p, p).

  Definition trainer_turn (st : trainer) : came :=
    match pop (queue st) with
    | None => Nothing_left
    | Some ((n, k, p), rest) =>
        if counts (row st) p <? min_frequency then
          Nothing_yet {| row := row st; tokens_now := tokens_now st; queue := rest |}
        else if (counts (row st) p =? n) && (first_position (row st) p =? k) then
          let m := Merge (fst p) (snd p) (length (tokens_now st)) in
          let next := apply m (row st) in
          A_merge m
            {| row := next;
               tokens_now := tokens_now st ++ [bytes_at (tokens_now st) (left_id m) ++ bytes_at (tokens_now st) (right_id m)];
               queue := map (entry_of next) (created m (rows_of next)) ++ rest |}
        else Nothing_yet {| row := row st; tokens_now := tokens_now st; queue := entry_of (row st) p :: rest |}
    end.

  (** So many turns: the merges, and whether the queue is empty. *)
  Fixpoint run_trainer (turns : nat) (st : trainer) : list merge * bool :=
    match turns with
    | 0 => ([], false)
    | S turns' =>
        match trainer_turn st with
        | Nothing_left => ([], true)
        | A_merge m st' => let (ms, ended) := run_trainer turns' st' in (m :: ms, ended)
        | Nothing_yet st' => run_trainer turns' st'
        end
    end.

  Definition start_trainer (st : training_state) : trainer :=
    let row := start_row (sequences st) in
    {| row := row; tokens_now := tokens st; queue := map (entry_of row) (each_pair (sequences st)) |}.

  Hypothesis pop_none : forall q, pop q = None -> q = [].
  Hypothesis pop_some : forall q e q', pop q = Some (e, q') ->
    Permutation q (e :: q') /\ forall e', In e' q -> ~ before_entry e' e.
  Variables (order : list byte) (corpus : PreTokenCounts.counts).
  Hypothesis Hmin : 1 <= min_frequency.
  Hypothesis order_once : NoDup order.
  Hypothesis order_all : forall b, In b order.
  Notation trained := (trained first_seen min_frequency (start_training order corpus)).

  Record queued (st : trainer) (model : training_state) : Prop := {
    same_rows : rows_of (row st) = sequences model;
    same_tokens : tokens_now st = tokens model;
    row_is_right : right (length (tokens_now st)) (row st);
    all_queued : forall p, min_frequency <= counts (row st) p -> exists n k, In (n, k, p) (queue st);
    none_too_late : forall n k p, In (n, k, p) (queue st) -> counts (row st) p <= n /\
      (counts (row st) p = n -> forall k', begins p k' (row st) -> k <= k');
    of_known_ids : forall n k p, In (n, k, p) (queue st) ->
      fst p < length (tokens_now st) /\ snd p < length (tokens_now st) }.

  Lemma occurs_somewhere st model p : queued st model -> 1 <= counts (row st) p -> exists k, begins p k (row st).
  Proof.
    intros Q H. rewrite (counts_right _ _ (row_is_right _ _ Q)) in H.
    assert (Hp : In p (pairs_met (rows_of (row st)))) by (apply count_pair_met; lia).
    rewrite <- all_placed_met in Hp. apply in_map_iff in Hp as ([k p'] & <- & Hp).
    exists k. now apply in_all_placed.
  Qed.

  Lemma turn_is_right ms st model : trained ms model -> queued st model ->
    match trainer_turn st with
    | Nothing_left => train_step first_seen min_frequency model = None
    | Nothing_yet st' => queued st' model
    | A_merge m st' => exists model', train_step first_seen min_frequency model = Some (m, model') /\ queued st' model'
    end.
  Proof.
    intros Ht Q. pose proof Q as [Q1 Q2 R Q3 Q4 Q5]. unfold trainer_turn.
    destruct (pop (queue st)) as [[[[n k] p] rest]|] eqn:E.
    2: { apply pop_none in E. unfold train_step. destruct (select_pair _ _ _) as [p|]; auto.
         destruct (Nat.ltb_spec (count_pair (sequences model) p) min_frequency) as [|Hge]; auto.
         rewrite <- Q1, <- (counts_right _ _ R) in Hge. apply Q3 in Hge as (n & k & Hin). rewrite E in Hin. easy. }
    apply pop_some in E as [Hperm Hbest].
    assert (Hin : In (n, k, p) (queue st)) by (apply (Permutation_in _ (Permutation_sym Hperm)); now left).
    assert (Hrest : forall e, In e rest -> In e (queue st))
      by (intros e He; apply (Permutation_in _ (Permutation_sym Hperm)); now right).
    destruct (Nat.ltb_spec (counts (row st) p) min_frequency) as [Hlt | Hge].
    { split; cbn [row tokens_now queue];
        [exact Q1 | exact Q2 | exact R | | intros n' k' q H; apply Q4; auto | intros n' k' q H; eapply Q5; eauto].
      intros q Hq. destruct (Q3 q Hq) as (n' & k' & H). exists n', k'.
      apply (Permutation_in _ Hperm) in H as [[= <- <- <-] | H]; auto. lia. }
    destruct ((counts (row st) p =? n) && (first_position (row st) p =? k)) eqn:Ekey.
    2: { split; cbn [row tokens_now queue]; [exact Q1 | exact Q2 | exact R | | |].
         - intros q Hq. destruct (Q3 q Hq) as (n' & k' & H).
           apply (Permutation_in _ Hperm) in H as [[= <- <- <-] | H].
           + do 2 eexists. left. reflexivity.
           + do 2 eexists. right. exact H.
         - intros n' k' q [[= <- <- <-] | H]; [|apply Q4; auto]. split; auto.
           intros _ k' Hk'. eapply first_position_least; eauto.
         - intros n' k' q [[= <- <- <-] | H]; [eapply Q5; eauto | eapply Q5; eauto]. }
    apply andb_true_iff in Ekey as [En Ek]. apply Nat.eqb_eq in En, Ek.
    (* the pair is the one that the definition selects *)
    assert (Hsel : select_pair first_seen (tokens model) (sequences model) = Some p).
    { rewrite <- Q1. destruct (select_pair first_seen (tokens model) (rows_of (row st))) as [q|] eqn:Es.
      2: { exfalso. destruct (occurs_somewhere st model p Q ltac:(lia)) as [j Hj].
           apply select_pair_none in Es. apply in_all_placed in Hj. apply (in_map snd) in Hj.
           rewrite all_placed_met, Es in Hj. easy. }
      f_equal. symmetry.
      destruct (every_merge_takes_a_most_frequent_pair _ _ _ _ Es) as (_ & Hmax & _).
      pose proof (Hmax p) as Hpq. rewrite <- !(counts_right _ _ R) in Hpq.
      destruct (Q3 q ltac:(lia)) as (n' & k' & Hq). destruct (Q4 _ _ _ Hq) as [Hle Hpos].
      apply Hbest in Hq. unfold before_entry in Hq. simpl in Hq.
      assert (Ec : counts (row st) q = n' /\ n' = n) by lia. destruct Ec as [Ec ->].
      destruct (occurs_somewhere st model p Q ltac:(lia)) as [j Hj].
      apply (first_position_is_first_met _ (row st) (tokens model) p q k R Es).
      - rewrite <- !(counts_right _ _ R). lia.
      - rewrite <- Ek. eapply first_position_begins; eauto.
      - intros j' Hj'. pose proof (Hpos Ec j' Hj'). lia. }
    assert (Hids := Q5 _ _ _ Hin).
    set (m := Merge (fst p) (snd p) (length (tokens_now st))).
    destruct (merging_at_listed_positions_is_apply_merge m (proj1 Hids) (proj2 Hids) (row st) R) as [Erows Hright].
    rewrite Q1 in Erows.
    exists {| sequences := map (fun r => (apply_merge m (fst r), snd r)) (sequences model);
              tokens := tokens model ++ [bytes_at (tokens model) (fst p) ++ bytes_at (tokens model) (snd p)] |}.
    split.
    { unfold train_step. rewrite Hsel. rewrite <- Q1 at 1. rewrite <- (counts_right _ _ R).
      apply Nat.ltb_ge in Hge. rewrite Hge. unfold m. now rewrite Q2. }
    assert (Hold : forall q, fst q <> result m -> snd q <> result m ->
              counts (apply m (row st)) q <= counts (row st) q).
    { intros [x y] Hx Hy. rewrite (counts_right _ _ Hright), (counts_right _ _ R), Erows, Q1.
      now apply counts_of_old_pairs_never_rise. }
    split; cbn [row tokens_now queue sequences tokens].
    - exact Erows.
    - unfold m. simpl. now rewrite Q2.
    - rewrite app_length. simpl. rewrite Nat.add_1_r. exact Hright.
    - intros q Hq. destruct ((fst q =? result m) || (snd q =? result m)) eqn:Ec.
      + do 2 eexists. apply in_or_app. left. apply in_map_iff. exists q. split; [reflexivity|].
        apply filter_In. split; auto. apply nodup_In, count_pair_met.
        rewrite <- (counts_right _ _ Hright). lia.
      + apply orb_false_iff in Ec as [Ex Ey]. apply Nat.eqb_neq in Ex, Ey. specialize (Hold q Ex Ey).
        destruct (Q3 q ltac:(lia)) as (n' & k' & H). exists n', k'. apply in_or_app. right.
        apply (Permutation_in _ Hperm) in H as [[= <- <- <-] | H]; auto. exfalso.
        rewrite (counts_right _ _ Hright), Erows in Hq.
        assert (Hpos : 0 < count_pair (map (fun r => (apply_merge m (fst r), snd r)) (sequences model)) p) by lia.
        apply count_pair_positive in Hpos as (s & w & Hs & Hnb).
        apply in_map_iff in Hs as ([s0 w0] & [= <- <-] & Hs). simpl in Hnb.
        revert Hnb. apply (apply_merge_leaves_no_pair m); simpl; lia.
    - intros n' k' q H. apply in_app_iff in H as [H | H].
      + apply in_map_iff in H as (q' & [= <- <- <-] & _). split; auto.
        intros _ j Hj. eapply first_position_least; eauto.
      + apply Hrest in H. destruct (Q5 _ _ _ H) as [Hx Hy]. destruct (Q4 _ _ _ H) as [Hle Hpos].
        assert (Hno : fst q <> result m /\ snd q <> result m) by (simpl; lia). destruct Hno as [Nx Ny].
        specialize (Hold q Nx Ny). split; [lia|]. intros Ec j Hj. apply Hpos; [lia|].
        apply (apply_old m); auto; simpl; lia.
    - intros n' k' q H. rewrite app_length. simpl. apply in_app_iff in H as [H | H].
      + apply in_map_iff in H as (q' & [= _ _ ->] & H). apply filter_In in H as [H _]. apply nodup_In in H.
        rewrite <- all_placed_met in H. apply in_map_iff in H as ([j q'] & <- & H). apply in_all_placed in H.
        apply (listed _ _ Hright), (known_pairs _ _ Hright) in H. simpl in *. lia.
      + apply Hrest, Q5 in H. lia.
  Qed.

  Lemma run_is_right turns : forall ms st model, trained ms model -> queued st model ->
    let (yielded, ended) := run_trainer turns st in
    yielded = train_from first_seen min_frequency (length yielded) model /\
    (ended = true -> forall n, train_from first_seen min_frequency n model = firstn n yielded).
  Proof.
    induction turns as [|turns IH]; intros ms st model Ht Q; [simpl; split; [reflexivity | discriminate]|].
    cbn [run_trainer]. pose proof (turn_is_right ms st model Ht Q) as H.
    destruct (trainer_turn st) as [st' | m st' |].
    - now apply (IH ms).
    - destruct H as (model' & Hstep & Q').
      assert (Ht' : trained (ms ++ [m]) model') by (econstructor; eauto).
      specialize (IH _ _ _ Ht' Q'). destruct (run_trainer turns st') as [yielded ended].
      destruct IH as [IH1 IH2]. simpl. rewrite Hstep. split; [now f_equal|].
      intros He [|n]; [reflexivity|]. simpl. rewrite Hstep. f_equal. auto.
    - split; [reflexivity|]. intros _ [|n]; [reflexivity|]. simpl. now rewrite H.
  Qed.

  (* Clauses in part: T13 *)
  Theorem training_by_first_appearance_is_training turns :
    let (ms, ended) := run_trainer turns (start_trainer (start_training order corpus)) in
    ms = train_merges first_seen min_frequency order corpus (length ms) /\
    (ended = true -> forall n, train_merges first_seen min_frequency order corpus n = firstn n ms).
  Proof.
    apply (run_is_right turns []); [constructor|].
    destruct (lists_of_positions_follow_training first_seen min_frequency order corpus Hmin order_once order_all
                [] (start_training order corpus) (trained_start _ _ _)) as [E R].
    change (fold_left _ [] ?x) with x in E, R. cbv zeta in E, R.
    split; cbn [row tokens_now queue start_trainer]; auto.
    - intros p Hp. do 2 eexists. apply in_map_iff. exists p. split; [reflexivity|].
      apply nodup_In, count_pair_met. rewrite (counts_right _ _ R), E in Hp. lia.
    - intros n k p H. apply in_map_iff in H as (q & [= <- <- <-] & _). split; auto.
      intros _ k' Hk'. eapply first_position_least; eauto.
    - intros n k p H. apply in_map_iff in H as (q & [= _ _ ->] & H). apply nodup_In in H.
      rewrite <- E, <- all_placed_met in H. apply in_map_iff in H as ([j q] & <- & H). apply in_all_placed in H.
      apply (listed _ _ R), (known_pairs _ _ R) in H. exact H.
  Qed.
End Trainer.

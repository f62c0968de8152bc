(** * The whole trainer

    [_training_steps] of [bpe/engine/training.py] with its [Row]: the queue of TrainingInPlace.v,
    whose counts are those that OccurrenceLists.v keeps, and whose merges are made at the listed
    positions.

    - [the_whole_trainer_is_training] (T13 in part): its merges are those of the definition. *)

From BPE Require Import Definitions ApplyMerge PairCounts Training PreTokenCounts TrainingInPlace
  OccurrenceLists.

(** ** The algorithm *)

Record trainer := {
  row : row_state;
  tokens_now : list (list byte);
  queue : list entry }.

Inductive came := Nothing_yet (st : trainer) | A_merge (m : merge) (st : trainer) | Nothing_left.

Section Trainer.
  Variables (tie : tie_break) (min_frequency : nat).
  Variable pop : list (list byte) -> list entry -> option (entry * list entry).

  (** One turn of the loop: an entry that is too rare is dropped, a stale one is put back with its
      present count, and one that is true yields a merge. *)
  Definition trainer_turn (st : trainer) : came :=
    match pop (tokens_now st) (queue st) with
    | None => Nothing_left
    | Some ((n, p), rest) =>
        if counts (row st) p <? min_frequency then
          Nothing_yet {| row := row st; tokens_now := tokens_now st; queue := rest |}
        else if counts (row st) p =? n then
          let m := Merge (fst p) (snd p) (length (tokens_now st)) in
          let next := apply m (row st) in
          A_merge m
            {| row := next;
               tokens_now := tokens_now st ++ [bytes_at (tokens_now st) (left_id m) ++ bytes_at (tokens_now st) (right_id m)];
               queue := map (fun q => (counts next q, q)) (created m (rows_of next)) ++ rest |}
        else Nothing_yet {| row := row st; tokens_now := tokens_now st; queue := (counts (row st) p, p) :: rest |}
    end.

  (** Turns until there is a merge, or none is left. *)
  Fixpoint trainer_next (limit : nat) (st : trainer) : option (merge * trainer) :=
    match limit with
    | 0 => None
    | S limit' =>
        match trainer_turn st with
        | Nothing_left => None
        | A_merge m st' => Some (m, st')
        | Nothing_yet st' => trainer_next limit' st'
        end
    end.

  (** Each entry is put back at most as often as its count can fall. *)
  Definition turns_left (st : trainer) : nat := list_sum (map (fun e => S (fst e)) (queue st)).

  Fixpoint run_trainer (n : nat) (st : trainer) : list merge :=
    match n with
    | 0 => []
    | S n' =>
        match trainer_next (S (turns_left st)) st with
        | Some (m, st') => m :: run_trainer n' st'
        | None => []
        end
    end.

  Definition start_trainer (st : training_state) : trainer :=
    {| row := start_row (sequences st); tokens_now := tokens st;
       queue := map (fun p => (count_pair (sequences st) p, p)) (each_pair (sequences st)) |}.

  (** ** It goes the way of TrainingInPlace.v *)

  Hypothesis pop_none : forall toks q, pop toks q = None -> q = [].
  Hypothesis pop_some : forall toks q e q', pop toks q = Some (e, q') ->
    Permutation q (e :: q') /\ forall e', In e' q -> ~ before_entry tie toks e' e.
  Variables (order : list byte) (corpus : PreTokenCounts.counts).
  Hypothesis Hmin : 1 <= min_frequency.
  Hypothesis order_once : NoDup order.
  Hypothesis order_all : forall b, In b order.
  Hypothesis Htie : tie <> first_seen.

  Record follows (st : trainer) (model : in_place) : Prop := {
    same_rows : rows_of (row st) = sequences (state model);
    same_tokens : tokens_now st = tokens (state model);
    same_queue : queue st = entries model;
    row_is_right : right (length (tokens_now st)) (row st) }.

  Lemma turn_follows st model : follows st model -> up_to_date min_frequency model ->
    match trainer_turn st, turn min_frequency pop model with
    | Nothing_left, Done => True
    | Nothing_yet st', Again model' => follows st' model'
    | A_merge m st', Yields m' model' => m = m' /\ follows st' model'
    | _, _ => False
    end.
  Proof.
    intros [F1 F2 F3 F4] Hup. unfold trainer_turn, turn. rewrite F2, F3.
    destruct (pop _ _) as [[[n p] rest]|] eqn:E; [|exact I].
    assert (Hc : counts (row st) p = counts_now model p).
    { rewrite (counts_right _ _ F4), (TrainingInPlace.counts_right _ _ Hup). now rewrite F1. }
    rewrite Hc. destruct (counts_now model p <? min_frequency).
    { split; simpl; auto. now rewrite <- F2. }
    destruct (counts_now model p =? n).
    2: { split; simpl; auto. now rewrite <- F2. }
    split; [reflexivity|].
    assert (Hids : fst p < length (tokens (state model)) /\ snd p < length (tokens (state model))).
    { apply (of_known_ids _ _ Hup n). apply pop_some in E as [Hperm _].
      apply (Permutation_in _ (Permutation_sym Hperm)). now left. }
    set (m := Merge (fst p) (snd p) (length (tokens (state model)))).
    destruct (merging_at_listed_positions_is_apply_merge m (proj1 Hids) (proj2 Hids) (row st)) as [Erows Hright].
    { rewrite F2 in F4. exact F4. }
    rewrite F1 in Erows.
    assert (Em : merge_of (state model) p = m) by reflexivity.
    split; cbn [row tokens_now queue state entries sequences tokens merged_state]; rewrite ?Em.
    - exact Erows.
    - reflexivity.
    - f_equal. rewrite Erows. apply map_ext. intros q. f_equal.
      rewrite (counts_right _ _ Hright), Erows. symmetry.
      apply statistics_kept_up_to_date_equal_a_recount. apply (TrainingInPlace.counts_right _ _ Hup).
    - rewrite app_length. simpl. rewrite Nat.add_1_r. exact Hright.
  Qed.

  Lemma next_follows limit : forall st model, follows st model -> up_to_date min_frequency model ->
    match trainer_next limit st, next_merge min_frequency pop limit model with
    | None, None => True
    | Some (m, st'), Some (m', model') => m = m' /\ follows st' model'
    | _, _ => False
    end.
  Proof.
    induction limit as [|limit IH]; intros st model F Hup; [exact I|]. simpl.
    pose proof (turn_follows st model F Hup) as H.
    destruct (trainer_turn st), (turn min_frequency pop model) eqn:E; try easy.
    apply IH; auto.
    eapply (a_stale_entry_changes_nothing tie min_frequency pop pop_some Hmin) in E as (_ & Hup' & _); auto.
  Qed.

  Lemma run_follows n : forall ms st model,
    trained tie min_frequency (start_training order corpus) ms (state model) ->
    up_to_date min_frequency model -> follows st model ->
    run_trainer n st = map fst (train_in_place min_frequency pop n model).
  Proof.
    induction n as [|n IH]; intros ms st model Ht Hup F; [reflexivity|]. cbn [run_trainer train_in_place].
    assert (Ew : turns_left st = work model) by (unfold turns_left, work; now rewrite (same_queue _ _ F)).
    rewrite Ew. pose proof (next_follows (S (work model)) st model F Hup) as H.
    pose proof (next_merge_is tie min_frequency pop pop_none pop_some order corpus Hmin order_once order_all Htie
                  ms (S (work model)) model Ht Hup ltac:(lia)) as Hn.
    destruct (trainer_next _ st) as [[m st']|], (next_merge _ _ _ model) as [[m' model']|]; try easy.
    destruct H as [-> F']. destruct Hn as [Hn Hup']. cbn [map fst]. f_equal.
    apply (IH (ms ++ [m'])); auto. econstructor; eauto.
  Qed.

  (* Clauses in part: T13 *)
  Theorem the_whole_trainer_is_training n :
    run_trainer n (start_trainer (start_training order corpus)) = train_merges tie min_frequency order corpus n.
  Proof.
    rewrite <- (training_in_place_is_training tie min_frequency pop pop_none pop_some order corpus
                  Hmin order_once order_all Htie n).
    apply (run_follows n []); [constructor | now apply start_up_to_date |].
    destruct (lists_of_positions_follow_training tie min_frequency order corpus Hmin order_once order_all
                [] (start_training order corpus) (trained_start _ _ _)) as [E Hr].
    split; [exact E | reflexivity | reflexivity | exact Hr].
  Qed.
End Trainer.

(** * Training

    What holds of every training, whatever the pre-token counts, the profile, the minimum
    frequency (at least one) and the numbering of the bytes.

    - [fewer_merges_are_a_prefix] (T3): the merges of training to fewer tokens are the first
      merges of training to more.
    - [each_step_takes_the_selected_pair] (T2, T5): a step merges the pair that the profile
      selects, and this reaches the minimum frequency.
    - [training_stops_when_pairs_are_too_rare] (T5): where there are fewer merges than were
      asked for, no pair reaches the minimum frequency.
    - [counts_of_successive_merges_never_rise] (T4): no merge's pair occurred more often than
      that of the merge before.
    - [tokens_are_made_of_older_ones] (T6): a merge's result is the next id, its parts are
      older, and its bytes are theirs.
    - [no_two_tokens_have_the_same_bytes] (T7): different ids have different bytes.
    - [trained_vocabulary_is_well_formed] (V1, V2, V4 in part): each byte has an id, ids and bytes
      belong to each other, parts come before the whole, no pair is merged twice.
    - [trained_merges_are_well_founded] (M5): a trained list is well-founded: each merge makes
      an id of its own, after the merges that make its parts.
    - [every_token_encodes_to_itself] (T8): each token's bytes, merged alone, give that token.
    - [every_token_encodes_to_itself_as_one_pre_token] (T8): and so they do under the shortcut.
    - [training_pre_tokens_encode_as_training_left_them] (T9): merging a pre-token of the
      training texts gives the row with which training ended.
    - [trained_pairs_and_ranks_agree] (M6): on trained vocabularies both semantics agree. *)

From BPE Require Import Definitions ApplyMerge LowestRank Merging EverywhereAtOnce PairsAndRanks
  Shortcut PairCounts TieBreaks.

(** [trained ms st]: training came from its start to [st] by the merges [ms]. *)
Inductive trained tie min_frequency (start : training_state) : list merge -> training_state -> Prop :=
| trained_start : trained tie min_frequency start [] start
| trained_on ms st m st' :
    trained tie min_frequency start ms st ->
    train_step tie min_frequency st = Some (m, st') ->
    trained tie min_frequency start (ms ++ [m]) st'.

(** ** Steps *)

Section Steps.
  Variables (tie : tie_break) (min_frequency : nat).
  Notation train_step := (train_step tie min_frequency).
  Notation train_from := (train_from tie min_frequency).

  (* Clauses: T3 *)
  Theorem fewer_merges_are_a_prefix st n k : train_from n st = firstn n (train_from (n + k) st).
  Proof.
    revert st. induction n as [|n IH]; intros st; [reflexivity|]. simpl.
    destruct (train_step st) as [[m st']|]; [|reflexivity]. simpl. now rewrite <- IH.
  Qed.

  Lemma train_from_trained start n : forall ms st, trained tie min_frequency start ms st ->
    exists st', trained tie min_frequency start (ms ++ train_from n st) st' /\
      (length (train_from n st) = n \/ train_step st' = None).
  Proof.
    induction n as [|n IH]; intros ms st H; simpl.
    - exists st. rewrite app_nil_r. auto.
    - destruct (train_step st) as [[m st']|] eqn:E.
      + destruct (IH (ms ++ [m]) st') as (st2 & H2 & Hn); [econstructor; eauto|].
        rewrite <- app_assoc in H2. exists st2. split; auto. simpl. destruct Hn; auto.
      + exists st. rewrite app_nil_r. auto.
  Qed.

  Lemma train_step_some st m st' : train_step st = Some (m, st') ->
    select_pair tie (tokens st) (sequences st) = Some (pair_of m) /\
    result m = length (tokens st) /\
    min_frequency <= count_pair (sequences st) (pair_of m) /\
    sequences st' = map (fun row => (apply_merge m (fst row), snd row)) (sequences st) /\
    tokens st' = tokens st ++ [bytes_at (tokens st) (left_id m) ++ bytes_at (tokens st) (right_id m)].
  Proof.
    unfold Definitions.train_step. destruct (select_pair _ _ _) as [[a b]|]; [|discriminate].
    destruct (count_pair _ _ <? _) eqn:E; [discriminate|]. apply Nat.ltb_ge in E.
    intros [= <- <-]. simpl. auto.
  Qed.

  (* Clauses: T2, T5 *)
  Theorem each_step_takes_the_selected_pair st m st' : train_step st = Some (m, st') ->
    select_pair tie (tokens st) (sequences st) = Some (pair_of m) /\
    min_frequency <= count_pair (sequences st) (pair_of m).
  Proof. intros H. apply train_step_some in H. tauto. Qed.

  Lemma train_step_none st : 1 <= min_frequency -> train_step st = None ->
    forall p, count_pair (sequences st) p < min_frequency.
  Proof.
    intros Hmin H p. unfold Definitions.train_step in H.
    destruct (select_pair _ _ _) as [q|] eqn:E.
    - apply every_merge_takes_a_most_frequent_pair in E as (_ & Hle & _).
      destruct (Nat.ltb_spec (count_pair (sequences st) q) min_frequency); [|discriminate].
      specialize (Hle p). lia.
    - apply select_pair_none in E. destruct (Nat.eq_dec (count_pair (sequences st) p) 0) as [->|Hp]; [lia|].
      assert (Hin : In p (pairs_met (sequences st))) by (apply count_pair_met; lia).
      rewrite E in Hin. easy.
  Qed.

  (* Clauses: T5 *)
  Theorem training_stops_when_pairs_are_too_rare start n : 1 <= min_frequency ->
    exists st, trained tie min_frequency start (train_from n start) st /\
      (length (train_from n start) = n \/ forall p, count_pair (sequences st) p < min_frequency).
  Proof.
    intros Hmin. destruct (train_from_trained start n [] start (trained_start _ _ _)) as (st & H & Hn).
    exists st. split; auto. destruct Hn as [Hn | Hn]; auto. right. now apply train_step_none.
  Qed.
End Steps.

(** ** What training guarantees *)

Section Training.
  Variables (tie : tie_break) (min_frequency : nat) (order : list byte).
  Variable counts : list (list byte * nat).
  Hypothesis Hmin : 1 <= min_frequency.
  Hypothesis order_once : NoDup order.
  Hypothesis order_all : forall b, In b order.
  Notation byte_id := (id_of_byte order).
  Notation base := (length order).
  Notation start := (start_training order counts).
  Notation trained := (trained tie min_frequency start).
  Notation train_step := (train_step tie min_frequency).

  Lemma byte_id_at b : nth_error order (byte_id b) = Some b.
  Proof.
    unfold id_of_byte. destruct (find_index _ order) as [i|] eqn:E.
    - apply find_index_some in E as (c & Hc & E & _). destruct (Byte.byte_eq_dec b c); congruence.
    - rewrite find_index_none in E. specialize (E b (order_all b)).
      destruct (Byte.byte_eq_dec b b); congruence.
  Qed.

  Lemma byte_id_below b : byte_id b < base.
  Proof. apply nth_error_Some. rewrite byte_id_at. discriminate. Qed.

  Lemma byte_id_of_place i b : nth_error order i = Some b -> byte_id b = i.
  Proof.
    intros H. apply (proj1 (NoDup_nth_error order)); auto; [apply byte_id_below|].
    now rewrite byte_id_at.
  Qed.

  (** *** What is kept *)

  Record kept (ms : list merge) (st : training_state) : Prop := {
    tokens_counted : length (tokens st) = base + length ms;
    single_bytes_first : forall i b, nth_error order i = Some b -> bytes_at (tokens st) i = [b];
    merges_numbered : forall i m, nth_error ms i = Some m ->
      result m = base + i /\ left_id m < base + i /\ right_id m < base + i /\
      bytes_at (tokens st) (base + i) = bytes_at (tokens st) (left_id m) ++ bytes_at (tokens st) (right_id m);
    rows_merged : sequences st = map (fun row => (apply_merges ms (fst row), snd row)) (sequences start);
    rows_old : forall s w, In (s, w) (sequences st) -> Forall (fun i => i < base + length ms) s;
    tokens_not_empty : Forall (fun w => w <> []) (tokens st);
    pairs_once : NoDup (map pair_of ms);
    tokens_reached : forall i, i < base + length ms ->
      reaches (pair_rank ms) (pair_result ms) (map byte_id (bytes_at (tokens st) i)) [i] }.

  Lemma nth_error_snoc {A} (l : list A) m i x : nth_error (l ++ [m]) i = Some x ->
    (i < length l /\ nth_error l i = Some x) \/ (i = length l /\ x = m).
  Proof.
    intros H. assert (Hi : i < length (l ++ [m])) by (apply nth_error_Some; congruence).
    rewrite app_length in Hi. simpl length in Hi.
    destruct (Nat.eq_dec i (length l)) as [-> | Hn].
    - rewrite nth_error_app2, Nat.sub_diag in H by auto. injection H as <-. auto.
    - rewrite nth_error_app1 in H by lia. left. split; [lia | auto].
  Qed.

  Lemma kept_start : kept [] start.
  Proof.
    assert (Hb : forall i b, nth_error order i = Some b -> bytes_at (tokens start) i = [b]).
    { intros i b H. unfold bytes_at. simpl. apply nth_error_nth. exact (map_nth_error (fun b => [b]) i order H). }
    split; simpl.
    - now rewrite map_length.
    - exact Hb.
    - intros [|i] m; discriminate.
    - rewrite map_map. reflexivity.
    - intros s w H. apply in_map_iff in H as ([piece k] & [= <- <-] & _).
      apply Forall_forall. intros i Hi. apply in_map_iff in Hi as (b & <- & _).
      rewrite Nat.add_0_r. apply byte_id_below.
    - apply Forall_forall. intros w H. apply in_map_iff in H as (b & <- & _). discriminate.
    - constructor.
    - intros i Hi. rewrite Nat.add_0_r in Hi. apply nth_error_Some in Hi.
      destruct (nth_error order i) as [b|] eqn:E; [|easy].
      specialize (Hb _ _ E). simpl in Hb. rewrite Hb. simpl. rewrite (byte_id_of_place _ _ E). constructor.
  Qed.

  Section Kept.
    Variables (ms : list merge) (st : training_state).
    Hypothesis H : kept ms st.
    Notation bytes := (bytes_at (tokens st)).

    Lemma join_spells_kept x y r : pair_rank ms x y = Some r ->
      bytes (pair_result ms x y) = bytes x ++ bytes y.
    Proof.
      intros Hr. apply pair_rank_some in Hr as (m & Hn & [= <- <-] & ->).
      destruct (merges_numbered _ _ H _ _ Hn) as (-> & _ & _ & E). exact E.
    Qed.

    Lemma bytes_byte_id b : bytes (byte_id b) = [b].
    Proof. apply (single_bytes_first _ _ H), byte_id_at. Qed.

    Lemma bytes_not_empty i : i < base + length ms -> bytes i <> [].
    Proof.
      intros Hi. rewrite <- (tokens_counted _ _ H) in Hi.
      apply (proj1 (Forall_forall _ _) (tokens_not_empty _ _ H)). now apply nth_In.
    Qed.

    Lemma byte_row_spells piece : flat_map bytes (map byte_id piece) = piece.
    Proof.
      induction piece as [|b piece IH]; [reflexivity|]. simpl. now rewrite bytes_byte_id, IH.
    Qed.

    Lemma byte_row_not_empty piece : no_empty bytes (map byte_id piece).
    Proof.
      apply Forall_forall. intros i Hi. apply in_map_iff in Hi as (b & <- & _).
      now rewrite bytes_byte_id.
    Qed.

    Lemma well_founded_kept : is_well_founded ms.
    Proof.
      split.
      - apply NoDup_nth_error. intros i j Hi E. rewrite map_length in Hi.
        rewrite !nth_error_map in E. destruct (nth_error ms i) as [m|] eqn:Ei;
          [|apply nth_error_None in Ei; lia].
        destruct (nth_error ms j) as [m'|] eqn:Ej; [|discriminate]. injection E as E.
        apply (merges_numbered _ _ H) in Ei as (Ei & _), Ej as (Ej & _). lia.
      - intros i j m m' Hi Hj E. apply (merges_numbered _ _ H) in Hi as (Hi & _).
        apply (merges_numbered _ _ H) in Hj as (_ & Hl & Hr & _). lia.
    Qed.

    (** A row holds what merging a pre-token's bytes gives. *)
    Lemma row_is_merged s w : In (s, w) (sequences st) -> exists piece,
      In (piece, w) counts /\ s = merge_row ms (map byte_id piece).
    Proof.
      rewrite (rows_merged _ _ H). intros Hs. apply in_map_iff in Hs as (row & [= <- <-] & Hs).
      apply in_map_iff in Hs as ([piece k] & <- & Hs). exists piece. split; auto. simpl.
      symmetry. apply applying_each_merge_once, well_founded_kept.
    Qed.

    Lemma neighbours_reached s w a b : In (s, w) (sequences st) -> neighbours a b s ->
      pair_rank ms a b = None /\ a < base + length ms /\ b < base + length ms /\
      reaches (pair_rank ms) (pair_result ms) (map byte_id (bytes a ++ bytes b)) [a; b].
    Proof.
      intros Hs Hn. assert (Hold := rows_old _ _ H _ _ Hs).
      apply row_is_merged in Hs as (piece & _ & ->).
      split; [now apply merging_comes_to_its_end in Hn|].
      destruct (neighbours_in _ _ _ Hn) as [Ha Hb].
      split; [now apply (proj1 (Forall_forall _ _) Hold)|].
      split; [now apply (proj1 (Forall_forall _ _) Hold)|].
      apply neighbours_iff in Hn as (p & q & E). change (a :: b :: q) with ([a; b] ++ q) in E.
      pose proof (merge_reached (pair_rank ms) (pair_result ms) (map byte_id piece)) as R.
      rewrite E in R. assert (D := reaches_spelling _ _ bytes join_spells_kept _ _ R).
      rewrite byte_row_spells, !flat_map_app in D. simpl in D. rewrite app_nil_r in D.
      rewrite <- D, !map_app in R. rewrite map_app.
      eapply (reaches_between _ _ bytes join_spells_kept); [| exact R | |];
        rewrite <- ?map_app; try apply byte_row_not_empty; rewrite byte_row_spells; auto.
      simpl. now rewrite app_nil_r.
    Qed.
  End Kept.

  Lemma bytes_at_old toks w i : i < length toks -> bytes_at (toks ++ [w]) i = bytes_at toks i.
  Proof. intros Hi. unfold bytes_at. now apply app_nth1. Qed.

  Lemma bytes_at_new toks w : bytes_at (toks ++ [w]) (length toks) = w.
  Proof. unfold bytes_at. rewrite app_nth2 by auto. now rewrite Nat.sub_diag. Qed.

  Lemma kept_step ms st m st' : kept ms st -> train_step st = Some (m, st') -> kept (ms ++ [m]) st'.
  Proof.
    intros H E. apply train_step_some in E as (Hsel & Hres & Hfreq & Hseq & Htok).
    assert (Hc := tokens_counted _ _ H). rewrite Hc in Hres.
    destruct (count_pair_positive (sequences st) (pair_of m) ltac:(lia)) as (s & w & Hs & Hn).
    simpl in Hn. destruct (neighbours_reached _ _ H _ _ _ _ Hs Hn) as (Hnone & Hl & Hr & Hreach).
    assert (Hold : forall i, i < base + length ms -> bytes_at (tokens st') i = bytes_at (tokens st) i)
      by (intros i Hi; rewrite Htok; apply bytes_at_old; lia).
    assert (Hnew : bytes_at (tokens st') (base + length ms)
                   = bytes_at (tokens st) (left_id m) ++ bytes_at (tokens st) (right_id m))
      by (rewrite Htok, <- Hc; apply bytes_at_new).
    split.
    - rewrite Htok, !app_length, Hc. simpl. lia.
    - intros i b Hi. rewrite Hold; [now apply (single_bytes_first _ _ H)|].
      assert (i < base) by (apply nth_error_Some; congruence). lia.
    - intros i m' Hi. apply nth_error_snoc in Hi as [[Hlt Hi] | [-> ->]].
      + destruct (merges_numbered _ _ H _ _ Hi) as (H1 & H2 & H3 & H4).
        rewrite !Hold by lia. auto.
      + rewrite Hnew, !Hold by lia. auto.
    - rewrite Hseq, (rows_merged _ _ H), map_map. apply map_ext. intros row. simpl.
      unfold apply_merges. now rewrite fold_left_app.
    - intros s' w' Hs'. rewrite Hseq in Hs'. apply in_map_iff in Hs' as ([t k] & [= <- <-] & Ht).
      rewrite app_length. simpl. apply apply_merge_forall; [lia|].
      eapply Forall_impl; [|exact (rows_old _ _ H _ _ Ht)]. simpl. lia.
    - rewrite Htok. apply Forall_app. split; [apply (tokens_not_empty _ _ H)|]. constructor; auto.
      intros K. apply app_eq_nil in K as [K _]. revert K. now apply (bytes_not_empty _ _ H).
    - rewrite map_app. simpl.
      rewrite <- (rev_involutive (map pair_of ms ++ _)). apply NoDup_rev. rewrite rev_unit.
      constructor; [|apply NoDup_rev, H]. rewrite <- in_rev. now apply pair_rank_none in Hnone.
    - intros i Hi. rewrite app_length in Hi. simpl in Hi.
      destruct (Nat.eq_dec i (base + length ms)) as [-> | Hne].
      + rewrite Hnew. eapply reaches_trans; [apply reaches_more, Hreach|].
        apply reaches_one, merge_step_iff. exists [], (left_id m), (right_id m), [], (length ms).
        split; auto. split.
        * split; [|split; intros u v i Hu; apply neighbours_cons in Hu as [[_ (t & Et)] | Hu];
            try discriminate; inversion Hu].
          unfold pair_rank in *. rewrite find_index_app, Hnone.
          now rewrite (proj2 (makes_of_iff _ _ m) eq_refl).
        * simpl. unfold pair_result. rewrite find_app.
          destruct (find _ ms) as [m'|] eqn:Ef.
          -- exfalso. apply find_some in Ef as [Ef1 Ef2]. unfold pair_rank in Hnone.
             rewrite find_index_none in Hnone. rewrite Hnone in Ef2; auto. discriminate.
          -- now rewrite (proj2 (makes_of_iff _ _ m) eq_refl), Hres.
      + rewrite Hold by lia. apply reaches_more, (tokens_reached _ _ H). lia.
  Qed.

  Lemma kept_always ms st : trained ms st -> kept ms st.
  Proof.
    induction 1 as [|ms st m st' _ IH E]; [apply kept_start | now apply kept_step with st].
  Qed.

  (** *** The theorems *)

  Section Result.
    Variables (ms : list merge) (st : training_state).
    Hypothesis Htrained : trained ms st.
    Notation bytes := (bytes_at (tokens st)).
    Notation v := (trained_vocabulary (tokens st) ms).
    Notation n_vocab := (base + length ms).

    Let H : kept ms st := kept_always ms st Htrained.

    (* Clauses: T6 *)
    Theorem tokens_are_made_of_older_ones i m : nth_error ms i = Some m ->
      result m = base + i /\ left_id m < result m /\ right_id m < result m /\
      bytes (result m) = bytes (left_id m) ++ bytes (right_id m).
    Proof.
      intros Hi. destruct (merges_numbered _ _ H _ _ Hi) as (E & Hl & Hr & Hb). rewrite E. auto.
    Qed.

    (* Clauses: T7 *)
    Theorem no_two_tokens_have_the_same_bytes i j :
      i < n_vocab -> j < n_vocab -> bytes i = bytes j -> i = j.
    Proof.
      intros Hi Hj E. apply (tokens_reached _ _ H) in Hi, Hj. rewrite E in Hi.
      assert (Hd : forall k, merge_step (pair_rank ms) (pair_result ms) [k] = None) by reflexivity.
      apply merge_unique in Hi; auto. apply merge_unique in Hj; auto. congruence.
    Qed.

    (* Clauses: M5 *)
    Theorem trained_merges_are_well_founded : is_well_founded ms.
    Proof. apply (well_founded_kept _ _ H). Qed.

    Lemma is_token_iff i : is_token v i <-> i < n_vocab.
    Proof.
      split; [|apply (bytes_not_empty _ _ H)]. unfold is_token. simpl. intros Hi.
      destruct (Nat.lt_ge_cases i n_vocab) as [|Hge]; auto. destruct Hi. unfold bytes_at.
      apply nth_overflow. now rewrite (tokens_counted _ _ H).
    Qed.

    Lemma find_token i : i < n_vocab -> find_index (same_bytes (bytes i)) (tokens st) = Some i.
    Proof.
      intros Hi. destruct (find_index _ _) as [j|] eqn:E.
      - apply find_index_some in E as (w & Hw & Es & _). apply same_bytes_iff in Es. subst w.
        assert (Hj : j < n_vocab)
          by (rewrite <- (tokens_counted _ _ H); apply nth_error_Some; congruence).
        f_equal. apply no_two_tokens_have_the_same_bytes; auto.
        unfold bytes_at at 1. now apply nth_error_nth.
      - rewrite find_index_none in E. rewrite <- (tokens_counted _ _ H) in Hi.
        specialize (E (bytes i) (nth_In _ _ Hi)). now rewrite (proj2 (same_bytes_iff _ _) eq_refl) in E.
    Qed.

    Lemma single_byte_length i : i < base -> length (bytes i) = 1.
    Proof.
      intros Hi. apply nth_error_Some in Hi. destruct (nth_error order i) as [b|] eqn:E; [|easy].
      now rewrite (single_bytes_first _ _ H _ _ E).
    Qed.

    Lemma trained_merges_well_formed : well_formed_merges v ms.
    Proof.
      pose proof (merges_numbered _ _ H) as Hm. pose proof (pairs_once _ _ H) as Hp.
      assert (Hs := single_byte_length).
      change bytes with (token_bytes v) in Hm, Hs. generalize dependent v. intros u Hm Hs. clear -Hm Hs Hp.
      induction ms as [|m l IH] using rev_ind; [constructor|].
      rewrite map_app in Hp. simpl in Hp. apply NoDup_remove in Hp as [Hp Hn].
      rewrite app_nil_r in Hp, Hn.
      assert (Hm' : forall i m', nth_error l i = Some m' -> nth_error (l ++ [m]) i = Some m')
        by (intros i m' Hi; rewrite nth_error_app1; auto; apply nth_error_Some; congruence).
      destruct (Hm (length l) m) as (E & Hl & Hr & Hb);
        [now rewrite nth_error_app2, Nat.sub_diag|].
      constructor; auto; [|now rewrite E].
      intros part Hpart. destruct (Nat.lt_ge_cases part base) as [Hlt | Hge]; [left; auto|]. right.
      assert (Hk : part - base < length l) by (destruct Hpart; lia).
      apply nth_error_Some in Hk. destruct (nth_error l (part - base)) as [m'|] eqn:En; [|easy].
      apply in_map_iff. exists m'. split; [|now apply nth_error_In in En].
      destruct (Hm _ _ (Hm' _ _ En)) as [E' _]. lia.
    Qed.

    (* Clauses in part: V1, V2, V4 *)
    Theorem trained_vocabulary_is_well_formed : well_formed v.
    Proof.
      split; [|exact trained_merges_well_formed]. split.
      - intros b. pose proof (byte_id_below b) as Hb.
        assert (Hf := find_token (byte_id b) ltac:(lia)). rewrite (bytes_byte_id _ _ H) in Hf.
        simpl. rewrite Hf. discriminate.
      - intros i w. simpl. split.
        + intros Hi. assert (Hw : w <> []) by now destruct w. split; auto.
          assert (Hf : find_index (same_bytes w) (tokens st) = Some i) by (now destruct w).
          apply find_index_some in Hf as (u & Hu & Es & _). apply same_bytes_iff in Es. subst u.
          unfold bytes_at. now apply nth_error_nth.
        + intros [Hw E]. assert (Ht : is_token v i) by (unfold is_token; simpl; congruence).
          apply is_token_iff, find_token in Ht. rewrite E in Ht. now destruct w.
    Qed.

    Lemma byte_ids_trained piece : byte_ids v piece = map byte_id piece.
    Proof.
      apply map_ext. intros b. pose proof (byte_id_below b) as Hb.
      assert (Hf := find_token (byte_id b) ltac:(lia)). rewrite (bytes_byte_id _ _ H) in Hf.
      unfold token_id. simpl. now rewrite Hf.
    Qed.

    (* Clauses: T8 *)
    Theorem every_token_encodes_to_itself : all_self_encoding v.
    Proof.
      intros i Hi. apply is_token_iff in Hi. unfold is_self_encoding, merge_piece, merge_by_pairs.
      simpl. rewrite byte_ids_trained. apply merge_unique; [|reflexivity].
      now apply (tokens_reached _ _ H).
    Qed.

    (* Clauses: T8 *)
    Theorem every_token_encodes_to_itself_as_one_pre_token i : i < n_vocab ->
      encode_piece true v (bytes i) = [i].
    Proof.
      intros Hi. apply (the_shortcut_takes_whole_tokens v i trained_vocabulary_is_well_formed).
      now apply is_token_iff.
    Qed.

    (* Clauses: T9 *)
    Theorem training_pre_tokens_encode_as_training_left_them :
      sequences st = map (fun entry => (merge_piece v (fst entry), snd entry)) counts.
    Proof.
      rewrite (rows_merged _ _ H). simpl. rewrite map_map. apply map_ext. intros [piece w]. simpl.
      f_equal. unfold merge_piece, merge_by_pairs. simpl. rewrite byte_ids_trained.
      symmetry. apply applying_each_merge_once, trained_merges_are_well_founded.
    Qed.

    (* Clauses: M6 *)
    Theorem trained_pairs_and_ranks_agree piece : merge_by_pairs v ms piece = merge_by_ranks v piece.
    Proof.
      apply pairs_and_ranks_agree; auto.
      - exact trained_vocabulary_is_well_formed.
      - exact every_token_encodes_to_itself.
      - intros i j m m' Hi Hj Hlt. apply (merges_numbered _ _ H) in Hi as [-> _].
        apply (merges_numbered _ _ H) in Hj as [-> _]. lia.
    Qed.

    (* Clauses: T4 *)
    Theorem counts_of_successive_merges_never_rise m st' m' st'' :
      train_step st = Some (m, st') -> train_step st' = Some (m', st'') ->
      count_pair (sequences st') (pair_of m') <= count_pair (sequences st) (pair_of m).
    Proof.
      intros E E'. apply train_step_some in E as (Hsel & Hres & _ & Hseq & _).
      apply train_step_some in E' as (_ & _ & _ & _ & _).
      apply every_merge_takes_a_most_frequent_pair in Hsel as (_ & Hle & _).
      rewrite Hseq. unfold pair_of at 1.
      destruct (Nat.eq_dec (left_id m') (result m)) as [El | El];
        [|destruct (Nat.eq_dec (right_id m') (result m)) as [Er | Er]].
      - apply counts_of_new_pairs; auto. intros s w Hs Hin.
        apply (rows_old _ _ H), Forall_forall with (x := result m) in Hs; auto.
        rewrite Hres, (tokens_counted _ _ H) in Hs. lia.
      - apply counts_of_new_pairs; auto. intros s w Hs Hin.
        apply (rows_old _ _ H), Forall_forall with (x := result m) in Hs; auto.
        rewrite Hres, (tokens_counted _ _ H) in Hs. lia.
      - etransitivity; [now apply counts_of_old_pairs_never_rise | apply Hle].
    Qed.
  End Result.
End Training.

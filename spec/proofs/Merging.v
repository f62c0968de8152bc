(** * Merging one pre-token

    What [merge_piece] does under a well-formed vocabulary, by pairs or by ranks.

    - [merging_keeps_the_bytes] (M1): the bytes of the ids are those of the pre-token.
    - [every_id_is_a_token] (E3): every id is in the vocabulary.
    - [no_more_ids_than_bytes] (E3): there are at most as many ids as bytes.
    - [no_ids_only_for_no_bytes] (E3): there is no id only where there is no byte.
    - [nothing_is_left_to_merge] (M4): no two neighbours in the result may merge.
    - [boundaries_vanish_with_one_more_merge] (M8): the boundaries under one more merge, of
      the highest rank, are among those without it.
    - [boundaries_vanish_with_one_more_token] (M8): by ranks the same holds of one more token,
      with an id greater than that of any token longer than a byte.
    - [what_lies_between_boundaries_merges_alone] (M9): any ids of the result are what
      merging gives for their bytes.
    - [ids_that_pair_up_glue] (M10): two or more ids are what merging gives for their bytes
      exactly when every two neighbours are.
    - [single_ids_glue] (M10): a single id is, exactly when it encodes to itself. *)

From BPE Require Import Definitions ApplyMerge LowestRank.

(** ** Lists *)

Lemma find_index_some {A} (p : A -> bool) l i : find_index p l = Some i ->
  exists x, nth_error l i = Some x /\ p x = true /\ find p l = Some x.
Proof.
  revert i. induction l as [|x l IH]; intros i; simpl; [discriminate|].
  destruct (p x) eqn:E.
  - intros [= <-]. simpl. eauto.
  - destruct (find_index p l) as [j|]; simpl; [|discriminate]. intros [= <-]. simpl. auto.
Qed.

Lemma find_index_none {A} (p : A -> bool) l :
  find_index p l = None <-> forall x, In x l -> p x = false.
Proof.
  induction l as [|x l IH]; simpl; [split; [intros _ x []|auto]|].
  destruct (p x) eqn:E.
  - split; [discriminate|]. intros H. rewrite H in E; auto. discriminate.
  - destruct (find_index p l) as [j|]; simpl.
    + split; [discriminate|]. intros H. exfalso.
      assert (None = Some j -> False) by discriminate. enough (Some j = None) by discriminate.
      apply IH. auto.
    + split; auto. intros _ y [<- | Hy]; auto. now apply IH.
Qed.

Lemma find_index_app {A} (p : A -> bool) l x : find_index p (l ++ [x]) =
  match find_index p l with
  | Some i => Some i
  | None => if p x then Some (length l) else None
  end.
Proof.
  induction l as [|y l IH]; simpl; [destruct (p x); auto|].
  destruct (p y); auto. rewrite IH. destruct (find_index p l); auto.
  simpl. destruct (p x); auto.
Qed.

Lemma find_app {A} (p : A -> bool) l x : find p (l ++ [x]) =
  match find p l with Some y => Some y | None => if p x then Some x else None end.
Proof. induction l as [|y l IH]; simpl; auto. destruct (p y); auto. Qed.

(** ** Ranks of pairs *)

Lemma pair_dec (p q : id * id) : {p = q} + {p <> q}.
Proof. decide equality; apply Nat.eq_dec. Defined.

Lemma makes_of_iff x y m : makes_of x y m = true <-> pair_of m = (x, y).
Proof.
  unfold makes_of, pair_of. rewrite andb_true_iff, !Nat.eqb_eq. split; intros H.
  - now destruct H as [-> ->].
  - now injection H as -> ->.
Qed.

Lemma pair_rank_some ms x y r : pair_rank ms x y = Some r ->
  exists m, nth_error ms r = Some m /\ pair_of m = (x, y) /\ pair_result ms x y = result m.
Proof.
  intros H. apply find_index_some in H as (m & Hm & E & Hf). exists m.
  apply makes_of_iff in E. unfold pair_result. now rewrite Hf.
Qed.

Lemma pair_rank_none ms x y : pair_rank ms x y = None <-> ~ In (x, y) (map pair_of ms).
Proof.
  unfold pair_rank. rewrite find_index_none, in_map_iff. split.
  - intros H (m & E & Hm). apply makes_of_iff in E. rewrite H in E; auto. discriminate.
  - intros H m Hm. destruct (makes_of x y m) eqn:E; auto. apply makes_of_iff in E.
    destruct H. eauto.
Qed.

Lemma well_formed_result v ms m : well_formed_merges v ms -> In m ms ->
  token_bytes v (result m) = token_bytes v (left_id m) ++ token_bytes v (right_id m).
Proof.
  induction 1 as [| ms m' _ IH _ Hb _]; [easy|].
  intros Hm. apply in_app_iff in Hm as [Hm | [<- | []]]; auto.
Qed.

(** ** Both semantics as ranks of ids *)

Definition id_rank (v : vocabulary) (x y : id) : option nat :=
  match merges v with
  | Some ms => pair_rank ms x y
  | None => token_ids v (token_bytes v x ++ token_bytes v y)
  end.

Definition id_join (v : vocabulary) (x y : id) : id :=
  match merges v with
  | Some ms => pair_result ms x y
  | None => token_id v (token_bytes v x ++ token_bytes v y)
  end.

Notation merge_ids v := (merge_lowest_rank (id_rank v) (id_join v)).

(** Renaming symbols renames the result. *)
Section Renaming.
  Context {A B : Type} (f : A -> B).
  Variables (rank_a : A -> A -> option nat) (rank_b : B -> B -> option nat).
  Variables (join_a : A -> A -> A) (join_b : B -> B -> B).
  Hypothesis same_rank : forall x y, rank_b (f x) (f y) = rank_a x y.
  Hypothesis same_join : forall x y r,
    rank_a x y = Some r -> join_b (f x) (f y) = f (join_a x y).

  Lemma least_rank_map s : least_rank rank_b (map f s) = least_rank rank_a s.
  Proof.
    induction s as [| x | x y s _ IH] using list_ind2; auto.
    simpl map in *. now rewrite !least_rank_cons, same_rank, IH.
  Qed.

  Lemma merge_leftmost_map r s :
    merge_leftmost rank_b join_b r (map f s) = map f (merge_leftmost rank_a join_a r s).
  Proof.
    induction s as [| x | x y s _ IH] using list_ind2; auto.
    simpl map in *. rewrite !merge_leftmost_cons. unfold has_rank.
    rewrite same_rank, IH. destruct (rank_a x y) as [i|] eqn:E; auto.
    destruct (i =? r); auto. simpl. f_equal. eauto.
  Qed.

  Lemma merge_lowest_rank_map s :
    merge_lowest_rank rank_b join_b (map f s) = map f (merge_lowest_rank rank_a join_a s).
  Proof.
    unfold merge_lowest_rank. rewrite map_length. generalize (length s) as limit.
    intros limit. revert s. induction limit as [|limit IH]; intros s; simpl; auto.
    unfold merge_step. rewrite least_rank_map. destruct (least_rank rank_a s); auto.
    now rewrite merge_leftmost_map.
  Qed.
End Renaming.

Section Vocabulary.
  Variable v : vocabulary.
  Hypothesis Hv : well_formed v.
  Notation bytes := (token_bytes v).

  Lemma token_id_bytes w i : token_ids v w = Some i -> token_bytes v (token_id v w) = w.
  Proof.
    intros H. unfold token_id. rewrite H. now apply (tokens_have_ids v (proj1 Hv)) in H.
  Qed.

  Lemma token_ids_bytes i : is_token v i -> token_ids v (bytes i) = Some i.
  Proof. intros H. now apply (tokens_have_ids v (proj1 Hv)). Qed.

  Lemma token_bytes_unique i j : is_token v i -> bytes i = bytes j -> i = j.
  Proof.
    intros H E. assert (Hj : is_token v j) by (unfold is_token in *; congruence).
    apply token_ids_bytes in H, Hj. congruence.
  Qed.

  Lemma byte_id_bytes b : bytes (token_id v [b]) = [b].
  Proof.
    pose proof (bytes_have_ids v (proj1 Hv) b) as H.
    destruct (token_ids v [b]) eqn:E; [|easy]. now apply token_id_bytes in E.
  Qed.

  Lemma id_join_spells x y r : id_rank v x y = Some r -> bytes (id_join v x y) = bytes x ++ bytes y.
  Proof.
    pose proof (proj2 Hv) as Hm.
    unfold id_rank, id_join in *. destruct (merges v) as [ms|]; [|apply token_id_bytes].
    intros H. apply pair_rank_some in H as (m & Hn & [= <- <-] & ->).
    apply (well_formed_result v ms); auto. now apply nth_error_In in Hn.
  Qed.

  Lemma byte_ids_spell piece : decode_bytes v (byte_ids v piece) = piece.
  Proof.
    induction piece as [|b piece IH]; [reflexivity|]. simpl. now rewrite byte_id_bytes, IH.
  Qed.

  Lemma byte_ids_tokens piece : no_empty bytes (byte_ids v piece).
  Proof.
    apply Forall_forall. intros i Hi. apply in_map_iff in Hi as (b & <- & _).
    now rewrite byte_id_bytes.
  Qed.

  (** A row of single bytes is the row of ids of what it spells. *)
  Lemma byte_ids_app x y : byte_ids v (x ++ y) = byte_ids v x ++ byte_ids v y.
  Proof. apply map_app. Qed.

  Lemma merge_ids_tokens s : no_empty bytes s -> no_empty bytes (merge_ids v s).
  Proof.
    intros H. eapply reaches_no_empty; [exact id_join_spells | apply merge_reached | exact H].
  Qed.

  Lemma merge_piece_ids piece : merge_piece v piece = merge_ids v (byte_ids v piece).
  Proof.
    assert (Hj := id_join_spells). assert (Hm := merge_ids_tokens _ (byte_ids_tokens piece)).
    unfold merge_piece, merge_by_pairs, merge_by_ranks in *.
    unfold id_rank, id_join in *. destruct (merges v) as [ms|]; [reflexivity|].
    assert (E : map (fun b => [b]) piece = map bytes (byte_ids v piece)).
    { unfold byte_ids. rewrite map_map. apply map_ext. intros b. now rewrite byte_id_bytes. }
    rewrite E.
    rewrite (merge_lowest_rank_map bytes
      (fun x y => token_ids v (bytes x ++ bytes y)) (fun x y => token_ids v (x ++ y))
      (fun x y => token_id v (bytes x ++ bytes y)) (fun x y => x ++ y)); auto.
    - rewrite map_map. rewrite <- map_id. apply map_ext_in. intros i Hi.
      unfold token_id at 1. rewrite token_ids_bytes; auto.
      now apply (proj1 (Forall_forall _ _) Hm).
    - intros x y r H. symmetry. eauto.
  Qed.

  (* Clauses: M1 *)
  Theorem merging_keeps_the_bytes piece : decode_bytes v (merge_piece v piece) = piece.
  Proof.
    rewrite merge_piece_ids. unfold decode_bytes.
    rewrite (merge_spelling _ _ bytes id_join_spells). apply byte_ids_spell.
  Qed.

  (* Clauses: E3 *)
  Theorem every_id_is_a_token piece : Forall (is_token v) (merge_piece v piece).
  Proof. rewrite merge_piece_ids. apply merge_ids_tokens, byte_ids_tokens. Qed.

  (* Clauses: E3 *)
  Theorem no_more_ids_than_bytes piece : length (merge_piece v piece) <= length piece.
  Proof.
    rewrite merge_piece_ids. rewrite <- (map_length (fun b => token_id v [b]) piece).
    eapply reaches_shorter, merge_reached.
  Qed.

  (* Clauses: E3 *)
  Theorem no_ids_only_for_no_bytes piece : merge_piece v piece = [] <-> piece = [].
  Proof.
    split; [|now intros ->; unfold merge_piece; destruct (merges v)].
    intros H. rewrite <- (merging_keeps_the_bytes piece). now rewrite H.
  Qed.

  Lemma may_merge_iff x y : may_merge v x y <-> id_rank v x y <> None.
  Proof.
    unfold may_merge, id_rank. destruct (merges v) as [ms|].
    - rewrite pair_rank_none. split; [tauto|].
      destruct (in_dec pair_dec (x, y) (map pair_of ms)); tauto.
    - destruct (token_ids v _); split; intros H; try easy; eauto. now destruct H.
  Qed.

  (* Clauses: M4 *)
  Theorem nothing_is_left_to_merge piece : is_normal_form v (merge_piece v piece).
  Proof.
    intros x y H. rewrite may_merge_iff. rewrite merge_piece_ids in H.
    apply merging_comes_to_its_end in H. congruence.
  Qed.

  (* Clauses: M9 *)
  Theorem what_lies_between_boundaries_merges_alone piece p q r :
    merge_piece v piece = p ++ q ++ r -> merge_piece v (decode_bytes v q) = q.
  Proof.
    intros E. rewrite merge_piece_ids.
    assert (D := merging_keeps_the_bytes piece). rewrite E in D. unfold decode_bytes in D.
    rewrite !flat_map_app in D.
    rewrite merge_piece_ids, <- D in E. unfold byte_ids in E. rewrite !map_app in E.
    fold (byte_ids v (flat_map bytes q)) in E.
    apply (merging_is_local _ _ bytes id_join_spells) in E as (_ & E & _);
      try (symmetry; apply byte_ids_spell).
    - symmetry. exact E.
    - repeat (apply Forall_app; split); apply byte_ids_tokens.
  Qed.

  (** Ids that merging gives for their own bytes. *)
  Definition is_merged (ids : list id) : Prop := merge_piece v (decode_bytes v ids) = ids.

  Lemma is_merged_part p q r : is_merged (p ++ q ++ r) -> is_merged q.
  Proof. apply what_lies_between_boundaries_merges_alone. Qed.

  Lemma is_merged_tokens ids : is_merged ids -> Forall (is_token v) ids.
  Proof. intros <-. apply every_id_is_a_token. Qed.

  Lemma is_merged_apart x y : is_merged x -> is_merged y ->
    apart (id_rank v) (id_join v) (byte_ids v (decode_bytes v x)) (byte_ids v (decode_bytes v y))
    <-> is_merged (x ++ y).
  Proof.
    unfold is_merged, apart, decode_bytes. rewrite !merge_piece_ids. intros Hx Hy.
    rewrite flat_map_app, byte_ids_app, Hx, Hy. reflexivity.
  Qed.

  (* Clauses: M10 *)
  Theorem ids_that_pair_up_glue ids : 2 <= length ids -> Forall (is_token v) ids ->
    merge_piece v (decode_bytes v ids) = ids <->
    forall x y, neighbours x y ids -> merge_piece v (decode_bytes v [x; y]) = [x; y].
  Proof.
    intros Hl Hids. change (is_merged ids <-> forall x y, neighbours x y ids -> is_merged [x; y]).
    split.
    { intros H x y Hn. apply neighbours_iff in Hn as (p & q & ->).
      now apply (is_merged_part p [x; y] q). }
    induction ids as [| x | x y s _ IH] using list_ind2; try (simpl in Hl; lia).
    intros H. assert (Hxy : is_merged [x; y]) by (apply H; constructor).
    assert (Hx : is_merged [x]) by exact (is_merged_part [] [x] [y] Hxy).
    assert (Hy : is_merged [y]) by exact (is_merged_part [x] [y] [] Hxy).
    destruct s as [|z s]; [exact Hxy|].
    assert (Hys : is_merged (y :: z :: s)).
    { apply IH; [simpl; lia | now inversion Hids |]. intros. apply H. now constructor. }
    assert (Hs : is_merged (z :: s)).
    { apply (is_merged_part [y] (z :: s) []). now rewrite app_nil_r. }
    apply (is_merged_apart [x] (y :: z :: s)); auto.
    change (y :: z :: s) with ([y] ++ z :: s). unfold decode_bytes.
    rewrite (flat_map_app bytes [y]), byte_ids_app.
    apply (gluing _ _ bytes id_join_spells).
    - rewrite <- !byte_ids_app. apply byte_ids_tokens.
    - apply is_merged_tokens in Hy. inversion Hy as [|? ? Hy' _]. unfold is_token in Hy'.
      simpl. rewrite app_nil_r. now destruct (bytes y).
    - now apply (is_merged_apart [x] [y]).
    - now apply (is_merged_apart [y] (z :: s)).
  Qed.

  (* Clauses: M10 *)
  Theorem single_ids_glue i : merge_piece v (decode_bytes v [i]) = [i] <-> is_self_encoding v i.
  Proof. unfold is_self_encoding, decode_bytes. simpl. now rewrite app_nil_r. Qed.
End Vocabulary.

(** ** One more merge *)

Lemma pair_rank_more ms m x y r : pair_rank ms x y = Some r ->
  pair_rank (ms ++ [m]) x y = Some r /\ pair_result (ms ++ [m]) x y = pair_result ms x y.
Proof.
  unfold pair_rank, pair_result. intros H. rewrite find_index_app, H, find_app.
  apply find_index_some in H as (m' & _ & _ & ->). auto.
Qed.

Lemma pair_rank_less ms m x y r : pair_rank (ms ++ [m]) x y = Some r ->
  pair_rank ms x y = Some r \/ (pair_rank ms x y = None /\ r = length ms /\ pair_of m = (x, y)).
Proof.
  unfold pair_rank. rewrite find_index_app. destruct (find_index _ ms); auto.
  destruct (makes_of x y m) eqn:E; [|discriminate]. intros [= <-].
  apply makes_of_iff in E. auto.
Qed.

Lemma pair_rank_lt ms x y r : pair_rank ms x y = Some r -> r < length ms.
Proof.
  intros H. apply pair_rank_some in H as (m & H & _). apply nth_error_Some. congruence.
Qed.

(** The steps by the merges of a list are the first steps by a longer list. *)
Lemma reaches_more ms m s t :
  reaches (pair_rank ms) (pair_result ms) s t ->
  reaches (pair_rank (ms ++ [m])) (pair_result (ms ++ [m])) s t.
Proof.
  induction 1 as [s | s t u H _ IH]; [constructor|]. econstructor; [|exact IH].
  apply merge_step_iff in H as (p & x & y & q & r & -> & (Hr & Hl & Hg) & ->).
  pose proof (pair_rank_more _ m _ _ _ Hr) as [Hr' Ej].
  apply merge_step_iff. exists p, x, y, q, r. rewrite Ej. repeat split; auto.
  - intros z w i Hn Hi. apply pair_rank_less in Hi as [Hi | (_ & -> & _)]; eauto.
    now apply pair_rank_lt in Hr.
  - intros z w i Hn Hi. apply pair_rank_less in Hi as [Hi | (_ & -> & _)]; eauto.
    apply pair_rank_lt in Hr. lia.
Qed.

Definition with_merges (v : vocabulary) (ms : list merge) : vocabulary :=
  {| token_bytes := token_bytes v; token_ids := token_ids v; merges := Some ms |}.

Lemma well_formed_merges_same v v' ms : token_bytes v' = token_bytes v ->
  well_formed_merges v ms -> well_formed_merges v' ms.
Proof. intros E. induction 1; constructor; rewrite ?E; auto. Qed.

Lemma with_merges_well_formed v ms : well_formed_tokens v -> well_formed_merges v ms ->
  well_formed (with_merges v ms).
Proof.
  intros [H1 H2] H. split; [constructor; auto|]. simpl.
  now apply (well_formed_merges_same v).
Qed.

(* Clauses: M8 *)
Theorem boundaries_vanish_with_one_more_merge v ms m piece n :
  well_formed_tokens v -> well_formed_merges v (ms ++ [m]) ->
  boundary v (merge_by_pairs v (ms ++ [m]) piece) n -> boundary v (merge_by_pairs v ms piece) n.
Proof.
  intros Ht Hm (p & q & E & <-).
  assert (Hv := with_merges_well_formed _ _ Ht Hm).
  unfold merge_by_pairs in *. set (s := byte_ids v piece) in *.
  pose proof (merge_reached (pair_rank ms) (pair_result ms) s) as H1.
  apply (reaches_more ms m) in H1.
  pose proof (merge_reached (pair_rank (ms ++ [m])) (pair_result (ms ++ [m])) s) as H2.
  apply (reaches_end _ _ _ _ _ H1) in H2; [|apply merge_done].
  rewrite E in H2.
  apply (boundaries_only_vanish _ _ (token_bytes v) (id_join_spells _ Hv)) in H2
    as (p' & q' & E' & Hp).
  exists p', q'. split; auto. unfold decode_bytes. now rewrite Hp.
Qed.

(** ** One more token *)

Section OneMoreToken.
  Variables (v v' : vocabulary) (new : id).
  Hypotheses (Hv : well_formed v) (Hv' : well_formed v').
  Hypotheses (Hranks : merges v = None) (Hranks' : merges v' = None).
  (** [v'] has the tokens of [v] and [new], whose id is greater than those of all tokens that
      are longer than a byte. *)
  Hypothesis tokens_kept : forall i, is_token v i -> token_bytes v' i = token_bytes v i.
  Hypothesis one_more : forall i, is_token v' i -> is_token v i \/ i = new.
  Hypothesis new_is_greatest : forall i, is_token v i -> 2 <= length (token_bytes v i) -> i < new.

  Lemma ids_kept bytes i : token_ids v bytes = Some i -> token_ids v' bytes = Some i.
  Proof.
    intros H. apply (tokens_have_ids v (proj1 Hv)) in H as [Hne E].
    apply (tokens_have_ids v' (proj1 Hv')). split; auto.
    rewrite tokens_kept; auto. unfold is_token. congruence.
  Qed.

  Lemma ids_known bytes i : token_ids v' bytes = Some i -> token_ids v bytes = Some i \/ i = new.
  Proof.
    intros H. apply (tokens_have_ids v' (proj1 Hv')) in H as [Hne E].
    destruct (one_more i) as [Hi | ->]; auto; [unfold is_token; congruence|].
    left. apply (tokens_have_ids v (proj1 Hv)). split; auto. now rewrite <- tokens_kept.
  Qed.

  Lemma byte_ids_kept piece : byte_ids v' piece = byte_ids v piece.
  Proof.
    apply map_ext. intros b. unfold token_id. pose proof (bytes_have_ids v (proj1 Hv) b) as H.
    destruct (token_ids v [b]) as [i|] eqn:E; [|easy]. now rewrite (ids_kept _ _ E).
  Qed.

  Lemma step_kept s t : no_empty (token_bytes v) s ->
    merge_step (id_rank v) (id_join v) s = Some t -> merge_step (id_rank v') (id_join v') s = Some t.
  Proof.
    intros Hs H. apply merge_step_iff in H as (p & x & y & q & r & E & (Hr & Hl & Hg) & ->).
    assert (Hsame : forall u w, neighbours u w s ->
              token_bytes v' u ++ token_bytes v' w = token_bytes v u ++ token_bytes v w).
    { intros u w Hn. apply neighbours_in in Hn as [Hu Hw]. unfold no_empty in Hs.
      rewrite Forall_forall in Hs. rewrite !tokens_kept; auto; now apply Hs. }
    assert (Hxy : neighbours x y s) by (rewrite E; apply neighbours_iff; eauto).
    unfold id_rank in Hr, Hl, Hg. rewrite Hranks in Hr, Hl, Hg.
    assert (Hrn : r < new).
    { pose proof (proj1 (tokens_have_ids v (proj1 Hv) _ _) Hr) as [Hne Eb].
      apply neighbours_in in Hxy as [Hx Hy]. unfold no_empty in Hs. rewrite Forall_forall in Hs.
      apply new_is_greatest; [unfold is_token; congruence|]. rewrite Eb, app_length.
      apply Hs in Hx, Hy. destruct (token_bytes v x), (token_bytes v y); simpl; try easy; lia. }
    assert (Hcase : forall u w i, neighbours u w s -> id_rank v' u w = Some i ->
              token_ids v (token_bytes v u ++ token_bytes v w) = Some i \/ i = new).
    { intros u w i Hn Hi. unfold id_rank in Hi. rewrite Hranks', Hsame in Hi by auto.
      now apply ids_known. }
    assert (Er : id_rank v' x y = Some r)
      by (unfold id_rank; rewrite Hranks', Hsame by auto; now apply ids_kept).
    apply merge_step_iff. exists p, x, y, q, r. split; auto. split.
    - split; [exact Er|]. split; intros u w i Hn Hi; apply Hcase in Hi as [Hi | ->]; eauto; try lia.
      + rewrite E. change (p ++ x :: y :: q) with (p ++ [x] ++ y :: q). rewrite app_assoc.
        now apply neighbours_app_l.
      + rewrite E. apply neighbours_app_r. now constructor.
    - f_equal. f_equal. unfold id_join, token_id, id_rank in *. rewrite Hranks, Hranks' in *.
      now rewrite Hr, Er.
  Qed.

  Lemma reaches_kept s t : reaches (id_rank v) (id_join v) s t -> no_empty (token_bytes v) s ->
    reaches (id_rank v') (id_join v') s t.
  Proof.
    induction 1 as [s | s t u H _ IH]; intros Hs; [constructor|].
    apply reaches_on with t; [now apply step_kept|]. apply IH.
    eapply step_no_empty; [apply id_join_spells, Hv | exact Hs | exact H].
  Qed.

  (* Clauses: M8 *)
  Theorem boundaries_vanish_with_one_more_token piece n :
    boundary v' (merge_piece v' piece) n -> boundary v (merge_piece v piece) n.
  Proof.
    intros (p & q & E & <-). rewrite merge_piece_ids in E by exact Hv'.
    rewrite byte_ids_kept in E. rewrite merge_piece_ids by exact Hv.
    set (s := byte_ids v piece) in *.
    assert (Hs : no_empty (token_bytes v) s) by now apply byte_ids_tokens.
    pose proof (merge_reached (id_rank v) (id_join v) s) as H1.
    pose proof (reaches_kept _ _ H1 Hs) as H1'.
    pose proof (merge_reached (id_rank v') (id_join v') s) as H2.
    apply (reaches_end _ _ _ _ _ H1') in H2; [|apply merge_done]. rewrite E in H2.
    apply (boundaries_only_vanish _ _ (token_bytes v') (id_join_spells _ Hv')) in H2
      as (p' & q' & E' & Hp).
    exists p', q'. split; auto. unfold decode_bytes. rewrite <- Hp. f_equal.
    assert (Hall : Forall (is_token v) (p' ++ q')) by (rewrite <- E'; now apply merge_ids_tokens).
    apply Forall_app in Hall as [Hall _]. clear -Hall tokens_kept.
    induction Hall as [|i l Hi _ IH]; [reflexivity|]. simpl. now rewrite IH, tokens_kept.
  Qed.
End OneMoreToken.

(** * Training with lists of positions

    [Row] of [bpe/engine/training.py]: for each pair a count, and a list of the positions where it
    begins, in text order.  A merge visits the positions of its pair from left to right; where the
    pair no longer begins, because a merge to the left took one of its ids, nothing happens; where
    it does, the counts of the pairs around it change, and the new pairs are listed.

    The engine's links between neighbours are here the neighbours in a list of positions and ids;
    and a pair whose count has come to 0 keeps its list, whose positions are all stale, while the
    engine forgets both.

    - [merging_at_listed_positions_is_apply_merge] (T13 in part): what this makes of every pre-token
      is what the definition makes of it, and afterwards the counts are those of a recount, and
      the lists hold every position where a pair begins, in text order.
    - [lists_of_positions_follow_training] (T10): so, merge after merge of a whole training, the
      pre-tokens are those of the definition, and the counts those of a recount. *)

From Coq Require Import Sorted.
From BPE Require Import Definitions ApplyMerge LowestRank Merging PairCounts TieBreaks Training
  PreTokenCounts TrainingInPlace.

(** ** The algorithm *)

(** A position and the id there. *)
Notation cell := (nat * id)%type.

(** Each distinct pre-token as positions and ids, with how often it occurs. *)
Record row_state := {
  pre_tokens : list (list cell * nat);
  counts : id * id -> nat;
  positions : id * id -> list nat }.

(** [_add_pair] and [_remove_pair]. *)
Definition add_pair (p : id * id) (position weight : nat) (st : row_state) : row_state :=
  {| pre_tokens := pre_tokens st;
     counts := fun q => if same_pair q p then counts st q + weight else counts st q;
     positions := fun q => if same_pair q p then positions st q ++ [position] else positions st q |}.

Definition remove_pair (p : id * id) (weight : nat) (st : row_state) : row_state :=
  {| pre_tokens := pre_tokens st;
     counts := fun q => if same_pair q p then counts st q - weight else counts st q;
     positions := positions st |}.

Section OnePair.
  Variable m : merge.
  Notation a := (left_id m).
  Notation b := (right_id m).
  Notation c := (result m).

  (** Where the pair begins at a position of a pre-token: its neighbours, and the pre-token with
      the pair merged there. *)
  Fixpoint merge_in (position : nat) (before : option cell) (cells : list cell)
      : option (option cell * option cell * list cell) :=
    match cells with
    | (k, x) :: (((_, y) :: rest) as tail) =>
        if k =? position then
          if (x =? a) && (y =? b) then Some (before, hd_error rest, (k, c) :: rest) else None
        else match merge_in position (Some (k, x)) tail with
             | Some (before', after, tail') => Some (before', after, (k, x) :: tail')
             | None => None
             end
    | _ => None
    end.

  (** The same among all pre-tokens, of which one at most has this position. *)
  Fixpoint merge_among (position : nat) (rows : list (list cell * nat))
      : option (nat * option cell * option cell * list (list cell * nat)) :=
    match rows with
    | [] => None
    | (cells, weight) :: others =>
        match merge_in position None cells with
        | Some (before, after, cells') => Some (weight, before, after, (cells', weight) :: others)
        | None =>
            match merge_among position others with
            | Some (weight', before, after, others') => Some (weight', before, after, (cells, weight) :: others')
            | None => None
            end
        end
    end.

  (** One position of the list: where the pair no longer begins there, nothing happens. *)
  Definition visit (st : row_state) (position : nat) : row_state :=
    match merge_among position (pre_tokens st) with
    | None => st
    | Some (weight, before, after, rows) =>
        let st1 := remove_pair (pair_of m) weight
                     {| pre_tokens := rows; counts := counts st; positions := positions st |} in
        let st2 := match before with
                   | Some (k, u) => add_pair (u, c) k weight (remove_pair (u, a) weight st1)
                   | None => st1
                   end in
        match after with
        | Some (_, z) => add_pair (c, z) position weight (remove_pair (b, z) weight st2)
        | None => st2
        end
    end.

  (** [Row.apply]. *)
  Definition apply (st : row_state) : row_state := fold_left visit (positions st (pair_of m)) st.
End OnePair.

(** ** What is right *)

Definition rows_of (st : row_state) : rows := map (fun row => (map snd (fst row), snd row)) (pre_tokens st).

Definition places (rows : list (list cell * nat)) : list nat := flat_map (fun row => map fst (fst row)) rows.

(** The pair begins at the position. *)
Definition begins (p : id * id) (position : nat) (st : row_state) : Prop :=
  exists cells weight k, In (cells, weight) (pre_tokens st) /\
    neighbours (position, fst p) (k, snd p) cells.

(** All ids are below [bound], the counts are those of a recount, and every position where a pair
    begins is in its list. *)
Record right (bound : nat) (st : row_state) : Prop := {
  placed : StronglySorted lt (places (pre_tokens st));
  known_ids : forall cells w k x, In (cells, w) (pre_tokens st) -> In (k, x) cells -> x < bound;
  known_pairs : forall p k, In k (positions st p) -> fst p < bound /\ snd p < bound;
  counts_right : forall p, counts st p = count_pair (rows_of st) p;
  listed : forall p k, begins p k st -> In k (positions st p);
  in_text_order : forall p, StronglySorted lt (positions st p) }.

(** ** Lists in order *)

Lemma sorted_app (l r : list nat) : StronglySorted lt (l ++ r) <->
  StronglySorted lt l /\ StronglySorted lt r /\ (forall x y, In x l -> In y r -> x < y).
Proof.
  induction l as [|x l IH]; simpl.
  - split; [intros H; repeat split; auto; [constructor | easy] | tauto].
  - split.
    + intros H. inversion_clear H as [|? ? H1 H2]. apply IH in H1 as (H3 & H4 & H5).
      rewrite Forall_app in H2. destruct H2 as [H2 H6]. rewrite Forall_forall in H6. repeat split; auto.
      * constructor; auto.
      * intros u y [<- | Hu]; auto.
    + intros (H1 & H2 & H3). inversion_clear H1 as [|? ? H4 H5]. constructor.
      * apply IH. repeat split; auto.
      * rewrite Forall_app. split; auto. rewrite Forall_forall. auto.
Qed.

Lemma sorted_without (l r : list nat) k : StronglySorted lt (l ++ k :: r) -> StronglySorted lt (l ++ r).
Proof.
  rewrite !sorted_app. intros (H1 & H2 & H3). inversion_clear H2. repeat split; auto.
  intros x y Hx Hy. apply H3; simpl; auto.
Qed.

(** What stands between neighbours: nothing. *)
Lemma sorted_neighbours l x y k : StronglySorted lt l -> neighbours x y l -> In k l -> k <= x \/ y <= k.
Proof.
  intros H Hn Hk. apply neighbours_iff in Hn as (p & q & ->). apply sorted_app in H as (H1 & H2 & H3).
  inversion_clear H2 as [|? ? H4 H5]. inversion_clear H4 as [|? ? H6 H7].
  rewrite Forall_forall in H7. apply in_app_iff in Hk as [Hk | [<- | [<- | Hk]]]; auto.
  - left. apply Nat.lt_le_incl. apply H3; simpl; auto.
  - right. apply Nat.lt_le_incl. auto.
Qed.

Lemma last_cons {A} (l : list A) : forall x d, last (x :: l) d = last l x.
Proof.
  induction l as [|y l IH]; intros x d; [reflexivity|].
  change (last (x :: y :: l) d) with (last (y :: l) d). now rewrite !IH.
Qed.

(** ** One place *)

Section Place.
  Variable m : merge.
  Notation a := (left_id m).
  Notation b := (right_id m).
  Notation c := (result m).

  Lemma merge_in_step position before k x k' y rest :
    merge_in m position before ((k, x) :: (k', y) :: rest)
    = if k =? position then
        if (x =? a) && (y =? b) then Some (before, hd_error rest, (k, c) :: rest) else None
      else match merge_in m position (Some (k, x)) ((k', y) :: rest) with
           | Some (before', after, tail') => Some (before', after, (k, x) :: tail')
           | None => None
           end.
  Proof. reflexivity. Qed.

  Lemma merge_in_some position cells : forall before before' after cells',
    merge_in m position before cells = Some (before', after, cells') ->
    exists l k r, cells = l ++ (position, a) :: (k, b) :: r /\ cells' = l ++ (position, c) :: r /\
      after = hd_error r /\ before' = last (map Some l) before.
  Proof.
    induction cells as [| [k x] | [k x] [k' y] s _ IH] using list_ind2; intros before before' after cells' H;
      try discriminate.
    rewrite merge_in_step in H. destruct (Nat.eqb_spec k position) as [-> | Hk].
    - destruct (Nat.eqb_spec x a) as [-> |], (Nat.eqb_spec y b) as [-> |]; try discriminate.
      injection H as <- <- <-. exists [], k', s. auto.
    - destruct (merge_in m position (Some (k, x)) ((k', y) :: s)) as [[[bf af] tl]|] eqn:E; [|discriminate].
      injection H as <- <- <-. apply IH in E as (l & kk & r & -> & -> & -> & ->).
      exists ((k, x) :: l), kk, r. repeat split. simpl map. now rewrite last_cons.
  Qed.

  Lemma merge_in_none position cells : StronglySorted lt (map fst cells) -> forall before,
    merge_in m position before cells = None -> forall k, ~ neighbours (position, a) (k, b) cells.
  Proof.
    induction cells as [| [k x] | [k x] [k' y] s _ IH] using list_ind2; intros Hs before H kk Hn.
    - inversion Hn.
    - inversion Hn; subst. match goal with H : neighbours _ _ [] |- _ => inversion H end.
    - rewrite merge_in_step in H. simpl map in Hs. inversion_clear Hs as [|? ? Hs' Hf].
      apply neighbours_cons in Hn as [[[= -> ->] (t & [= <- -> ->])] | Hn].
      + rewrite !Nat.eqb_refl in H. discriminate.
      + destruct (Nat.eqb_spec k position) as [-> | Hk].
        * apply neighbours_in in Hn as [Hn _]. apply (in_map fst) in Hn. cbn [fst] in Hn.
          rewrite Forall_forall in Hf. apply Hf in Hn. lia.
        * destruct (merge_in m position (Some (k, x)) ((k', y) :: s)) as [[[bf af] tl]|] eqn:E; [discriminate|].
          eapply IH; eauto.
  Qed.

  Lemma merge_among_some position rows : forall weight before after rows',
    merge_among m position rows = Some (weight, before, after, rows') ->
    exists r1 r2 l k r, rows = r1 ++ (l ++ (position, a) :: (k, b) :: r, weight) :: r2 /\
      rows' = r1 ++ (l ++ (position, c) :: r, weight) :: r2 /\
      after = hd_error r /\ before = last (map Some l) None.
  Proof.
    induction rows as [|[cells w] rows IH]; intros weight before after rows' H; [discriminate|].
    cbn [merge_among] in H. destruct (merge_in m position None cells) as [[[bf af] cells']|] eqn:E.
    - injection H as <- <- <- <-. apply merge_in_some in E as (l & k & r & -> & -> & -> & ->).
      exists [], rows, l, k, r. auto.
    - destruct (merge_among m position rows) as [[[[w' bf] af] others]|]; [|discriminate].
      injection H as <- <- <- <-. destruct (IH _ _ _ _ eq_refl) as (r1 & r2 & l & k & r & -> & -> & -> & ->).
      exists ((cells, w) :: r1), r2, l, k, r. auto.
  Qed.

  Lemma merge_among_none position rows : StronglySorted lt (places rows) ->
    merge_among m position rows = None ->
    forall cells w k, In (cells, w) rows -> ~ neighbours (position, a) (k, b) cells.
  Proof.
    unfold places. induction rows as [|[cells w] rows IH]; intros Hs H cells' w' k Hin; [easy|].
    cbn [merge_among] in H. simpl in Hs. apply sorted_app in Hs as (Hs & Hs' & _).
    destruct (merge_in m position None cells) as [[[bf af] cc]|] eqn:E; [discriminate|].
    destruct (merge_among m position rows) as [[[[w'' bf] af] others]|] eqn:E'; [discriminate|].
    destruct Hin as [[= <- <-] | Hin]; [eapply merge_in_none; eauto | eapply IH; eauto].
  Qed.

  (** *** Counts *)

  Lemma occurrences_cut q l x r : occurrences q (l ++ x :: r) = occurrences q (l ++ [x]) + occurrences q (x :: r).
  Proof.
    induction l as [| y | y z l _ IH] using list_ind2.
    - reflexivity.
    - simpl app. rewrite !occurrences_pair. change (occurrences q [x]) with 0. lia.
    - simpl app in *. rewrite !occurrences_pair, IH. lia.
  Qed.

  Definition gone (before after : option cell) : list (id * id) :=
    (a, b) :: map (fun e => (snd e, a)) (match before with Some e => [e] | None => [] end)
           ++ map (fun e => (b, snd e)) (match after with Some e => [e] | None => [] end).
  Definition made (before after : option cell) : list (id * id) :=
    map (fun e => (snd e, c)) (match before with Some e => [e] | None => [] end)
    ++ map (fun e => (c, snd e)) (match after with Some e => [e] | None => [] end).

  Lemma occurrences_begin q x (r : list cell) :
    occurrences q (x :: map snd r)
    = times q (map (fun e => (x, snd e)) (match hd_error r with Some e => [e] | None => [] end))
      + occurrences q (map snd r).
  Proof. destruct r as [|[k z] r]; [reflexivity|]. simpl map. apply occurrences_pair. Qed.

  Lemma occurrences_end q x (l : list cell) :
    occurrences q (map snd l ++ [x])
    = times q (map (fun e => (snd e, x)) (match last (map Some l) None with Some e => [e] | None => [] end))
      + occurrences q (map snd l).
  Proof.
    destruct l as [|[k u] l _] using rev_ind; [reflexivity|].
    rewrite !map_app. simpl map. rewrite last_last, <- app_assoc. simpl app.
    rewrite (occurrences_cut q (map snd l) u [x]), occurrences_pair.
    change (occurrences q [x]) with 0. simpl map. lia.
  Qed.

  Lemma place_balance q l position k r :
    let before := last (map Some l) None in
    exists n,
      occurrences q (map snd (l ++ (position, a) :: (k, b) :: r)) = n + times q (gone before (hd_error r)) /\
      occurrences q (map snd (l ++ (position, c) :: r)) = n + times q (made before (hd_error r)).
  Proof.
    intros before. exists (occurrences q (map snd l) + occurrences q (map snd r)).
    unfold gone, made. rewrite times_cons, !times_app, !map_app. simpl map.
    rewrite (occurrences_cut q (map snd l) a), (occurrences_cut q (map snd l) c), !occurrences_end.
    fold before. rewrite occurrences_pair, !occurrences_begin. split; lia.
  Qed.

  Notation ids_of rows := (map (fun row : list cell * nat => (map snd (fst row), snd row)) rows).

  Lemma count_among q r1 cells w r2 : count_pair (ids_of (r1 ++ (cells, w) :: r2)) q
    = count_pair (ids_of r1) q + w * occurrences q (map snd cells) + count_pair (ids_of r2) q.
  Proof.
    unfold count_pair. rewrite !map_app, list_sum_app. cbn [map fst snd].
    change (list_sum (?x :: ?l)) with (x + list_sum l). lia.
  Qed.

  Lemma rows_balance q r1 r2 l position k r w :
    let before := last (map Some l) None in
    exists n,
      count_pair (ids_of (r1 ++ (l ++ (position, a) :: (k, b) :: r, w) :: r2)) q
      = n + w * times q (gone before (hd_error r)) /\
      count_pair (ids_of (r1 ++ (l ++ (position, c) :: r, w) :: r2)) q
      = n + w * times q (made before (hd_error r)).
  Proof.
    intros before. destruct (place_balance q l position k r) as (n & E & E'). fold before in E, E'.
    exists (count_pair (ids_of r1) q + w * n + count_pair (ids_of r2) q).
    rewrite !count_among, E, E'. lia.
  Qed.
End Place.

(** ** The positions of a list, one after the other *)

Lemma places_app r1 r2 : places (r1 ++ r2) = places r1 ++ places r2.
Proof. apply flat_map_app. Qed.

Lemma places_cons cells w rows : places ((cells, w) :: rows) = map fst cells ++ places rows.
Proof. reflexivity. Qed.

Lemma neighbours_places cells w rows j x j' y : In (cells, w) rows -> neighbours (j, x) (j', y) cells ->
  neighbours j j' (places rows).
Proof.
  intros Hin Hn. apply in_split in Hin as (r1 & r2 & ->). rewrite places_app, places_cons.
  apply neighbours_app_r, neighbours_app_l. apply neighbours_iff in Hn as (p & q & ->).
  rewrite map_app. apply neighbours_iff. eexists _, _. reflexivity.
Qed.

Lemma in_places cells w rows j x : In (cells, w) rows -> In (j, x) cells -> In j (places rows).
Proof.
  intros Hin Hj. apply in_flat_map. exists (cells, w). split; auto. apply (in_map fst) in Hj. exact Hj.
Qed.

Lemma one_id_at_a_place rows : StronglySorted lt (places rows) -> forall cells w cells' w' j x x',
  In (cells, w) rows -> In (cells', w') rows -> In (j, x) cells -> In (j, x') cells' -> x = x'.
Proof.
  intros Hs cells w cells' w' j x x' H H' Hx Hx'.
  assert (E : places rows = map fst (flat_map fst rows)).
  { clear. induction rows as [|[cc w] rows IH]; auto. rewrite places_cons. simpl. now rewrite map_app, IH. }
  rewrite E in Hs.
  assert (G : In (j, x) (flat_map fst rows)) by (apply in_flat_map; exists (cells, w); auto).
  assert (G' : In (j, x') (flat_map fst rows)) by (apply in_flat_map; exists (cells', w'); auto).
  clear -Hs G G'. induction (flat_map fst rows) as [|[k y] l IH]; [easy|].
  simpl map in Hs. inversion_clear Hs as [|? ? H1 H2]. rewrite Forall_forall in H2.
  assert (Hno : forall z, In (k, z) l -> False).
  { intros z Hz. apply (in_map fst) in Hz. apply H2 in Hz. simpl in Hz. lia. }
  destruct G as [[= -> ->] | G], G' as [E | G'].
  - now injection E.
  - now apply Hno in G'.
  - injection E as -> ->. now apply Hno in G.
  - auto.
Qed.

Lemma neighbours_cut {A} (e e' x : A) l r : neighbours e e' (l ++ x :: r) ->
  neighbours e e' l \/ (exists l0, l = l0 ++ [e] /\ e' = x) \/ (e = x /\ exists r', r = e' :: r') \/ neighbours e e' r.
Proof.
  induction l as [|y l IH]; intros H.
  - simpl in H. apply neighbours_cons in H as [[-> (t & ->)] | H]; eauto 6.
  - apply neighbours_cons in H as [[-> (t & E)] | H].
    + destruct l as [|z l]; simpl in E; injection E as -> _.
      * right. left. now exists [].
      * left. constructor.
    + destruct (IH H) as [H' | [(l0 & -> & ->) | [H' | H']]]; auto.
      * left. now constructor.
      * right. left. now exists (y :: l0).
Qed.

Lemma neighbours_of_map {A B} (f : A -> B) s x y : neighbours x y (map f s) ->
  exists u w, neighbours u w s /\ f u = x /\ f w = y.
Proof.
  intros H. apply neighbours_iff in H as (p & q & E).
  apply map_eq_app in E as (p' & q' & -> & <- & E). destruct q' as [|u [|w q']]; try discriminate.
  injection E as <- <- <-. exists u, w. split; auto. apply neighbours_iff. eauto.
Qed.

Section Sweep.
  Variable m : merge.
  Notation a := (left_id m).
  Notation b := (right_id m).
  Notation c := (result m).
  Hypothesis a_is_older : a < c.
  Hypothesis b_is_older : b < c.

  Lemma apply_merge_behind l r : ~ neighbours a b l ->
    apply_merge m (l ++ c :: r) = l ++ c :: apply_merge m r.
  Proof.
    induction l as [|x l IH]; intros H.
    - destruct r as [|y r]; [reflexivity|]. apply apply_miss. lia.
    - assert (H' : ~ neighbours a b l) by (intros K; apply H; now constructor).
      specialize (IH H'). destruct l as [|y l].
      + change (apply_merge m (x :: c :: r) = x :: c :: apply_merge m r).
        rewrite apply_miss by lia. f_equal. exact IH.
      + change (apply_merge m (x :: y :: l ++ c :: r) = x :: (y :: l) ++ c :: apply_merge m r).
        rewrite apply_miss; [f_equal; exact IH|]. intros [-> ->]. apply H. constructor.
  Qed.

  (** What [visit] does to the counts and to the positions. *)
  Definition at_before (before : option cell) (q : id * id) : list nat :=
    match before with Some (k, u) => if same_pair q (u, c) then [k] else [] | None => [] end.
  Definition at_here (position : nat) (after : option cell) (q : id * id) : list nat :=
    match after with Some (_, z) => if same_pair q (c, z) then [position] else [] | None => [] end.

  Lemma visit_some st position w before after rows :
    merge_among m position (pre_tokens st) = Some (w, before, after, rows) ->
    pre_tokens (visit m st position) = rows /\
    (forall q, positions (visit m st position) q
               = positions st q ++ at_before before q ++ at_here position after q) /\
    (forall q n, counts st q = n + w * times q (gone m before after) ->
                 counts (visit m st position) q = n + w * times q (made m before after)).
  Proof.
    intros E. unfold visit. rewrite E. unfold gone, made, at_before, at_here, add_pair, remove_pair.
    destruct before as [[k u]|], after as [[k' z]|]; simpl; (split; [reflexivity|]; split; intros q).
    all: try (intros n Hn; rewrite Hn; unfold times; simpl).
    all: unfold pair_of.
    all: repeat match goal with |- context[same_pair ?u ?p] => destruct (same_pair u p) end; simpl.
    all: rewrite ?app_nil_r, <- ?app_assoc; simpl; try reflexivity; lia.
  Qed.

  Notation merged_rows rows := (map (fun row : list cell * nat => (apply_merge m (map snd (fst row)), snd row)) rows).

  (** Everything before position [n] is done; of the list, [todo] is left. *)
  Record swept (n : nat) (todo : list nat) (target : Definitions.rows) (st : row_state) : Prop := {
    s_placed : StronglySorted lt (places (pre_tokens st));
    s_ids : forall cells w k x, In (cells, w) (pre_tokens st) -> In (k, x) cells -> x < c \/ (x = c /\ k < n);
    s_pairs : forall p k, In k (positions st p) -> fst p <= c /\ snd p <= c;
    s_counts : forall p, counts st p = count_pair (rows_of st) p;
    s_listed : forall p k, begins p k st -> In k (positions st p);
    s_order : forall p, StronglySorted lt (positions st p);
    s_left : forall u k, In k (positions st (u, c)) -> S k < n;
    s_right : forall z k, In k (positions st (c, z)) -> k < n;
    s_gap : forall cells w k x k' y, In (cells, w) (pre_tokens st) -> neighbours (k, x) (k', y) cells ->
      n <= k' -> n <= S k;
    s_todo : forall k, begins (a, b) k st -> In k todo;
    s_target : merged_rows (pre_tokens st) = target }.

  Lemma visit_nothing n position todo target st : StronglySorted lt (position :: todo) ->
    swept n (position :: todo) target st -> merge_among m position (pre_tokens st) = None ->
    swept n todo target (visit m st position).
  Proof.
    intros Hs H E. unfold visit. rewrite E. destruct H. split; auto.
    intros k Hk. destruct (s_todo0 k Hk) as [<- | Hin]; auto. exfalso.
    destruct Hk as (cells & w & k' & Hin & Hn). simpl in Hn.
    eapply (merge_among_none m position _ s_placed0 E); eauto.
  Qed.

  Section Hit.
    Variables (n position : nat) (todo : list nat) (target : Definitions.rows) (st : row_state).
    Variables (r1 r2 : list (list cell * nat)) (w k : nat) (l r : list cell).
    Hypothesis Hsorted : StronglySorted lt (position :: todo).
    Hypothesis Hn : n <= position.
    Hypothesis Hst : swept n (position :: todo) target st.
    Hypothesis Hold : pre_tokens st = r1 ++ (l ++ (position, a) :: (k, b) :: r, w) :: r2.
    Hypothesis E : merge_among m position (pre_tokens st)
      = Some (w, last (map Some l) None, hd_error r, r1 ++ (l ++ (position, c) :: r, w) :: r2).
    Notation st' := (visit m st position).
    Notation new := (r1 ++ (l ++ (position, c) :: r, w) :: r2).

    Lemma hit_rows : pre_tokens st' = new.
    Proof. now apply visit_some in E. Qed.

    Lemma here : In (l ++ (position, a) :: (k, b) :: r, w) (pre_tokens st).
    Proof. rewrite Hold. apply in_elt. Qed.

    Lemma here_now : In (l ++ (position, c) :: r, w) (pre_tokens st').
    Proof. rewrite hit_rows. apply in_elt. Qed.

    Lemma elsewhere cells w' : In (cells, w') (pre_tokens st') ->
      In (cells, w') (pre_tokens st) \/ cells = l ++ (position, c) :: r.
    Proof.
      rewrite hit_rows, Hold, !in_app_iff. simpl. intros [H | [[= <- <-] | H]]; auto.
    Qed.

    Lemma hit_placed : StronglySorted lt (places (pre_tokens st')).
    Proof.
      pose proof (s_placed _ _ _ _ Hst) as H. rewrite hit_rows. rewrite Hold in H.
      rewrite places_app, places_cons, map_app in *. simpl map in *.
      rewrite <- !app_assoc in *. simpl app in *.
      change (position :: k :: map fst r ++ places r2) with ([position] ++ k :: map fst r ++ places r2) in H.
      change (position :: map fst r ++ places r2) with ([position] ++ map fst r ++ places r2).
      rewrite !app_assoc in *. rewrite <- !(app_assoc _ (map fst r)) in *.
      apply sorted_without in H. exact H.
    Qed.

    Lemma row_sorted : StronglySorted lt (map fst l ++ position :: k :: map fst r).
    Proof.
      pose proof (s_placed _ _ _ _ Hst) as H. rewrite Hold in H.
      rewrite places_app, places_cons, map_app in H. apply sorted_app in H as (_ & H & _).
      apply sorted_app in H as (H & _). exact H.
    Qed.

    Lemma left_of j x : In (j, x) l -> j < position.
    Proof.
      intros H. apply (in_map fst) in H. pose proof row_sorted as R. apply sorted_app in R as (_ & _ & R).
      apply R; simpl; auto.
    Qed.

    Lemma right_of j x : In (j, x) r -> position < j.
    Proof.
      intros H. apply (in_map fst) in H. pose proof row_sorted as R. apply sorted_app in R as (_ & R & _).
      inversion_clear R as [|? ? _ F]. rewrite Forall_forall in F. apply F. now right.
    Qed.

    (** A pair of neighbours was there before, or was made by this merge. *)
    Lemma hit_neighbours cells w' j x j' y : In (cells, w') (pre_tokens st') -> neighbours (j, x) (j', y) cells ->
      (exists cells0 w0, In (cells0, w0) (pre_tokens st) /\ neighbours (j, x) (j', y) cells0) \/
      (j' = position /\ y = c /\ last (map Some l) None = Some (j, x) /\ In (j, x) l) \/
      (j = position /\ x = c /\ hd_error r = Some (j', y) /\ In (j', y) r).
    Proof.
      intros Hin Hb. apply elsewhere in Hin as [Hin | ->]; [left; eauto|].
      apply neighbours_cut in Hb as [Hb | [(l0 & El & [= -> ->]) | [([= -> ->] & r' & Er) | Hb]]].
      - left. exists (l ++ (position, a) :: (k, b) :: r), w. split; [apply here|]. now apply neighbours_app_l.
      - right. left. rewrite El, map_app. simpl map. rewrite last_last. repeat split; auto.
        apply in_or_app. right. now left.
      - right. right. rewrite Er. repeat split; auto. now left.
      - left. exists (l ++ (position, a) :: (k, b) :: r), w. split; [apply here|].
        apply neighbours_app_r. do 2 apply neighbours_later. exact Hb.
    Qed.

    Lemma before_is j x : last (map Some l) None = Some (j, x) ->
      In (j, x) l /\ neighbours (j, x) (position, a) (l ++ (position, a) :: (k, b) :: r).
    Proof.
      destruct l as [|e l0 _] using rev_ind; [discriminate|]. rewrite map_app. simpl map. rewrite last_last.
      intros [= ->]. split; [apply in_or_app; right; now left|]. rewrite <- app_assoc.
      apply neighbours_iff. eexists _, _. reflexivity.
    Qed.

    Lemma before_bounds j x : last (map Some l) None = Some (j, x) -> n <= S j /\ j < position /\ x <= c.
    Proof.
      intros H. apply before_is in H as [Hin Hb]. split; [|split].
      - apply (s_gap _ _ _ _ Hst _ _ _ _ _ _ here Hb Hn).
      - now apply left_of in Hin.
      - destruct (s_ids _ _ _ _ Hst _ _ j x here) as [? | [-> _]]; [|lia|lia].
        apply in_or_app. now left.
    Qed.

    Lemma after_is j z : hd_error r = Some (j, z) -> z < c.
    Proof.
      intros H. assert (Hin : In (j, z) r) by (destruct r as [|e r']; [discriminate|]; injection H as ->; now left).
      destruct (s_ids _ _ _ _ Hst _ _ j z here) as [? | [_ Hj]]; auto.
      - apply in_or_app. right. do 2 right. exact Hin.
      - apply right_of in Hin. lia.
    Qed.

    Lemma hit_positions q : positions st' q
      = positions st q ++ at_before (last (map Some l) None) q ++ at_here position (hd_error r) q.
    Proof. now apply visit_some in E as (_ & H & _). Qed.

    Lemma in_at_before q j : In j (at_before (last (map Some l) None) q) ->
      exists u, q = (u, c) /\ last (map Some l) None = Some (j, u).
    Proof.
      clear E. unfold at_before. destruct (last (map Some l) None) as [[j' u]|]; [|easy].
      destruct (same_pair q (u, c)) eqn:Es; [|easy]. apply same_pair_iff in Es as ->.
      intros [-> | []]. eauto.
    Qed.

    Lemma in_at_here q j : In j (at_here position (hd_error r) q) ->
      j = position /\ exists k' z, q = (c, z) /\ hd_error r = Some (k', z) /\ z < c.
    Proof.
      pose proof after_is as Hafter. clear E.
      unfold at_here. destruct (hd_error r) as [[k' z]|]; [|easy].
      destruct (same_pair q (c, z)) eqn:Es; [|easy]. apply same_pair_iff in Es as ->.
      intros [<- | []]. split; auto. exists k', z. repeat split; auto. eapply Hafter; eauto.
    Qed.

    Lemma in_hit_positions q j : In j (positions st' q) -> In j (positions st q) \/
      (exists u, q = (u, c) /\ last (map Some l) None = Some (j, u)) \/
      (j = position /\ exists k' z, q = (c, z) /\ hd_error r = Some (k', z) /\ z < c).
    Proof.
      rewrite hit_positions, !in_app_iff. intros [H | [H | H]]; auto; right; [left | right].
      - now apply in_at_before.
      - now apply in_at_here.
    Qed.

    Lemma hit_order q : StronglySorted lt (positions st' q).
    Proof.
      rewrite hit_positions. apply sorted_app. split; [apply (s_order _ _ _ _ Hst)|]. split.
      - apply sorted_app. repeat split.
        + unfold at_before. destruct (last _ _) as [[? ?]|]; [destruct (same_pair _ _)|]; repeat constructor.
        + unfold at_here. destruct (hd_error _) as [[? ?]|]; [destruct (same_pair _ _)|]; repeat constructor.
        + intros x y Hx Hy. apply in_at_before in Hx as (u & -> & Hu). apply before_bounds in Hu.
          apply in_at_here in Hy as (-> & _). lia.
      - intros x y Hx Hy. apply in_app_iff in Hy as [Hy | Hy].
        + apply in_at_before in Hy as (u & -> & Hu). apply before_bounds in Hu.
          apply (s_left _ _ _ _ Hst) in Hx. lia.
        + apply in_at_here in Hy as (-> & k' & z & -> & _). apply (s_right _ _ _ _ Hst) in Hx. lia.
    Qed.

    Lemma hit_target : merged_rows (pre_tokens st') = target.
    Proof.
      rewrite <- (s_target _ _ _ _ Hst), hit_rows, Hold, !map_app. simpl map. rewrite !map_app. simpl map.
      assert (Hl : ~ neighbours a b (map snd l ++ [a])).
      { intros H. change ([a]) with (map snd [(position, a)]) in H. rewrite <- map_app in H.
        apply neighbours_of_map in H as ([j x] & [j' y] & H & Ex & Ey). simpl in Ex, Ey. subst x y.
        assert (Hj : j < position).
        { apply neighbours_cut in H as [H | [(l0 & El & _) | [(_ & r' & Er) | H]]].
          - apply neighbours_in in H as [H _]. now apply left_of in H.
          - apply (left_of j a). rewrite El. apply in_or_app. right. now left.
          - discriminate.
          - inversion H. }
        assert (Hb : begins (a, b) j st).
        { eexists _, _, j'. split; [apply here|]. simpl.
          change (l ++ (position, a) :: (k, b) :: r) with (l ++ [(position, a)] ++ (k, b) :: r).
          rewrite app_assoc. now apply neighbours_app_l. }
        apply (s_todo _ _ _ _ Hst) in Hb as [<- | Hb]; [lia|].
        inversion_clear Hsorted as [|? ? _ F]. rewrite Forall_forall in F. apply F in Hb. lia. }
      do 3 f_equal. rewrite apply_merge_left_to_right by exact Hl. symmetry. f_equal. symmetry.
      apply apply_merge_behind. intros H. apply Hl. now apply neighbours_app_l.
    Qed.

    Lemma hit_swept : swept (S position) todo target st'.
    Proof.
      split.
      - apply hit_placed.
      - intros cells w' j x Hin Hj. apply elsewhere in Hin as [Hin | ->].
        + destruct (s_ids _ _ _ _ Hst _ _ _ _ Hin Hj) as [? | [-> ?]]; auto. right. split; auto. lia.
        + apply in_app_iff in Hj as [Hj | [[= <- <-] | Hj]]; [| right; split; auto; lia |];
            (destruct (s_ids _ _ _ _ Hst _ _ j x here) as [? | [-> ?]];
             [apply in_or_app; simpl; auto | auto | right; split; auto; lia]).
      - intros q j Hj. apply in_hit_positions in Hj as [Hj | [(u & -> & Hu) | (-> & k' & z & -> & _ & Hz)]].
        + apply (s_pairs _ _ _ _ Hst _ _ Hj).
        + apply before_bounds in Hu. simpl. lia.
        + simpl. lia.
      - intros q. unfold rows_of. rewrite hit_rows.
        destruct (rows_balance m q r1 r2 l position k r w) as (nn & E1 & E2). rewrite E2.
        apply visit_some in E as (_ & _ & Hc). apply Hc.
        rewrite <- E1, <- Hold. apply (s_counts _ _ _ _ Hst).
      - intros [x y] j (cells & w' & j' & Hin & Hb). simpl in Hb. rewrite hit_positions, !in_app_iff.
        destruct (hit_neighbours _ _ _ _ _ _ Hin Hb) as [(cells0 & w0 & Hin0 & Hb0) | [(-> & -> & Hl & _) | (-> & -> & Hr & _)]].
        + left. apply (s_listed _ _ _ _ Hst). exists cells0, w0, j'. auto.
        + right. left. unfold at_before. rewrite Hl. rewrite (proj2 (same_pair_iff _ _) eq_refl). now left.
        + right. right. unfold at_here. rewrite Hr. rewrite (proj2 (same_pair_iff _ _) eq_refl). now left.
      - apply hit_order.
      - intros u j Hj. apply in_hit_positions in Hj as [Hj | [(u' & _ & Hu) | (-> & k' & z & [= _ <-] & _ & Hz)]].
        + apply (s_left _ _ _ _ Hst) in Hj. lia.
        + apply before_bounds in Hu. lia.
        + lia.
      - intros z j Hj. apply in_hit_positions in Hj as [Hj | [(u' & _ & Hu) | (-> & _)]].
        + apply (s_right _ _ _ _ Hst) in Hj. lia.
        + apply before_bounds in Hu. lia.
        + lia.
      - intros cells w' j x j' y Hin Hb Hj.
        assert (Hp : In position (places (pre_tokens st')))
          by (apply (in_places _ _ _ _ c here_now); apply in_elt).
        pose proof (neighbours_places _ _ _ _ _ _ _ Hin Hb) as Hnb.
        destruct (sorted_neighbours _ _ _ _ hit_placed Hnb Hp); lia.
      - intros j (cells & w' & j' & Hin & Hb). simpl in Hb.
        assert (Hold' : begins (a, b) j st).
        { destruct (hit_neighbours _ _ _ _ _ _ Hin Hb) as [(cells0 & w0 & Hin0 & Hb0) | [(_ & Hc & _) | (_ & Hc & _)]];
            [exists cells0, w0, j'; auto | lia | lia]. }
        apply (s_todo _ _ _ _ Hst) in Hold' as [<- | Hj]; auto. exfalso.
        apply neighbours_in in Hb as [Hb _].
        assert (Hc : a = c); [|lia].
        apply (one_id_at_a_place _ hit_placed _ _ _ _ position _ _ Hin here_now Hb). apply in_elt.
      - apply hit_target.
    Qed.
  End Hit.

  Lemma visit_swept n position todo target st : StronglySorted lt (position :: todo) -> n <= position ->
    swept n (position :: todo) target st ->
    exists n', n' <= S position /\ swept n' todo target (visit m st position).
  Proof.
    intros Hs Hn H. destruct (merge_among m position (pre_tokens st)) as [[[[w before] after] rows]|] eqn:E.
    - pose proof E as E'. apply merge_among_some in E' as (r1 & r2 & l & k & r & Hold & -> & -> & ->).
      exists (S position). split; auto. eapply hit_swept; eauto.
    - exists n. split; [lia|]. now apply visit_nothing.
  Qed.

  Lemma sweep todo : forall n target st, StronglySorted lt todo -> Forall (le n) todo ->
    swept n todo target st -> exists n', swept n' [] target (fold_left (visit m) todo st).
  Proof.
    induction todo as [|position todo IH]; intros n target st Hs Hf H; [simpl; eauto|].
    inversion_clear Hf as [|? ? Hn _]. destruct (visit_swept n position todo target st Hs Hn H) as (n' & Hn' & H').
    cbn [fold_left]. inversion_clear Hs as [|? ? Hs' Hp]. apply (IH n'); auto.
    eapply Forall_impl; [|exact Hp]. simpl. intros x Hx. lia.
  Qed.

  (** *** The whole list *)

  (* Clauses in part: T13 *)
  Theorem merging_at_listed_positions_is_apply_merge st : right c st ->
    rows_of (apply m st) = map (fun row => (apply_merge m (fst row), snd row)) (rows_of st) /\
    right (S c) (apply m st).
  Proof.
    intros [H1 H2 H3 H4 H5 H6].
    assert (Hs : swept 0 (positions st (a, b)) (merged_rows (pre_tokens st)) st).
    { split; auto.
      - intros. left. eauto.
      - intros p k Hk. apply H3 in Hk. lia.
      - intros u k Hk. apply H3 in Hk. simpl in Hk. lia.
      - intros z k Hk. apply H3 in Hk. simpl in Hk. lia.
      - lia. }
    apply sweep in Hs as (n & Hs); auto; [|now apply Forall_forall; intros; lia].
    unfold apply, pair_of. split.
    - transitivity (merged_rows (pre_tokens st)); [|unfold rows_of; now rewrite map_map].
      rewrite <- (s_target _ _ _ _ Hs). unfold rows_of. apply map_ext_in. intros [cells w] Hin. simpl. f_equal.
      symmetry. apply apply_merge_absent. intros Hb.
      apply neighbours_of_map in Hb as ([j x] & [j' y] & Hb & Ex & Ey). simpl in Ex, Ey.
      apply (s_todo _ _ _ _ Hs j). exists cells, w, j'. simpl. split; [exact Hin | congruence].
    - destruct Hs. split; auto.
      + intros cells w k x Hin Hx. destruct (s_ids0 _ _ _ _ Hin Hx) as [|[-> _]]; lia.
      + intros p k Hk. apply s_pairs0 in Hk. lia.
  Qed.
End Sweep.

(** ** From the beginning *)

Fixpoint place (start : nat) (ids : list id) : list cell :=
  match ids with [] => [] | x :: rest => (start, x) :: place (S start) rest end.

(** All pre-tokens one after the other. *)
Fixpoint place_rows (start : nat) (rs : rows) : list (list cell * nat) :=
  match rs with
  | [] => []
  | (ids, weight) :: others => (place start ids, weight) :: place_rows (start + length ids) others
  end.

Fixpoint begins_in (p : id * id) (position : nat) (cells : list cell) : bool :=
  match cells with
  | (k, x) :: (((_, y) :: _) as tail) => ((k =? position) && same_pair p (x, y)) || begins_in p position tail
  | _ => false
  end.

Definition start_row (rs : rows) : row_state :=
  let placed := place_rows 0 rs in
  {| pre_tokens := placed;
     counts := count_pair rs;
     positions := fun p => filter (fun k => existsb (fun row => begins_in p k (fst row)) placed) (places placed) |}.

Lemma begins_in_iff p position cells :
  begins_in p position cells = true <-> exists k, neighbours (position, fst p) (k, snd p) cells.
Proof.
  induction cells as [| [k x] | [k x] [k' y] s _ IH] using list_ind2.
  - split; [discriminate | intros [k H]; inversion H].
  - split; [discriminate | intros [k' H]]. inversion H as [|? ? H']; inversion H'.
  - change (begins_in p position ((k, x) :: (k', y) :: s))
      with (((k =? position) && same_pair p (x, y)) || begins_in p position ((k', y) :: s)).
    rewrite orb_true_iff, andb_true_iff, Nat.eqb_eq, same_pair_iff, IH. split.
    + intros [[-> ->] | [j H]]; [exists k' | exists j]; constructor. exact H.
    + intros [j H]. apply neighbours_cons in H as [[[= -> ->] (t & [= -> -> ->])] | H]; [left | right; eauto].
      now rewrite <- surjective_pairing.
Qed.

Lemma sorted_filter f (l : list nat) : StronglySorted lt l -> StronglySorted lt (filter f l).
Proof.
  induction 1 as [|x l _ IH H]; simpl; [constructor|]. destruct (f x); auto. constructor; auto.
  rewrite Forall_forall in *. intros y Hy. apply filter_In in Hy as [Hy _]. auto.
Qed.

Lemma place_ids start ids : map snd (place start ids) = ids.
Proof. revert start. induction ids as [|x ids IH]; intros start; simpl; [|rewrite IH]; auto. Qed.

Lemma place_positions start ids : map fst (place start ids) = seq start (length ids).
Proof. revert start. induction ids as [|x ids IH]; intros start; simpl; [|rewrite IH]; auto. Qed.

Lemma place_rows_ids start rs : map (fun row => (map snd (fst row), snd row)) (place_rows start rs) = rs.
Proof.
  revert start. induction rs as [|[ids w] rs IH]; intros start; simpl; auto. now rewrite place_ids, IH.
Qed.

Lemma place_rows_positions start rs : exists n, places (place_rows start rs) = seq start n.
Proof.
  revert start. induction rs as [|[ids w] rs IH]; intros start; [now exists 0|].
  destruct (IH (start + length ids)) as [n E]. exists (length ids + n).
  cbn [place_rows]. rewrite places_cons, E, place_positions. now rewrite seq_app.
Qed.

Lemma seq_sorted start n : StronglySorted lt (seq start n).
Proof.
  revert start. induction n as [|n IH]; intros start; simpl; constructor; auto.
  apply Forall_forall. intros x Hx. apply in_seq in Hx. lia.
Qed.

Lemma start_rows rs : rows_of (start_row rs) = rs.
Proof. apply place_rows_ids. Qed.

Lemma start_right bound rs : (forall s w, In (s, w) rs -> Forall (fun i => i < bound) s) ->
  right bound (start_row rs).
Proof.
  intros Hb. assert (Hids : forall cells w k x, In (cells, w) (place_rows 0 rs) -> In (k, x) cells -> x < bound).
  { intros cells w k x Hin Hx. apply (in_map snd) in Hx. simpl in Hx.
    apply (in_map (fun row : list cell * nat => (map snd (fst row), snd row))) in Hin.
    rewrite place_rows_ids in Hin. simpl in Hin. apply Hb in Hin. rewrite Forall_forall in Hin. auto. }
  assert (Hs : StronglySorted lt (places (place_rows 0 rs)))
    by (destruct (place_rows_positions 0 rs) as [n ->]; apply seq_sorted).
  split; cbn [pre_tokens counts positions start_row]; auto.
  - intros p k H. apply filter_In in H as [_ H]. apply existsb_exists in H as ([cells w] & Hin & H).
    apply begins_in_iff in H as (k' & H). apply neighbours_in in H as [H1 H2]. simpl in *. split; eauto.
  - intros p. now rewrite start_rows.
  - intros p k (cells & w & k' & Hin & H). apply filter_In. pose proof H as H'. apply neighbours_in in H' as [H' _].
    split; [eapply in_places; eauto|]. apply existsb_exists. exists (cells, w). split; auto.
    apply begins_in_iff. eauto.
  - intros p. now apply sorted_filter.
Qed.

(** ** All of training *)

Section Whole.
  Variables (tie : tie_break) (min_frequency : nat) (order : list byte) (corpus : PreTokenCounts.counts).
  Hypothesis Hmin : 1 <= min_frequency.
  Hypothesis order_once : NoDup order.
  Hypothesis order_all : forall b, In b order.
  Notation start := (start_training order corpus).

  (* Clauses: T10 *)
  Theorem lists_of_positions_follow_training ms st : trained tie min_frequency start ms st ->
    let row := fold_left (fun row m => apply m row) ms (start_row (sequences start)) in
    rows_of row = sequences st /\ right (length (tokens st)) row.
  Proof.
    induction 1 as [|ms st m st' Ht [IH1 IH2] Hstep]; cbv zeta in *.
    - simpl. split; [apply start_rows|].
      pose proof (kept_start order corpus order_once order_all) as Hk.
      apply start_right. intros s w H. apply (rows_old _ _ _ _ Hk) in H.
      eapply Forall_impl; [|exact H]. simpl. intros i Hi. rewrite map_length. lia.
    - rewrite fold_left_app. cbn [fold_left].
      assert (Hk := kept_always tie min_frequency order corpus Hmin order_once order_all _ _ Ht).
      assert (Hk' : kept order corpus (ms ++ [m]) st')
        by (eapply kept_always; eauto; econstructor; eauto).
      assert (Hlen := tokens_counted _ _ _ _ Hk). assert (Hlen' := tokens_counted _ _ _ _ Hk').
      rewrite app_length in Hlen'. simpl in Hlen'.
      destruct (merges_numbered _ _ _ _ Hk' (length ms) m) as (Hr & Ha & Hb & _).
      { rewrite nth_error_app2, Nat.sub_diag by auto. reflexivity. }
      rewrite <- Hlen in *.
      destruct (merging_at_listed_positions_is_apply_merge m ltac:(lia) ltac:(lia) _ ltac:(rewrite Hr; exact IH2)) as [E Hright].
      split.
      + rewrite E, IH1. unfold train_step in Hstep.
        destruct (select_pair _ _ _) as [p|]; [|discriminate]. destruct (_ <? _); [discriminate|].
        now injection Hstep as <- <-.
      + rewrite Hlen'. replace (length order + (length ms + 1)) with (S (result m)) by lia. exact Hright.
  Qed.
End Whole.

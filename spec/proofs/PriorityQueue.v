(** * Merging with a priority queue

    [_merge_long] of [bpe/engine/merges.py]: each pair that may merge is in a queue, keyed by
    rank and position; neighbours are linked; entries whose pair has changed since are stale,
    and are skipped when they come up.

    - [merging_with_a_queue_is_merging] (E9 in part): this gives what the definition gives,
      whatever the ranks, for any queue that gives back its least entry.
    - [at_most_three_entries_for_each_id] (R1 in part): within three times as many entries as there
      are ids, the queue is empty. *)

From BPE Require Import Definitions ApplyMerge LowestRank.

(** ** The algorithm *)

Record row_state := {
  ids : nat -> option id;           (* [None] where the id was absorbed (-1) *)
  following : nat -> nat;
  preceding : nat -> option nat;    (* [None] at the first (-1) *)
  ranks : nat -> option nat;        (* of the pair that begins here; [None] is -1 *)
  queue : list (nat * nat) }.       (* rank and position *)

Definition set {A} (f : nat -> A) (k : nat) (x : A) : nat -> A := fun n => if n =? k then x else f n.

(** Lexicographic order: the key [rank << 32 | position]. *)
Definition before_or_same (k k' : nat * nat) : Prop :=
  fst k < fst k' \/ (fst k = fst k' /\ snd k <= snd k').

Section Queue.
  Variables (rank_of : id -> id -> option nat) (result_of : nat -> id) (join : id -> id -> id).
  Hypothesis result_is_join : forall x y r, rank_of x y = Some r -> result_of r = join x y.

  (** What is asked of the queue: [pop] takes out its least entry. *)
  Variable pop : list (nat * nat) -> option ((nat * nat) * list (nat * nat)).
  Hypothesis pop_none : forall q, pop q = None -> q = [].
  Hypothesis pop_some : forall q k q', pop q = Some (k, q') ->
    Permutation q (k :: q') /\ forall k', In k' q -> before_or_same k k'.

  (** How many ids there were. *)
  Variable size : nat.

  Definition symbol (st : row_state) (p : nat) : id :=
    match ids st p with Some i => i | None => 0 end.

  Definition pair_rank_at (f : nat -> option id) (p q : nat) : option nat :=
    match f p, f q with Some x, Some y => rank_of x y | _, _ => None end.

  Definition push (r : option nat) (p : nat) (q : list (nat * nat)) : list (nat * nat) :=
    match r with Some r => (r, p) :: q | None => q end.

  (** A live entry comes up: merge the pair that begins at [position]. *)
  Definition merge_at (st : row_state) (rank position : nat) (q : list (nat * nat)) : row_state :=
    let absorbed := following st position in
    let after := following st absorbed in
    let ids' := set (set (ids st) position (Some (result_of rank))) absorbed None in
    let rank_after := if after <? size then pair_rank_at ids' position after else None in
    let ranks' := set (set (ranks st) absorbed None) position rank_after in
    let preceding' := if after <? size then set (preceding st) after (Some position) else preceding st in
    let q' := push rank_after position q in
    let following' := set (following st) position after in
    match preceding' position with
    | None => {| ids := ids'; following := following'; preceding := preceding';
                 ranks := ranks'; queue := q' |}
    | Some before =>
        let rank_before := pair_rank_at ids' before position in
        {| ids := ids'; following := following'; preceding := preceding';
           ranks := set ranks' before rank_before; queue := push rank_before before q' |}
    end.

  (** One turn of the loop; [None] when the queue is empty. *)
  Definition turn (st : row_state) : option row_state :=
    match pop (queue st) with
    | None => None
    | Some ((rank, position), q) =>
        match ranks st position with
        | Some r =>
            if r =? rank then Some (merge_at st rank position q)
            else Some {| ids := ids st; following := following st; preceding := preceding st;
                         ranks := ranks st; queue := q |}
        | None => Some {| ids := ids st; following := following st; preceding := preceding st;
                          ranks := ranks st; queue := q |}
        end
    end.

  Fixpoint turns (limit : nat) (st : row_state) : row_state :=
    match limit with
    | 0 => st
    | S limit' => match turn st with Some st' => turns limit' st' | None => st end
    end.

  Definition is_live (st : row_state) (p : nat) : bool :=
    match ids st p with Some _ => true | None => false end.

  (** The positions whose ids were not absorbed, and these ids. *)
  Definition live (st : row_state) : list nat := filter (is_live st) (seq 0 size).
  Definition remaining (st : row_state) : list id := map (symbol st) (live st).

  (** ** The invariant *)

  Record linked (st : row_state) : Prop := {
    neighbours_linked : forall p q, neighbours p q (live st) ->
      following st p = q /\ preceding st q = Some p /\ ranks st p = rank_of (symbol st p) (symbol st q);
    last_has_no_rank : forall l p, live st = l ++ [p] -> size <= following st p /\ ranks st p = None;
    first_has_none_before : forall p l, live st = p :: l -> preceding st p = None;
    absorbed_have_no_rank : forall p, ~ In p (live st) -> ranks st p = None;
    ranked_are_queued : forall p r, ranks st p = Some r -> In (r, p) (queue st) }.

  Lemma filter_all {A} (f : A -> bool) s : (forall x, In x s -> f x = true) -> filter f s = s.
  Proof.
    induction s as [|x s IH]; intros H; simpl; auto. rewrite H by now left.
    f_equal. apply IH. intros y Hy. apply H. now right.
  Qed.

  Lemma set_same {A} (f : nat -> A) k x : set f k x k = x.
  Proof. unfold set. now rewrite Nat.eqb_refl. Qed.

  Lemma set_other {A} (f : nat -> A) k x n : n <> k -> set f k x n = f n.
  Proof. unfold set. intros H. now apply Nat.eqb_neq in H as ->. Qed.

  Lemma live_in st p : In p (live st) <-> p < size /\ ids st p <> None.
  Proof.
    unfold live, is_live. rewrite filter_In, in_seq.
    destruct (ids st p); split; intros [H1 H2]; split; try lia; try easy; congruence.
  Qed.

  Lemma seq_filter_nodup f n m : NoDup (filter f (seq n m)).
  Proof. apply NoDup_filter, seq_NoDup. Qed.

  Lemma seq_filter_sorted f n m : forall l p r, filter f (seq n m) = l ++ p :: r ->
    (forall u, In u l -> u < p) /\ (forall u, In u r -> p < u).
  Proof.
    revert n. induction m as [|m IH]; intros n l p r E; simpl in E.
    - now destruct l.
    - assert (Hlow : forall u k, In u (filter f (seq (S k) m)) -> k < u)
        by (intros u k Hu; apply filter_In in Hu as [Hu _]; apply in_seq in Hu; lia).
      destruct (f n) eqn:Ef; [|now apply IH in E].
      destruct l as [|z l]; injection E as -> E.
      + split; [easy|]. intros u Hu. apply (Hlow u p). rewrite E. exact Hu.
      + destruct (IH _ _ _ _ E) as [Hl Hr]. split; auto. intros u [<- | Hu]; auto.
        apply (Hlow p z). rewrite E. apply in_or_app. right. now left.
  Qed.

  Lemma neighbours_map {A B} (f : A -> B) s x y : neighbours x y (map f s) ->
    exists u w, neighbours u w s /\ f u = x /\ f w = y.
  Proof.
    rewrite neighbours_iff. intros (p & q & E).
    apply map_eq_app in E as (s1 & s2 & -> & <- & E).
    destruct s2 as [|u [|w s2]]; try discriminate. injection E as <- <- _.
    exists u, w. split; auto. apply neighbours_iff. eauto.
  Qed.

  (** *** Taking an absorbed position out *)

  Section Merge.
    Variables (st : row_state) (rank position absorbed : nat) (l r : list nat) (q : list (nat * nat)).
    Hypothesis Hinv : linked st.
    Hypothesis Hlive : live st = l ++ position :: absorbed :: r.
    Hypothesis Hrank : ranks st position = Some rank.
    Hypothesis Hqueue : Permutation (queue st) ((rank, position) :: q).
    Notation st' := (merge_at st rank position q).

    Lemma pair_here : neighbours position absorbed (live st).
    Proof. rewrite Hlive. apply neighbours_iff. eauto. Qed.

    Lemma following_position : following st position = absorbed.
    Proof. apply (neighbours_linked st Hinv), pair_here. Qed.

    Lemma distinct : NoDup (l ++ position :: absorbed :: r).
    Proof. rewrite <- Hlive. apply seq_filter_nodup. Qed.

    Lemma ids_after : ids st' = set (set (ids st) position (Some (result_of rank))) absorbed None.
    Proof.
      unfold merge_at. rewrite following_position.
      now destruct (if _ <? _ then _ else _).
    Qed.

    Lemma apart_from u : In u l \/ In u r -> u <> position /\ u <> absorbed.
    Proof.
      intros H. pose proof distinct as D. apply NoDup_remove in D as [D D'].
      apply NoDup_remove in D as [_ D]. rewrite in_app_iff in *. simpl in D'.
      split; intros ->; tauto.
    Qed.

    Lemma position_not_absorbed : position <> absorbed.
    Proof.
      pose proof distinct as D. apply NoDup_remove in D as [_ D]. intros E. apply D.
      rewrite in_app_iff, E. simpl. auto.
    Qed.

    Lemma live_after : live st' = l ++ position :: r.
    Proof.
      assert (E : live st' = filter (fun p => negb (p =? absorbed)) (live st)).
      { unfold live, is_live. rewrite ids_after. generalize (seq 0 size) as s. intros s.
        assert (Hp : ids st position <> None).
        { apply (live_in st). rewrite Hlive, in_app_iff. simpl. auto. }
        induction s as [|p s IH]; auto. simpl. unfold set at 1 2.
        destruct (Nat.eqb_spec p absorbed) as [-> | Ha].
        - rewrite IH. destruct (ids st absorbed); simpl; auto. now rewrite Nat.eqb_refl.
        - destruct (Nat.eqb_spec p position) as [-> | Hb].
          + destruct (ids st position); [|easy]. simpl. apply Nat.eqb_neq in Ha.
            now rewrite Ha, IH.
          + destruct (ids st p); simpl; [|exact IH]. apply Nat.eqb_neq in Ha. now rewrite Ha, IH. }
      rewrite E, Hlive. rewrite filter_app. simpl.
      pose proof position_not_absorbed as Hn. apply Nat.eqb_neq in Hn. rewrite Hn, Nat.eqb_refl.
      simpl. f_equal; [|f_equal]; apply filter_all; intros u Hu;
        apply negb_true_iff, Nat.eqb_neq; apply (apart_from u); auto.
    Qed.

    Notation after := (following st absorbed).

    Lemma after_is : match r with [] => size <= after | a :: _ => after = a /\ a < size end.
    Proof.
      destruct r as [|a r'].
      - apply (last_has_no_rank st Hinv (l ++ [position])). rewrite Hlive, <- app_assoc. reflexivity.
      - split.
        + apply (neighbours_linked st Hinv). rewrite Hlive. apply neighbours_iff.
          exists (l ++ [position]), r'. now rewrite <- app_assoc.
        + apply (live_in st). rewrite Hlive, in_app_iff. simpl. auto.
    Qed.

    Lemma after_not_position : after <> position.
    Proof.
      assert (Hp : position < size) by (apply (live_in st); rewrite Hlive, in_app_iff; simpl; auto).
      pose proof after_is as H. assert (Ha : forall a, In a r -> a <> position)
        by (intros a Ha; apply (apart_from a); auto).
      destruct r as [|a r']; [lia|]. destruct H as [-> _]. apply Ha. now left.
    Qed.

    Definition rank_after : option nat :=
      if after <? size then pair_rank_at (ids st') position after else None.

    Definition ranks_with_after : nat -> option nat :=
      set (set (ranks st) absorbed None) position rank_after.

    Lemma merge_at_fields :
      following st' = set (following st) position after /\
      preceding st' = (if after <? size then set (preceding st) after (Some position) else preceding st) /\
      match preceding st position with
      | None => ranks st' = ranks_with_after /\ queue st' = push rank_after position q
      | Some b =>
          ranks st' = set ranks_with_after b (pair_rank_at (ids st') b position) /\
          queue st' = push (pair_rank_at (ids st') b position) b (push rank_after position q)
      end.
    Proof.
      unfold ranks_with_after, rank_after. rewrite ids_after.
      unfold merge_at. rewrite following_position.
      assert (E : (if after <? size then set (preceding st) after (Some position) else preceding st) position
                  = preceding st position).
      { destruct (after <? size); auto. apply set_other. intros H. now apply after_not_position. }
      rewrite E. destruct (preceding st position); auto.
    Qed.

    Lemma live_ids u : In u (live st') -> ids st' u = Some (symbol st' u).
    Proof. intros H. apply live_in in H as [_ H]. unfold symbol. now destruct (ids st' u). Qed.

    Lemma pair_rank_at_live u w : In u (live st') -> In w (live st') ->
      pair_rank_at (ids st') u w = rank_of (symbol st' u) (symbol st' w).
    Proof. intros Hu Hw. unfold pair_rank_at. now rewrite !live_ids. Qed.

    Lemma symbol_kept u : In u l \/ In u r -> symbol st' u = symbol st u.
    Proof.
      intros H. apply apart_from in H as [H1 H2]. unfold symbol. rewrite ids_after.
      now rewrite !set_other.
    Qed.

    Lemma symbol_made : symbol st' position = result_of rank.
    Proof.
      unfold symbol. rewrite ids_after, set_other, set_same by apply position_not_absorbed. reflexivity.
    Qed.

    Lemma remaining_after :
      remaining st' = map (symbol st) l ++ result_of rank :: map (symbol st) r.
    Proof.
      unfold remaining. rewrite live_after, map_app. simpl. rewrite symbol_made.
      f_equal; [|f_equal]; apply map_ext_in; intros u Hu; apply symbol_kept; auto.
    Qed.

    Lemma preceding_position : preceding st position = last (map Some l) None.
    Proof.
      destruct l as [|b l0] eqn:E using rev_ind.
      - now apply (first_has_none_before st Hinv) in Hlive.
      - rewrite map_app. simpl map. rewrite last_last. apply (neighbours_linked st Hinv). rewrite Hlive.
        apply neighbours_iff. exists l0, (absorbed :: r). now rewrite <- app_assoc.
    Qed.

    Lemma in_live_l u : In u l -> In u (live st').
    Proof. rewrite live_after, in_app_iff. auto. Qed.
    Lemma in_live_r u : In u r -> In u (live st').
    Proof. rewrite live_after, in_app_iff. simpl. auto. Qed.
    Lemma in_live_position : In position (live st').
    Proof. rewrite live_after, in_app_iff. simpl. auto. Qed.

    Lemma ranks_after u : ranks st' u =
      if u =? position then rank_after
      else if u =? absorbed then None
      else match preceding st position with
           | Some b => if u =? b then rank_of (symbol st' u) (symbol st' position) else ranks st u
           | None => ranks st u
           end.
    Proof.
      destruct merge_at_fields as (_ & _ & H). rewrite preceding_position in *.
      assert (Hl : l = [] \/ exists l0 b, l = l0 ++ [b])
        by (destruct l using rev_ind; eauto).
      destruct Hl as [El | (l0 & b & El)].
      - rewrite El in *. destruct H as [-> _]. unfold ranks_with_after, set. simpl.
        destruct (u =? position), (u =? absorbed); reflexivity.
      - assert (Hb : In b l) by (rewrite El; apply in_or_app; right; now left).
        assert (Ep : last (map Some l) None = Some b) by (rewrite El, map_app; apply last_last).
        rewrite Ep in *. destruct H as [-> _].
        destruct (apart_from b (or_introl Hb)) as [Hbp Hba].
        unfold ranks_with_after, set.
        destruct (Nat.eqb_spec u b) as [-> | Hu].
        + apply Nat.eqb_neq in Hbp, Hba. rewrite Hbp, Hba.
          apply pair_rank_at_live; [now apply in_live_l | apply in_live_position].
        + destruct (u =? position), (u =? absorbed); reflexivity.
    Qed.

    Lemma members u : In u (live st) -> In u (live st') \/ u = absorbed.
    Proof. rewrite Hlive, live_after, !in_app_iff. simpl. intuition. Qed.

    (** *** Where things stand: positions rise *)

    Lemma left_of u : In u l -> u < position.
    Proof. apply (seq_filter_sorted _ _ _ _ _ _ Hlive). Qed.

    Lemma right_of u : In u r -> position < u /\ absorbed < u.
    Proof.
      intros Hu. split.
      - apply (seq_filter_sorted _ _ _ _ _ _ Hlive). now right.
      - assert (E : live st = (l ++ [position]) ++ absorbed :: r)
          by (rewrite Hlive, <- app_assoc; reflexivity).
        now apply (seq_filter_sorted _ _ _ _ _ _ E).
    Qed.

    Lemma position_before_absorbed : position < absorbed.
    Proof. apply (seq_filter_sorted _ _ _ _ _ _ Hlive). now left. Qed.

    Lemma live_rises u w : neighbours u w (live st) -> u < w.
    Proof.
      intros H. apply neighbours_iff in H as (p1 & q1 & E).
      apply (seq_filter_sorted _ _ _ _ _ _ E). now left.
    Qed.

    Lemma before_is b : preceding st position = Some b ->
      In b l /\ (exists l0, l = l0 ++ [b]) /\ forall u, In u l -> u <= b.
    Proof.
      rewrite preceding_position. intros E.
      assert (Hl : exists l0, l = l0 ++ [b]).
      { destruct l as [|z l0] using rev_ind; [discriminate|].
        rewrite map_app in E. simpl map in E. rewrite last_last in E. injection E as ->. eauto. }
      split; [destruct Hl as [l0 ->]; apply in_or_app; right; now left|]. split; auto.
      intros u Hu. destruct Hl as [l0 El].
      assert (E' : live st = l0 ++ b :: position :: absorbed :: r)
        by (rewrite Hlive, El, <- app_assoc; reflexivity).
      rewrite El in Hu. apply in_app_iff in Hu as [Hu | [<- | []]]; auto.
      apply (seq_filter_sorted _ _ _ _ _ _ E') in Hu. lia.
    Qed.

    Lemma after_in : after < size -> In after r /\ forall u, In u r -> after <= u.
    Proof.
      intros Hlt. pose proof after_is as Ha.
      assert (E : live st = ((l ++ [position]) ++ [absorbed]) ++ r)
        by (rewrite Hlive, <- !app_assoc; reflexivity).
      destruct r as [|a r']; [lia|]. destruct Ha as [-> _]. split; [now left|].
      intros u [<- | Hu]; auto. apply (seq_filter_sorted _ _ _ _ _ _ E) in Hu. lia.
    Qed.

    Lemma preceding_after u : In u l \/ u = position \/ (In u r /\ u <> after) ->
      preceding st' u = preceding st u.
    Proof.
      destruct merge_at_fields as (_ & -> & _). intros H.
      destruct (Nat.ltb_spec after size) as [Hlt | ]; auto. apply set_other.
      apply after_in in Hlt as [Hin _]. apply right_of in Hin.
      destruct H as [H | [-> | [_ H]]]; auto; [apply left_of in H; lia | lia].
    Qed.

    Lemma following_after u : u <> position -> following st' u = following st u.
    Proof. destruct merge_at_fields as (-> & _ & _). intros H. now apply set_other. Qed.

    Lemma ranks_kept u : In u l \/ In u r -> preceding st position <> Some u ->
      ranks st' u = ranks st u.
    Proof.
      intros Hu Hb. rewrite ranks_after. destruct (apart_from u Hu) as [H1 H2].
      apply Nat.eqb_neq in H1, H2. rewrite H1, H2.
      destruct (preceding st position) as [b|]; auto.
      destruct (Nat.eqb_spec u b) as [-> | _]; auto. congruence.
    Qed.

    Lemma live_after_cases u w : neighbours u w (l ++ position :: r) ->
      neighbours u w l \/ (w = position /\ exists l0, l = l0 ++ [u]) \/
      (u = position /\ exists r0, r = w :: r0) \/ neighbours u w r.
    Proof.
      intros Hn. apply neighbours_iff in Hn as (p1 & q1 & E). symmetry in E.
      apply pair_in_app in E as [(q2 & -> & E) | [(-> & E) | (p2 & -> & E)]].
      - left. apply neighbours_iff. eauto.
      - right. left. injection E as -> _. eauto.
      - right. right. destruct p2 as [|z p2]; injection E as -> E.
        + left. eauto.
        + right. rewrite E. apply neighbours_iff. eauto.
    Qed.

    Lemma neighbours_l u w : neighbours u w l -> neighbours u w (live st).
    Proof. intros H. rewrite Hlive. now apply neighbours_app_l. Qed.

    Lemma neighbours_r u w : neighbours u w r -> neighbours u w (live st).
    Proof. intros H. rewrite Hlive. apply neighbours_app_r. now do 2 constructor. Qed.

    Lemma neighbours_linked_after u w : neighbours u w (live st') ->
      following st' u = w /\ preceding st' w = Some u /\ ranks st' u = rank_of (symbol st' u) (symbol st' w).
    Proof.
      rewrite live_after. intros H. apply live_after_cases in H as [H | [H | [H | H]]].
      - (* both before *)
        destruct (neighbours_in _ _ _ H) as [Hu Hw]. assert (Hn := neighbours_l _ _ H).
        destruct (neighbours_linked st Hinv _ _ Hn) as (H1 & H2 & H3). apply live_rises in Hn.
        pose proof (left_of _ Hu). rewrite following_after, preceding_after, !symbol_kept by (auto; lia).
        rewrite ranks_kept; auto. intros E. apply before_is in E as (_ & _ & E).
        specialize (E w Hw). lia.
      - (* the one before, and what was made *)
        destruct H as (-> & l0 & El).
        assert (Hu : In u l) by (rewrite El, in_app_iff; simpl; auto).
        assert (Hn : neighbours u position (live st)).
        { rewrite Hlive, El, <- app_assoc. apply neighbours_iff. simpl. eauto. }
        destruct (neighbours_linked st Hinv _ _ Hn) as (H1 & H2 & H3).
        pose proof (left_of _ Hu). rewrite following_after, preceding_after by (auto; lia).
        split; [exact H1|]. split; [exact H2|]. rewrite ranks_after, H2, Nat.eqb_refl.
        destruct (apart_from u (or_introl Hu)) as [H4 H5]. apply Nat.eqb_neq in H4, H5.
        now rewrite H4, H5.
      - (* what was made, and the one after *)
        destruct H as (-> & r0 & Er). pose proof after_is as Ha. rewrite Er in Ha.
        destruct Ha as [Ha Hlt]. apply Nat.ltb_lt in Hlt.
        destruct merge_at_fields as (Hf & Hp & _).
        rewrite Hf, Hp, Ha, Hlt, !set_same, ranks_after, Nat.eqb_refl.
        split; auto. split; auto. unfold rank_after. rewrite Ha, Hlt.
        apply pair_rank_at_live; [apply in_live_position | apply in_live_r; rewrite Er; now left].
      - (* both behind *)
        destruct (neighbours_in _ _ _ H) as [Hu Hw]. assert (Hn := neighbours_r _ _ H).
        destruct (neighbours_linked st Hinv _ _ Hn) as (H1 & H2 & H3). apply live_rises in Hn.
        pose proof (right_of _ Hu).
        assert (w <> after).
        { intros E. pose proof Hw as Hw'. apply in_live_r, live_in in Hw' as [Hlt _].
          rewrite E in Hlt. apply after_in in Hlt as [_ Hlt]. specialize (Hlt u Hu). lia. }
        rewrite following_after, preceding_after, !symbol_kept by (auto; lia).
        rewrite ranks_kept; auto. intros E. apply before_is in E as (E & _ & _).
        apply left_of in E. lia.
    Qed.

    Lemma last_has_no_rank_after l0 u : live st' = l0 ++ [u] ->
      size <= following st' u /\ ranks st' u = None.
    Proof.
      rewrite live_after. intros E. pose proof after_is as Ha.
      assert (Hr : (r = [] /\ u = position) \/ exists r0, r = r0 ++ [u]).
      { destruct r as [|z r0] using rev_ind.
        - apply app_inj_tail in E as [_ ->]. auto.
        - right. rewrite app_comm_cons, app_assoc in E. apply app_inj_tail in E as [_ ->]. eauto. }
      destruct Hr as [(Er & ->) | (r0 & Er)].
      - rewrite Er in Ha. destruct merge_at_fields as (-> & _ & _).
        rewrite set_same, ranks_after, Nat.eqb_refl. split; [exact Ha|].
        unfold rank_after. now apply Nat.ltb_ge in Ha as ->.
      - assert (Hu : In u r) by (rewrite Er, in_app_iff; simpl; auto).
        pose proof (right_of _ Hu).
        destruct (last_has_no_rank st Hinv (l ++ position :: absorbed :: r0) u) as [H1 H2].
        { rewrite Hlive, Er, <- app_assoc. reflexivity. }
        rewrite following_after, ranks_kept by (auto; try lia;
          intros K; apply before_is in K as (K & _ & _); apply left_of in K; lia).
        auto.
    Qed.

    Lemma first_has_none_before_after u r0 : live st' = u :: r0 -> preceding st' u = None.
    Proof.
      rewrite live_after. intros E.
      assert (H : (In u l \/ u = position) /\ exists s, live st = u :: s).
      { rewrite Hlive. destruct l as [|z l1]; injection E as <- _; split; simpl; eauto. }
      destruct H as [H [s Es]]. rewrite preceding_after by tauto.
      exact (first_has_none_before st Hinv _ _ Es).
    Qed.

    Lemma absorbed_have_no_rank_after u : ~ In u (live st') -> ranks st' u = None.
    Proof.
      intros Hu. rewrite ranks_after.
      destruct (Nat.eqb_spec u position) as [-> | Hp]; [now destruct Hu; apply in_live_position|].
      destruct (Nat.eqb_spec u absorbed) as [-> | Ha]; auto.
      assert (Hn : ranks st u = None).
      { apply (absorbed_have_no_rank st Hinv). intros K. apply members in K as [K | K]; auto. }
      destruct (preceding st position) as [b|] eqn:Eb; auto.
      destruct (Nat.eqb_spec u b) as [-> | _]; auto.
      apply before_is in Eb as (Eb & _ & _). destruct Hu. now apply in_live_l.
    Qed.

    Lemma ranked_are_queued_after u i : ranks st' u = Some i -> In (i, u) (queue st').
    Proof.
      destruct merge_at_fields as (_ & _ & Hq). intros Hi.
      assert (Hold : u <> position -> ranks st u = Some i -> In (i, u) (push rank_after position q)).
      { intros Hu H. apply (ranked_are_queued st Hinv) in H.
        apply (Permutation_in _ Hqueue) in H as [H | H]; [injection H; congruence|].
        unfold push. destruct rank_after; [now right | exact H]. }
      rewrite ranks_after in Hi.
      destruct (Nat.eqb_spec u position) as [-> | Hp].
      { assert (Hin : In (i, position) (push rank_after position q)) by (rewrite Hi; now left).
        destruct (preceding st position); destruct Hq as [_ ->]; auto.
        unfold push at 1. destruct (pair_rank_at _ _ _); [now right | exact Hin]. }
      destruct (Nat.eqb_spec u absorbed) as [-> | Ha]; [discriminate|].
      destruct (preceding st position) as [b|] eqn:Eb; destruct Hq as [_ ->]; [|auto].
      destruct (Nat.eqb_spec u b) as [-> | _].
      - apply before_is in Eb as (Eb & _ & _).
        rewrite pair_rank_at_live by (auto using in_live_l, in_live_position). rewrite Hi. now left.
      - unfold push at 1. destruct (pair_rank_at _ _ _); [right|]; auto.
    Qed.

    Lemma merge_at_linked : linked st'.
    Proof.
      split; [exact neighbours_linked_after | exact last_has_no_rank_after
        | exact first_has_none_before_after | exact absorbed_have_no_rank_after
        | exact ranked_are_queued_after].
    Qed.

    (** What comes up live comes first in the row. *)
    Lemma merge_at_is_a_step : (forall k, In k (queue st) -> before_or_same (rank, position) k) ->
      merge_step rank_of join (remaining st) = Some (remaining st').
    Proof.
      intros Hmin. rewrite remaining_after. unfold remaining. rewrite Hlive, map_app. simpl map.
      assert (Hr : rank_of (symbol st position) (symbol st absorbed) = Some rank).
      { rewrite <- Hrank. symmetry. apply (neighbours_linked st Hinv), pair_here. }
      rewrite (result_is_join _ _ _ Hr).
      assert (Hall : forall x y s, (forall u w, neighbours u w s -> neighbours u w (live st)) ->
                neighbours x y (map (symbol st) s) -> forall i, rank_of x y = Some i ->
                exists u w, neighbours u w s /\ before_or_same (rank, position) (i, u)).
      { intros x y s Hs Hn i Hi. apply neighbours_map in Hn as (u & w & Hn & <- & <-).
        exists u, w. split; auto. apply Hmin, (ranked_are_queued st Hinv).
        destruct (neighbours_linked st Hinv _ _ (Hs _ _ Hn)) as (_ & _ & ->). exact Hi. }
      apply merge_step_iff. exists (map (symbol st) l), (symbol st position), (symbol st absorbed),
        (map (symbol st) r), rank. split; auto. split; auto. split; [exact Hr|]. split.
      - intros x y i Hn Hi.
        change [symbol st position] with (map (symbol st) [position]) in Hn. rewrite <- map_app in Hn.
        destruct (Hall x y (l ++ [position])) with (i := i) as (u & w & Huw & [H | [_ H]]); auto.
        + intros u w H. rewrite Hlive. change (position :: absorbed :: r) with ([position] ++ absorbed :: r).
          rewrite app_assoc. now apply neighbours_app_l.
        + exfalso. simpl in H. assert (Hl : In u l).
          { apply neighbours_iff in Huw as (p1 & q1 & E).
            destruct q1 as [|z q1] using rev_ind.
            - change (l ++ [position] = p1 ++ [u] ++ [w]) in E. rewrite app_assoc in E.
              apply app_inj_tail in E as [-> _]. apply in_or_app. right. now left.
            - change (l ++ [position] = p1 ++ (u :: w :: q1) ++ [z]) in E. rewrite app_assoc in E.
              apply app_inj_tail in E as [-> _]. apply in_or_app. right. now left. }
          apply left_of in Hl. lia.
      - intros x y i Hn Hi. change (symbol st absorbed :: map (symbol st) r)
          with (map (symbol st) (absorbed :: r)) in Hn.
        destruct (Hall x y (absorbed :: r)) with (i := i) as (u & w & _ & [H | [H _]]); auto.
        + intros u w H. rewrite Hlive. apply neighbours_app_r. now constructor.
        + simpl in H. lia.
        + simpl in H. lia.
    Qed.

    Lemma queue_after_length : length (queue st') <= S (length (queue st)).
    Proof.
      pose proof (Permutation_length Hqueue) as Hlen. simpl in Hlen.
      destruct merge_at_fields as (_ & _ & H).
      destruct (preceding st position); destruct H as [_ ->]; unfold push;
        destruct rank_after; try destruct (pair_rank_at _ _ _); simpl; lia.
    Qed.
  End Merge.

  (** ** Turns *)

  (** A turn skips a stale entry, or makes one step of merging. *)
  Lemma turn_some st st' : linked st -> turn st = Some st' -> linked st' /\
    ((remaining st' = remaining st /\ length (queue st) = S (length (queue st'))) \/
     (merge_step rank_of join (remaining st) = Some (remaining st') /\
      length (queue st') <= S (length (queue st)))).
  Proof.
    intros Hinv. unfold turn. destruct (pop (queue st)) as [[[rank position] q]|] eqn:Ep; [|discriminate].
    apply pop_some in Ep as [Hperm Hmin]. pose proof (Permutation_length Hperm) as Hlen.
    assert (Hskip : ranks st position <> Some rank ->
      forall st', {| ids := ids st; following := following st; preceding := preceding st;
                     ranks := ranks st; queue := q |} = st' ->
      linked st' /\ (remaining st' = remaining st /\ length (queue st) = S (length (queue st')))).
    { intros Hne s <-. destruct Hinv as [I1 I2 I3 I4 I5]. split; [split; auto|split; auto].
      intros p i Hi. simpl in *. apply I5 in Hi as Hin.
      apply (Permutation_in _ Hperm) in Hin as [Hin | Hin]; auto. injection Hin as <- <-. congruence. }
    destruct (ranks st position) as [i|] eqn:Ei.
    - destruct (Nat.eqb_spec i rank) as [-> | Hne]; intros [= <-].
      + assert (Hlive : In position (live st)).
        { destruct (in_dec Nat.eq_dec position (live st)) as [|Hn]; auto.
          apply (absorbed_have_no_rank st Hinv) in Hn. congruence. }
        apply in_split in Hlive as (l & [|absorbed r] & Hlive).
        { apply (last_has_no_rank st Hinv) in Hlive as [_ Hlive]. congruence. }
        split; [eapply merge_at_linked; eauto|]. right.
        split; [eapply merge_at_is_a_step; eauto | eapply queue_after_length; eauto].
      + destruct (Hskip ltac:(congruence) _ eq_refl); auto.
    - intros [= <-]. destruct (Hskip ltac:(congruence) _ eq_refl); auto.
  Qed.

  Lemma turn_none st : linked st -> turn st = None -> merge_step rank_of join (remaining st) = None.
  Proof.
    intros Hinv. unfold turn. destruct (pop (queue st)) as [[[rank position] q]|] eqn:Ep.
    - destruct (ranks st position) as [i|]; [destruct (i =? rank)|]; discriminate.
    - intros _. apply pop_none in Ep. apply merge_step_none_iff. intros x y Hn.
      apply neighbours_map in Hn as (u & w & Hn & <- & <-).
      apply (neighbours_linked st Hinv) in Hn as (_ & _ & <-).
      destruct (ranks st u) eqn:E; auto. apply (ranked_are_queued st Hinv) in E.
      now rewrite Ep in E.
  Qed.

  (** Entries in the queue, and two for each id. *)
  Definition work (st : row_state) : nat := length (queue st) + 2 * length (remaining st).

  Lemma turn_works st st' : linked st -> turn st = Some st' -> work st' < work st.
  Proof.
    intros Hinv H. apply turn_some in H as [_ [[E H] | [E H]]]; auto; unfold work.
    - rewrite E. lia.
    - apply merge_step_shorter in E. lia.
  Qed.

  Lemma turns_merge limit st : linked st -> work st <= limit ->
    turn (turns limit st) = None /\
    remaining (turns limit st) = merge_lowest_rank rank_of join (remaining st).
  Proof.
    revert st. induction limit as [|limit IH]; intros st Hinv Hw; simpl.
    - destruct (turn st) as [st'|] eqn:E.
      + apply turn_works in E; auto. lia.
      + split; auto. symmetry. apply merge_of_done. now apply turn_none.
    - destruct (turn st) as [st'|] eqn:E.
      + assert (Hlt := turn_works _ _ Hinv E). apply turn_some in E as [Hinv' H]; auto.
        destruct (IH st' Hinv' ltac:(lia)) as [H1 H2]. split; auto. rewrite H2.
        destruct H as [[-> _] | [H _]]; auto. apply merge_of_reached. now apply reaches_one.
      + split; auto. symmetry. apply merge_of_done. now apply turn_none.
  Qed.
End Queue.

(** ** The whole *)

(** Nothing is merged yet: each position follows the one before it, and the pairs that may
    merge are queued. *)
Definition first_ranks (rank_of : id -> id -> option nat) (row : list id) (p : nat) : option nat :=
  match nth_error row p, nth_error row (S p) with
  | Some x, Some y => rank_of x y
  | _, _ => None
  end.

Definition start (rank_of : id -> id -> option nat) (row : list id) : row_state :=
  {| ids := nth_error row;
     following := S;
     preceding := fun p => match p with 0 => None | S p' => Some p' end;
     ranks := first_ranks rank_of row;
     queue := flat_map (fun p => push (first_ranks rank_of row p) p []) (seq 0 (length row)) |}.

Definition merge_with_queue rank_of result_of pop (row : list id) : row_state :=
  turns rank_of result_of pop (length row) (3 * length row) (start rank_of row).

Section Whole.
  Variables (rank_of : id -> id -> option nat) (row : list id).
  Notation size := (length row).
  Notation st := (start rank_of row).

  Lemma live_start : live size st = seq 0 size.
  Proof.
    unfold live. apply filter_all. intros p Hp. apply in_seq in Hp. unfold is_live. simpl.
    destruct (nth_error row p) eqn:E; auto. apply nth_error_None in E. lia.
  Qed.

  Lemma remaining_start : remaining size st = row.
  Proof.
    unfold remaining. rewrite live_start. unfold symbol. simpl.
    induction row as [|x s IH]; [reflexivity|]. simpl length. rewrite <- cons_seq, <- seq_shift.
    simpl. rewrite map_map. simpl. f_equal. exact IH.
  Qed.

  Lemma first_ranks_last p : size <= S p -> first_ranks rank_of row p = None.
  Proof.
    intros H. unfold first_ranks. apply nth_error_None in H. rewrite H.
    now destruct (nth_error row p).
  Qed.

  Lemma seq_neighbours p q n m : neighbours p q (seq n m) -> q = S p /\ q < n + m.
  Proof.
    intros H. split.
    - revert n H. induction m as [|m IH]; intros n H; [inversion H|].
      simpl in H. apply neighbours_cons in H as [[-> (t & E)] | H]; eauto.
      destruct m; [discriminate | now injection E].
    - apply neighbours_in in H as [_ H]. apply in_seq in H. lia.
  Qed.

  Lemma start_linked : linked rank_of size st.
  Proof.
    split; rewrite ?live_start.
    - intros p q H. apply seq_neighbours in H as [-> Hlt]. simpl in Hlt. split; auto. split; auto.
      unfold symbol. cbn [ids ranks start]. unfold first_ranks.
      destruct (nth_error row p) eqn:E; [|apply nth_error_None in E; lia].
      destruct (nth_error row (S p)) eqn:E'; [reflexivity | apply nth_error_None in E'; lia].
    - intros l p E. simpl. assert (Hp : size = S p).
      { destruct (Nat.eq_dec size 0) as [E0 | Hne]; [rewrite E0 in E; now destruct l|].
        replace size with (S (size - 1)) in E by lia. rewrite seq_S in E.
        apply app_inj_tail in E as [_ <-]. lia. }
      split; [lia|]. apply first_ranks_last. lia.
    - intros p l E. simpl. destruct size; [discriminate|]. now injection E as <- _.
    - intros p Hp. simpl. apply first_ranks_last.
      destruct (Nat.le_gt_cases size (S p)) as [|H]; auto. destruct Hp. apply in_seq. lia.
    - intros p r H. simpl in *. apply in_flat_map. exists p. rewrite H. split; [|now left].
      apply in_seq. destruct (Nat.le_gt_cases size (S p)) as [Hle | Hgt]; [|lia].
      now rewrite first_ranks_last in H.
  Qed.

  Lemma start_works : work size st <= 3 * size.
  Proof.
    unfold work. rewrite remaining_start. simpl queue.
    enough (length (flat_map (fun p => push (first_ranks rank_of row p) p []) (seq 0 size)) <= size) by lia.
    rewrite <- (seq_length size 0) at 2. induction (seq 0 size) as [|p s IH]; auto.
    simpl. rewrite app_length. destruct (first_ranks rank_of row p); simpl; lia.
  Qed.

  Variables (result_of : nat -> id) (join : id -> id -> id).
  Hypothesis result_is_join : forall x y r, rank_of x y = Some r -> result_of r = join x y.
  Variable pop : list (nat * nat) -> option ((nat * nat) * list (nat * nat)).
  Hypothesis pop_none : forall q, pop q = None -> q = [].
  Hypothesis pop_some : forall q k q', pop q = Some (k, q') ->
    Permutation q (k :: q') /\ forall k', In k' q -> before_or_same k k'.

  (* Clauses in part: E9 *)
  Theorem merging_with_a_queue_is_merging :
    remaining size (merge_with_queue rank_of result_of pop row) = merge_lowest_rank rank_of join row.
  Proof.
    unfold merge_with_queue.
    destruct (turns_merge rank_of result_of join result_is_join pop pop_none pop_some size
                (3 * size) st start_linked start_works) as [_ ->].
    now rewrite remaining_start.
  Qed.

  (* Clauses in part: R1 *)
  Theorem at_most_three_entries_for_each_id :
    turn rank_of result_of pop size (merge_with_queue rank_of result_of pop row) = None.
  Proof.
    apply (turns_merge rank_of result_of join result_is_join pop pop_none pop_some size
             (3 * size) st start_linked start_works).
  Qed.
End Whole.

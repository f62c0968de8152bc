(** * Merging with the ranks beside the ids

    [_merge_short] of [bpe/engine/merges.py]: the rank of the pair that begins at each id stands in
    a second list; the least of them, and of equal ones the leftmost, says what to merge; then the
    two ranks beside it are looked up again, and no other.

    - [merging_with_ranks_beside_is_merging] (E9 in part): this gives what the definition gives,
      whatever the ranks. *)

From BPE Require Import Definitions ApplyMerge LowestRank.

(** ** The algorithm *)

Definition set_at {A} (i : nat) (x : A) (l : list A) : list A := firstn i l ++ x :: skipn (S i) l.
Definition delete_at {A} (i : nat) (l : list A) : list A := firstn i l ++ skipn (S i) l.

Section Short.
  Variables (rank_of : id -> id -> option nat) (result_of : nat -> id) (join : id -> id -> id).
  Hypothesis result_is_join : forall x y r, rank_of x y = Some r -> result_of r = join x y.

  Definition is_rank (r : nat) (other : option nat) : bool :=
    match other with Some r' => r' =? r | None => false end.

  Definition pair_rank_at (ids : list id) (i : nat) : option nat :=
    rank_of (nth i ids 0) (nth (S i) ids 0).

  (** One turn of the loop; [None] where no rank is left. *)
  Definition turn (row : list id * list (option nat)) : option (list id * list (option nat)) :=
    let (ids, ranks) := row in
    match fold_right lower None ranks with
    | None => None
    | Some least =>
        match find_index (is_rank least) ranks with
        | None => None
        | Some i =>
            let ids := set_at i (result_of least) (delete_at (S i) ids) in
            let ranks := delete_at i ranks in
            let ranks := if i <? length ranks then set_at i (pair_rank_at ids i) ranks else ranks in
            let ranks := match i with 0 => ranks | S before => set_at before (pair_rank_at ids before) ranks end in
            Some (ids, ranks)
        end
    end.

  Fixpoint turns (limit : nat) (row : list id * list (option nat)) : list id * list (option nat) :=
    match limit with
    | 0 => row
    | S limit' => match turn row with Some row' => turns limit' row' | None => row end
    end.

  Fixpoint ranks_of (ids : list id) : list (option nat) :=
    match ids with
    | x :: ((y :: _) as tail) => rank_of x y :: ranks_of tail
    | _ => []
    end.

  Definition merge_with_ranks_beside (ids : list id) : list id :=
    fst (turns (length ids) (ids, ranks_of ids)).

  (** ** What it does *)

  Lemma set_at_behind {A} (l r : list A) x y : set_at (length l) x (l ++ y :: r) = l ++ x :: r.
  Proof.
    unfold set_at. rewrite firstn_app, firstn_all, Nat.sub_diag, app_nil_r.
    change (l ++ y :: r) with (l ++ [y] ++ r). rewrite app_assoc.
    replace (S (length l)) with (length (l ++ [y])) by (rewrite app_length; simpl; lia).
    now rewrite skipn_app, skipn_all, Nat.sub_diag.
  Qed.

  Lemma delete_at_behind {A} (l r : list A) y : delete_at (length l) (l ++ y :: r) = l ++ r.
  Proof.
    unfold delete_at. rewrite firstn_app, firstn_all, Nat.sub_diag, app_nil_r.
    change (l ++ y :: r) with (l ++ [y] ++ r). rewrite app_assoc.
    replace (S (length l)) with (length (l ++ [y])) by (rewrite app_length; simpl; lia).
    now rewrite skipn_app, skipn_all, Nat.sub_diag.
  Qed.

  Lemma least_of ids : fold_right lower None (ranks_of ids) = least_rank rank_of ids.
  Proof. induction ids as [| x | x y s _ IH] using list_ind2; auto. simpl in *. now rewrite IH. Qed.

  Lemma ranks_of_length ids : length (ranks_of ids) = length ids - 1.
  Proof. induction ids as [| x | x y s _ IH] using list_ind2; auto. simpl in *. rewrite IH. lia. Qed.

  Lemma ranks_of_cons x y s : ranks_of (x :: y :: s) = rank_of x y :: ranks_of (y :: s).
  Proof. reflexivity. Qed.

  Lemma ranks_of_cut l x r : ranks_of (l ++ x :: r) = ranks_of (l ++ [x]) ++ ranks_of (x :: r).
  Proof.
    induction l as [| y | y z l _ IH] using list_ind2; [reflexivity | reflexivity|].
    change (rank_of y z :: ranks_of ((z :: l) ++ x :: r)
            = (rank_of y z :: ranks_of ((z :: l) ++ [x])) ++ ranks_of (x :: r)). now rewrite IH.
  Qed.

  (** Where the least rank stands first. *)
  Lemma first_with_rank r ids i : find_index (is_rank r) (ranks_of ids) = Some i ->
    exists l x y s, ids = l ++ x :: y :: s /\ length l = i /\ rank_of x y = Some r /\
      merge_leftmost rank_of join r ids = l ++ join x y :: s.
  Proof.
    revert i. induction ids as [| x | x y s _ IH] using list_ind2; intros i H; try discriminate.
    rewrite ranks_of_cons in H. cbn [find_index] in H. rewrite merge_leftmost_cons. unfold has_rank.
    destruct (rank_of x y) as [r'|] eqn:Er; cbn [is_rank] in H.
    - destruct (Nat.eqb_spec r' r) as [-> | Hne].
      + injection H as <-. exists [], x, y, s. auto.
      + destruct (find_index _ _) as [j|]; [|discriminate]. injection H as <-.
        destruct (IH j eq_refl) as (l & u & w & t & E & El & Eu & Em). exists (x :: l), u, w, t.
        rewrite Em, E. simpl. auto.
    - destruct (find_index _ _) as [j|]; [|discriminate]. injection H as <-.
      destruct (IH j eq_refl) as (l & u & w & t & E & El & Eu & Em). exists (x :: l), u, w, t.
      rewrite Em, E. simpl. auto.
  Qed.

  Lemma least_is_there ids r : least_rank rank_of ids = Some r ->
    exists i, find_index (is_rank r) (ranks_of ids) = Some i.
  Proof.
    rewrite <- least_of. induction (ranks_of ids) as [|q l IH]; [discriminate|]. simpl.
    destruct q as [i|].
    - destruct (fold_right lower None l) as [j|]; intros [= <-]; simpl.
      + destruct (Nat.eqb_spec i (min i j)) as [_ | Hne]; [eauto|].
        replace (min i j) with j in * by lia. destruct (IH eq_refl) as [k ->]. simpl. eauto.
      + rewrite Nat.eqb_refl. eauto.
    - simpl. intros H. destruct (IH H) as [k ->]. simpl. eauto.
  Qed.

  Lemma turn_is_a_step ids : turn (ids, ranks_of ids)
    = option_map (fun ids' => (ids', ranks_of ids')) (merge_step rank_of join ids).
  Proof.
    unfold turn, merge_step. rewrite least_of. destruct (least_rank rank_of ids) as [r|] eqn:El; [|reflexivity].
    destruct (least_is_there ids r El) as [i Ei]. rewrite Ei. cbn [option_map].
    destruct (first_with_rank r ids i Ei) as (l & x & y & s & -> & Hi & Er & ->).
    rewrite <- (result_is_join _ _ _ Er). set (z := result_of r).
    assert (Eids : set_at i z (delete_at (S i) (l ++ x :: y :: s)) = l ++ z :: s).
    { replace (l ++ x :: y :: s) with ((l ++ [x]) ++ y :: s) by now rewrite <- app_assoc.
      replace (S i) with (length (l ++ [x])) by (rewrite app_length; simpl; lia).
      rewrite delete_at_behind, <- app_assoc. simpl. rewrite <- Hi. apply set_at_behind. }
    cbv zeta. rewrite Eids. do 2 f_equal.
    (* the list of ranks: of [l ++ [x]], of the pair itself, of [y :: s] *)
    rewrite (ranks_of_cut l x), ranks_of_cons.
    assert (Hl : length (ranks_of (l ++ [x])) = i) by (rewrite ranks_of_length, app_length; simpl; lia).
    assert (Hdel : delete_at i (ranks_of (l ++ [x]) ++ rank_of x y :: ranks_of (y :: s))
                   = ranks_of (l ++ [x]) ++ ranks_of (y :: s)) by (rewrite <- Hl; apply delete_at_behind).
    rewrite Hdel.
    assert (Hnth : forall j t, nth (length l + j) (l ++ t) 0 = nth j t 0).
    { intros j t. rewrite app_nth2 by lia. f_equal. lia. }
    assert (Eafter : (if i <? length (ranks_of (l ++ [x]) ++ ranks_of (y :: s))
                      then set_at i (pair_rank_at (l ++ z :: s) i) (ranks_of (l ++ [x]) ++ ranks_of (y :: s))
                      else ranks_of (l ++ [x]) ++ ranks_of (y :: s))
                     = ranks_of (l ++ [x]) ++ ranks_of (z :: s)).
    { rewrite app_length, Hl. destruct s as [|w s].
      - simpl. replace (i <? i + 0) with false by (symmetry; apply Nat.ltb_ge; lia). reflexivity.
      - rewrite !ranks_of_cons. cbn [length]. replace (i <? i + S _) with true by (symmetry; apply Nat.ltb_lt; lia).
        rewrite <- Hl at 1. rewrite set_at_behind. f_equal. f_equal. unfold pair_rank_at.
        rewrite <- Hi. rewrite <- (Nat.add_0_r (length l)) at 1. rewrite Hnth.
        replace (S (length l)) with (length l + 1) by lia. now rewrite Hnth. }
    rewrite Eafter. rewrite (ranks_of_cut l z).
    destruct i as [|before].
    - destruct l; [reflexivity | discriminate].
    - destruct l as [|u l _] using rev_ind; [discriminate|]. rewrite app_length in Hi. simpl in Hi.
      rewrite <- !app_assoc. simpl app. rewrite (ranks_of_cut l u [x]), (ranks_of_cut l u [z]).
      rewrite !ranks_of_cons. change (ranks_of [?q]) with (@nil (option nat)). rewrite <- !app_assoc. simpl app.
      assert (Hb : length (ranks_of (l ++ [u])) = before) by (rewrite ranks_of_length, app_length; simpl; lia).
      rewrite <- Hb at 1. rewrite set_at_behind. do 2 f_equal. unfold pair_rank_at.
      replace before with (length l) by lia.
      rewrite app_nth2, Nat.sub_diag by lia. rewrite app_nth2 by lia.
      now replace (S (length l) - length l) with 1 by lia.
  Qed.

  Lemma turns_are_steps limit : forall ids, turns limit (ids, ranks_of ids)
    = let ids' := merge_steps rank_of join limit ids in (ids', ranks_of ids').
  Proof.
    induction limit as [|limit IH]; intros ids; [reflexivity|]. cbn [turns merge_steps].
    rewrite turn_is_a_step. destruct (merge_step rank_of join ids) as [ids'|]; [apply IH | reflexivity].
  Qed.

  (* Clauses in part: E9 *)
  Theorem merging_with_ranks_beside_is_merging ids :
    merge_with_ranks_beside ids = merge_lowest_rank rank_of join ids.
  Proof. unfold merge_with_ranks_beside. now rewrite turns_are_steps. Qed.
End Short.

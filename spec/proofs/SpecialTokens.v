(** * Special tokens

    - [splitting_loses_nothing] (S1): the spans concatenate to the text.
    - [find_first_iff] (S2): what is found is the leftmost and there the longest
      occurrence.
    - [find_first_none] (S2): nothing is found exactly where nothing occurs.
    - [the_scan] (S2): the scan takes that occurrence, and goes on behind it.
    - [order_of_registration_plays_no_part] (S2): only which tokens are allowed matters.
    - [text_without_special_tokens_is_ordinary] (S6): a text in which no allowed token
      occurs, as a fragment of one, is one ordinary span.
    - [special_tokens_part_the_text] (S7): where no occurrence straddles either end of a
      token, what stands before it and behind it is split alone. *)

From BPE Require Import Definitions.

(** ** Occurrences *)

Lemma starts_with_iff token x : starts_with token x = true <-> exists after, x = token ++ after.
Proof.
  revert x. induction token as [|c token IH]; intros [|d x]; simpl.
  - split; eauto.
  - split; eauto.
  - split; [discriminate | intros (after & E); discriminate].
  - rewrite andb_true_iff, N.eqb_eq, IH. split.
    + intros (-> & after & ->). eauto.
    + intros (after & [= -> ->]). eauto.
Qed.

Lemma longest_some tokens token : longest tokens = Some token ->
  In token tokens /\ forall other, In other tokens -> length other <= length token.
Proof.
  revert token. induction tokens as [|first tokens IH]; simpl; [discriminate|].
  intros token. destruct (longest tokens) as [other|] eqn:E.
  - destruct (IH other eq_refl) as [Hin Hl].
    destruct (Nat.ltb_spec (length first) (length other)) as [Hlt|Hge]; intros [= <-].
    + split; auto. intros third [<- | H]; [lia | auto].
    + split; auto. intros third [<- | H]; auto. specialize (Hl _ H). lia.
  - intros [= <-]. split; auto. intros third [<- | H]; auto.
    destruct tokens as [|u tokens]; [easy|]. simpl in E.
    destruct (longest tokens); [destruct (_ <? _)|]; discriminate.
Qed.

Lemma longest_none tokens : longest tokens = None -> tokens = [].
Proof.
  destruct tokens as [|u tokens]; auto. simpl.
  destruct (longest tokens); [destruct (_ <? _)|]; discriminate.
Qed.

(** [token] occurs behind [before]. *)
Definition occurs (tokens : list text) (x before token : text) : Prop :=
  In token tokens /\ exists after, x = before ++ token ++ after.

Lemma here_iff tokens x token :
  In token (filter (fun token => starts_with token x) tokens) <-> occurs tokens x [] token.
Proof. rewrite filter_In, starts_with_iff. reflexivity. Qed.

Lemma occurs_cons tokens c x before token :
  occurs tokens (c :: x) (c :: before) token <-> occurs tokens x before token.
Proof.
  split; intros (Hin & after & E); split; auto; exists after.
  - now injection E.
  - simpl. now rewrite E.
Qed.

Lemma occurs_cons_inv tokens c x before token : occurs tokens (c :: x) before token ->
  before = [] \/ exists before', before = c :: before' /\ occurs tokens x before' token.
Proof.
  destruct before as [|d before]; auto. intros H. right. exists before.
  assert (H' := H). destruct H' as (_ & after & E). injection E as <- _.
  split; auto. exact (proj1 (occurs_cons _ _ _ _ _) H).
Qed.

(** ** The first occurrence *)

Lemma find_first_some tokens x before token : find_first tokens x = Some (before, token) ->
  occurs tokens x before token /\
  (forall before' token', occurs tokens x before' token' -> length before <= length before') /\
  (forall token', occurs tokens x before token' -> length token' <= length token).
Proof.
  revert before token. induction x as [|c x IH]; simpl; [discriminate|].
  intros before token. destruct (longest _) as [first|] eqn:E.
  - intros [= <- <-]. apply longest_some in E as [Hin Hl]. apply here_iff in Hin.
    repeat split; try apply Hin; simpl; [intros; lia|].
    intros other Ho. now apply Hl, here_iff.
  - destruct (find_first tokens x) as [[b first]|] eqn:E'; [|discriminate].
    intros [= <- <-]. destruct (IH b first eq_refl) as (Ho & Hleft & Hlong).
    apply longest_none in E.
    assert (Hno : forall t, ~ occurs tokens (c :: x) [] t).
    { intros t H. apply here_iff in H. rewrite E in H. easy. }
    split; [exact (proj2 (occurs_cons _ _ _ _ _) Ho)|]. split.
    + intros b' t' H. apply occurs_cons_inv in H as H'. destruct H' as [-> | (b2 & -> & H2)].
      * now apply Hno in H.
      * simpl. apply le_n_S. eauto.
    + intros t' H. exact (Hlong _ (proj1 (occurs_cons _ _ _ _ _) H)).
Qed.

(* Clauses: S2 *)
Theorem find_first_none tokens x : ~ In [] tokens ->
  find_first tokens x = None <-> forall before token, ~ occurs tokens x before token.
Proof.
  intros Hne. split.
  - induction x as [|c x IH]; intros E before token H.
    + destruct H as (Hin & after & Ea). destruct before, token; try discriminate. easy.
    + simpl in E. destruct (longest _) eqn:El; [discriminate|].
      destruct (find_first tokens x) as [[b t]|]; [discriminate|].
      apply occurs_cons_inv in H as H'. destruct H' as [-> | (b & -> & H2)].
      * apply longest_none in El. apply here_iff in H. rewrite El in H. easy.
      * now apply (IH eq_refl) in H2.
  - intros H. destruct (find_first tokens x) as [[b t]|] eqn:E; auto.
    apply find_first_some in E as [E _]. now apply H in E.
Qed.

Lemma occurs_same_place tokens x b t b' t' :
  occurs tokens x b t -> occurs tokens x b' t' -> length b = length b' ->
  b = b' /\ (length t = length t' -> t = t').
Proof.
  intros (_ & a & E) (_ & a' & E') Hl. rewrite E in E'. clear E x.
  assert (b = b').
  { revert b' E' Hl. induction b as [|c b IH]; destruct b' as [|d b']; try discriminate; auto.
    intros [= -> E'] [= Hl]. f_equal. auto. }
  split; auto. subst b'. apply app_inv_head in E'. clear Hl.
  revert t' E'. induction t as [|c t IH]; destruct t' as [|d t']; try discriminate; auto.
  intros [= -> E'] [= Hl]. f_equal. auto.
Qed.

(* Clauses: S2 *)
Theorem find_first_iff tokens x before token : ~ In [] tokens ->
  find_first tokens x = Some (before, token) <->
  occurs tokens x before token /\
  (forall before' token', occurs tokens x before' token' -> length before <= length before') /\
  (forall token', occurs tokens x before token' -> length token' <= length token).
Proof.
  intros Hne. split; [apply find_first_some|]. intros (Ho & Hleft & Hlong).
  destruct (find_first tokens x) as [[b t]|] eqn:E.
  - apply find_first_some in E as (Ho' & Hleft' & Hlong').
    assert (Hb : length before = length b)
      by (specialize (Hleft _ _ Ho'); specialize (Hleft' _ _ Ho); lia).
    destruct (occurs_same_place _ _ _ _ _ _ Ho Ho' Hb) as [-> Ht].
    specialize (Hlong _ Ho'). specialize (Hlong' _ Ho). rewrite Ht by lia. reflexivity.
  - exfalso. apply (proj1 (find_first_none tokens x Hne) E before token Ho).
Qed.

Lemma find_first_text tokens x before token : find_first tokens x = Some (before, token) ->
  x = before ++ token ++ skipn (length before + length token) x /\ In token tokens.
Proof.
  intros H. apply find_first_some in H as ((Hin & after & ->) & _). split; auto.
  rewrite app_assoc at 2. rewrite <- app_length, skipn_app, skipn_all, Nat.sub_diag.
  reflexivity.
Qed.

(** ** The scan *)

Section Scan.
  Variable tokens : list text.
  Hypothesis not_empty : ~ In [] tokens.

  Lemma token_length token : In token tokens -> 0 < length token.
  Proof. destruct token; [easy | simpl; lia]. Qed.

  Lemma scan_limit n m x : length x <= n -> length x <= m -> scan n tokens x = scan m tokens x.
  Proof.
    revert m x. induction n as [|n IH]; intros m x Hn Hm.
    - destruct x; [|simpl in Hn; lia]. now destruct m.
    - destruct m as [|m]; [destruct x; [reflexivity | simpl in Hm; lia]|].
      simpl. destruct (find_first tokens x) as [[b t]|] eqn:E; auto.
      apply find_first_text in E as [E Hin]. apply token_length in Hin.
      do 2 f_equal. assert (Hx : length x = length b + length t + length (skipn (length b + length t) x)).
      { rewrite E at 1. rewrite !app_length. lia. }
      apply IH; lia.
  Qed.

  (** All spans, the empty ones too. *)
  Definition spans (x : text) : list span := scan (length x) tokens x.

  (* Clauses: S2 *)
  Theorem the_scan x : spans x =
    match find_first tokens x with
    | Some (before, token) =>
        Ordinary before :: Special token :: spans (skipn (length before + length token) x)
    | None => [Ordinary x]
    end.
  Proof.
    unfold spans. destruct x as [|c x]; [reflexivity|].
    change (scan (length (c :: x)) tokens (c :: x)) with
      match find_first tokens (c :: x) with
      | Some (before, token) => Ordinary before :: Special token ::
          scan (length x) tokens (skipn (length before + length token) (c :: x))
      | None => [Ordinary (c :: x)] end.
    destruct (find_first tokens (c :: x)) as [[b t]|] eqn:E; auto.
    apply find_first_text in E as [E Hin]. apply token_length in Hin.
    assert (Hx : S (length x) = length b + length t + length (skipn (length b + length t) (c :: x))).
    { change (S (length x)) with (length (c :: x)). rewrite E at 1. rewrite !app_length. lia. }
    do 2 f_equal. apply scan_limit; lia.
  Qed.

  Lemma spans_ind (P : text -> Prop) :
    (forall x, (forall y, length y < length x -> P y) -> P x) -> forall x, P x.
  Proof.
    intros H x. remember (length x) as n eqn:En. revert x En.
    induction n as [n IH] using lt_wf_ind. intros x ->. apply H. intros y Hy. now apply (IH _ Hy).
  Qed.

  Lemma rest_shorter x b t : find_first tokens x = Some (b, t) ->
    length (skipn (length b + length t) x) < length x.
  Proof.
    intros E. apply find_first_text in E as [E Hin]. apply token_length in Hin.
    rewrite E at 2. rewrite !app_length. lia.
  Qed.

  Lemma spans_text x : concat (map span_text (spans x)) = x.
  Proof.
    induction x as [x IH] using spans_ind. rewrite the_scan.
    destruct (find_first tokens x) as [[b t]|] eqn:E; [|apply app_nil_r].
    simpl. rewrite IH by now apply rest_shorter.
    apply find_first_text in E as [E _]. symmetry. exact E.
  Qed.

  Lemma spans_special x token : In (Special token) (spans x) -> In token tokens.
  Proof.
    induction x as [x IH] using spans_ind. rewrite the_scan.
    destruct (find_first tokens x) as [[b t]|] eqn:E.
    - intros [H | [H | H]]; [discriminate | | now apply IH in H; [|apply rest_shorter]].
      injection H as <-. now apply find_first_text in E as [_ E].
    - intros [H | []]. discriminate.
  Qed.

  (** Dropping empty spans drops no text. *)
  Lemma filter_text l : concat (map span_text (filter has_text l)) = concat (map span_text l).
  Proof.
    induction l as [|s l IH]; auto. simpl. unfold has_text at 1.
    destruct (span_text s) eqn:E; simpl; now rewrite ?E, IH.
  Qed.

  (* Clauses: S1 *)
  Theorem splitting_loses_nothing x : concat (map span_text (split_special_tokens tokens x)) = x.
  Proof. unfold split_special_tokens. rewrite filter_text. apply spans_text. Qed.

  (* Clauses: S6 *)
  Theorem text_without_special_tokens_is_ordinary x : x <> [] ->
    (forall before token, ~ occurs tokens x before token) ->
    split_special_tokens tokens x = [Ordinary x].
  Proof.
    intros Hx H. unfold split_special_tokens. fold (spans x). rewrite the_scan.
    rewrite (proj2 (find_first_none tokens x not_empty) H). simpl. unfold has_text. simpl.
    now destruct x.
  Qed.
End Scan.

(* Clauses: S2 *)
Theorem order_of_registration_plays_no_part tokens tokens' x :
  ~ In [] tokens -> (forall token, In token tokens <-> In token tokens') ->
  split_special_tokens tokens x = split_special_tokens tokens' x.
Proof.
  intros Hne Hsame.
  assert (Hne' : ~ In [] tokens') by now rewrite <- Hsame.
  assert (Ho : forall y b t, occurs tokens y b t <-> occurs tokens' y b t)
    by (intros; unfold occurs; now rewrite Hsame).
  assert (Hf : forall y, find_first tokens y = find_first tokens' y).
  { intros y. destruct (find_first tokens y) as [[b t]|] eqn:E.
    - symmetry. apply find_first_iff; auto. apply find_first_iff in E as (H1 & H2 & H3); auto.
      split; [apply Ho, H1|]. split.
      + intros b' t' H. now apply (H2 b' t'), Ho.
      + intros t' H. now apply H3, Ho.
    - symmetry. apply find_first_none; auto. intros b t H. apply Ho in H.
      now apply (proj1 (find_first_none tokens y Hne) E b t). }
  unfold split_special_tokens. f_equal. generalize (length x) as limit. intros limit.
  revert x. induction limit as [|limit IH]; intros x; simpl; auto.
  rewrite Hf. destruct (find_first tokens' x) as [[b t]|]; auto. now rewrite IH.
Qed.

(** ** Where no occurrence straddles *)

(** Some occurrence begins before a place and ends behind it. *)
Definition straddles (tokens : list text) (x : text) (place : nat) : Prop :=
  exists before token, occurs tokens x before token /\
    length before < place /\ place < length before + length token.

Lemma prefix_shorter {A} (a b c d : list A) : a ++ b = c ++ d -> length c <= length a ->
  exists e, a = c ++ e /\ d = e ++ b.
Proof.
  revert c. induction a as [|x a IH]; intros [|y c] E H; simpl in H.
  - exists []. auto.
  - lia.
  - exists (x :: a). auto.
  - injection E as <- E. destruct (IH c E ltac:(lia)) as (e & -> & ->). now exists e.
Qed.

Section Parting.
  Variables (tokens : list text) (token after : text).
  Hypotheses (not_empty : ~ In [] tokens) (Hin : In token tokens).

  Lemma first_in_front before b t :
    ~ straddles tokens (before ++ token ++ after) (length before) ->
    find_first tokens before = Some (b, t) ->
    find_first tokens (before ++ token ++ after) = Some (b, t).
  Proof.
    intros Hs E. apply find_first_iff in E as ((Ht & a & Ea) & Hleft & Hlong); auto.
    assert (Hl : length b + length t <= length before) by (rewrite Ea, !app_length; lia).
    assert (Hb : forall b' t', occurs tokens (before ++ token ++ after) b' t' ->
              length b' <= length b -> occurs tokens before b' t').
    { intros b' t' (Ht' & a' & Ea') Hl'. split; auto.
      assert (Hfit : length (b' ++ t') <= length before).
      { rewrite app_length. apply token_length in Ht; auto.
        destruct (Nat.le_gt_cases (length b' + length t') (length before)) as [Hle|Hgt]; auto.
        exfalso. apply Hs. exists b', t'. repeat split; eauto; lia. }
      rewrite (app_assoc b') in Ea'. apply prefix_shorter in Ea' as (e & -> & _); auto.
      exists e. now rewrite <- app_assoc. }
    apply find_first_iff; auto. repeat split; auto.
    - exists (a ++ token ++ after). now rewrite Ea, <- !app_assoc.
    - intros b' t' H. destruct (Nat.le_gt_cases (length b) (length b')); auto.
      apply Hb in H; [|lia]. eauto.
  Qed.

  Lemma first_is_token before :
    ~ straddles tokens (before ++ token ++ after) (length before) ->
    ~ straddles tokens (before ++ token ++ after) (length before + length token) ->
    find_first tokens before = None ->
    find_first tokens (before ++ token ++ after) = Some (before, token).
  Proof.
    intros Hs Hs' E. pose proof (proj1 (find_first_none tokens before not_empty) E) as Hno.
    apply find_first_iff; auto. repeat split; auto; [eauto | |].
    - intros b' t' H. destruct (Nat.le_gt_cases (length before) (length b')) as [|Hlt]; auto.
      exfalso. destruct H as (Ht' & a' & Ea').
      destruct (Nat.le_gt_cases (length b' + length t') (length before)) as [Hle|Hgt].
      + rewrite (app_assoc b') in Ea'. apply prefix_shorter in Ea' as (e & -> & _);
          [|now rewrite app_length].
        apply (Hno b' t'). split; auto. exists e. now rewrite <- app_assoc.
      + apply Hs. exists b', t'. repeat split; eauto; lia.
    - intros t' H. destruct (Nat.le_gt_cases (length t') (length token)) as [|Hgt]; auto.
      exfalso. apply Hs'. exists before, t'. split; [exact H|]. apply token_length in Hin; auto. lia.
  Qed.

  (** The spans in front of the token, the token, and the spans behind it. *)
  Lemma spans_part before :
    ~ straddles tokens (before ++ token ++ after) (length before) ->
    ~ straddles tokens (before ++ token ++ after) (length before + length token) ->
    spans tokens (before ++ token ++ after)
    = spans tokens before ++ Special token :: spans tokens after.
  Proof.
    induction before as [before IH] using spans_ind. intros Hs Hs'.
    rewrite the_scan by auto. rewrite (the_scan tokens not_empty before).
    destruct (find_first tokens before) as [[b t]|] eqn:E.
    - rewrite (first_in_front _ _ _ Hs E). simpl. do 2 f_equal.
      pose proof (rest_shorter tokens not_empty _ _ _ E) as Hlt.
      apply find_first_text in E as [E Ht].
      set (n := length b + length t) in *. set (rest := skipn n before) in *.
      assert (Hn : n <= length before) by (rewrite E, !app_length; lia).
      rewrite skipn_app. replace (n - length before) with 0 by lia. fold rest. simpl skipn.
      assert (Hr : length before = n + length rest) by (rewrite E at 1; rewrite !app_length; lia).
      assert (Ho : forall b' t', occurs tokens (rest ++ token ++ after) b' t' ->
                occurs tokens (before ++ token ++ after) ((b ++ t) ++ b') t').
      { intros b' t' (H1 & a' & H2). split; auto. exists a'.
        rewrite E, <- !app_assoc. do 2 f_equal. exact H2. }
      assert (Hlen : forall b', length ((b ++ t) ++ b') = n + length b')
        by (intros; rewrite !app_length; reflexivity).
      apply IH; auto.
      + intros (b' & t' & H1 & H2 & H3). apply Hs. exists ((b ++ t) ++ b'), t'.
        rewrite Hlen. repeat split; try apply Ho; auto; try apply H1; lia.
      + intros (b' & t' & H1 & H2 & H3). apply Hs'. exists ((b ++ t) ++ b'), t'.
        rewrite Hlen. repeat split; try apply Ho; auto; try apply H1; lia.
    - rewrite (first_is_token _ Hs Hs' E). simpl. do 2 f_equal.
      rewrite app_assoc, <- app_length, skipn_app, skipn_all, Nat.sub_diag. reflexivity.
  Qed.

  (* Clauses: S7 *)
  Theorem special_tokens_part_the_text before :
    ~ straddles tokens (before ++ token ++ after) (length before) ->
    ~ straddles tokens (before ++ token ++ after) (length before + length token) ->
    split_special_tokens tokens (before ++ token ++ after)
    = split_special_tokens tokens before ++ Special token :: split_special_tokens tokens after.
  Proof.
    intros Hs Hs'. unfold split_special_tokens. fold (spans tokens (before ++ token ++ after)).
    rewrite spans_part by auto. rewrite filter_app. simpl.
    unfold has_text at 2. simpl. apply token_length in Hin; auto.
    destruct token; [simpl in Hin; lia | reflexivity].
  Qed.
End Parting.

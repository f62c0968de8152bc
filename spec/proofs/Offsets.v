(** * Offsets

    A token covers the bytes from where the one before it ends; the character span of these
    bytes is that of the characters of which it holds a byte.

    - [character_spans_hold_what_they_touch] (O1): the characters of a span are those of which
      the bytes hold one.
    - [character_spans_cover_the_text] (O1): each character is in the span of some token.
    - [character_spans_never_go_backwards] (O1): of two tokens the later has a span that neither
      begins nor ends before that of the earlier. *)

From BPE Require Import Definitions LowestRank Merging SpecialTokens Utf8 Encoding.

(** ** Counting what comes first *)

Lemma filter_none {A} (f : A -> bool) l : (forall x, In x l -> f x = false) -> filter f l = [].
Proof.
  induction l as [|x l IH]; intros H; auto. simpl. rewrite H by now left. apply IH.
  intros y Hy. apply H. now right.
Qed.

(** Where a test holds of some first numbers and of no later ones, it holds of those below
    their number. *)
Lemma how_many_iff n test : (forall i j, i <= j -> test j = true -> test i = true) ->
  forall k, k < n -> (k < how_many n test <-> test k = true).
Proof.
  unfold how_many. intros Hdown.
  assert (H : forall m i, (forall k, i <= k < i + m -> (k < i + length (filter test (seq i m)) <-> test k = true))).
  { induction m as [|m IH]; intros i k Hk; [lia|]. simpl. destruct (test i) eqn:E.
    - simpl. destruct (Nat.eq_dec k i) as [-> | Hne]; [split; auto; lia|].
      specialize (IH (S i) k ltac:(lia)). rewrite <- IH. lia.
    - rewrite filter_none.
      + simpl. split; [lia|]. intros Ht. apply (Hdown i k) in Ht; [congruence | lia].
      + intros j Hj. apply in_seq in Hj. destruct (test j) eqn:Ej; auto.
        apply (Hdown i j) in Ej; [congruence | lia]. }
  intros k Hk. apply (H n 0 k). lia.
Qed.

Lemma how_many_more n test test' : (forall k, test k = true -> test' k = true) ->
  how_many n test <= how_many n test'.
Proof.
  intros H. unfold how_many. induction (seq 0 n) as [|k l IH]; auto. simpl.
  destruct (test k) eqn:E; [rewrite H by auto; simpl; lia|]. destruct (test' k); simpl; lia.
Qed.

Lemma firstn_more {A} (l : list A) i d : firstn (i + d) l = firstn i l ++ firstn d (skipn i l).
Proof.
  revert l. induction i as [|i IH]; intros [|x l]; simpl; auto; [now destruct d | now rewrite IH].
Qed.

Lemma begins_at_rises x i j : i <= j -> begins_at x i <= begins_at x j.
Proof.
  intros H. unfold begins_at. replace j with (i + (j - i)) by lia.
  rewrite firstn_more, bytes_concatenate, app_length. lia.
Qed.

Lemma begins_at_next x k : k < length x -> begins_at x k < begins_at x (S k).
Proof.
  intros H. unfold begins_at. replace (S k) with (k + 1) by lia.
  rewrite firstn_more, bytes_concatenate, app_length.
  pose proof (no_character_without_bytes (firstn 1 (skipn k x))) as L.
  rewrite firstn_length, skipn_length in L. lia.
Qed.

Lemma begins_at_end x : begins_at x (length x) = length (text_to_bytes x).
Proof. unfold begins_at. now rewrite firstn_all. Qed.

(* Clauses: O1 *)
Theorem character_spans_hold_what_they_touch x start stop k : k < length x ->
  fst (character_span x (start, stop)) <= k < snd (character_span x (start, stop)) <->
  start < begins_at x (S k) /\ begins_at x k < stop.
Proof.
  intros Hk. unfold character_span. cbn [fst snd].
  assert (H1 : k < how_many (length x) (fun k => begins_at x (S k) <=? start) <-> begins_at x (S k) <= start).
  { rewrite how_many_iff; [apply Nat.leb_le | | exact Hk]. intros i j Hij. rewrite !Nat.leb_le.
    pose proof (begins_at_rises x (S i) (S j) ltac:(lia)). lia. }
  assert (H2 : k < how_many (length x) (fun k => begins_at x k <? stop) <-> begins_at x k < stop).
  { rewrite how_many_iff; [apply Nat.ltb_lt | | exact Hk]. intros i j Hij. rewrite !Nat.ltb_lt.
    pose proof (begins_at_rises x i j Hij). lia. }
  lia.
Qed.

Section Spans.
  Variable t : tokenizer.
  Hypothesis Ht : well_formed_tokenizer t.

  Notation bytes_before ids k := (length (decode t (firstn k ids))).

  Lemma bytes_before_rise ids i j : i <= j -> bytes_before ids i <= bytes_before ids j.
  Proof.
    intros H. replace j with (i + (j - i)) by lia.
    rewrite firstn_more, decoding_concatenates, app_length. lia.
  Qed.

  Lemma character_spans_at x ids k i : nth_error ids k = Some i ->
    nth_error (character_spans t x ids) k
    = Some (character_span x (bytes_before ids k, bytes_before ids (S k))).
  Proof.
    intros H. unfold character_spans. rewrite nth_error_map, (byte_spans_at t 0 ids k i H). reflexivity.
  Qed.

  Lemma byte_spans_length ids : forall n, length (byte_spans t n ids) = length ids.
  Proof. induction ids as [|j l IH]; intros n; simpl; auto. Qed.

  Lemma character_spans_some x ids k span : nth_error (character_spans t x ids) k = Some span ->
    span = character_span x (bytes_before ids k, bytes_before ids (S k)).
  Proof.
    intros H. destruct (nth_error ids k) as [i|] eqn:E.
    - rewrite (character_spans_at x ids k i E) in H. congruence.
    - exfalso. assert (Hl : length (character_spans t x ids) = length ids).
      { unfold character_spans. rewrite map_length. apply byte_spans_length. }
      apply nth_error_None in E. rewrite <- Hl in E. apply nth_error_None in E. congruence.
  Qed.

  (* Clauses: O1 *)
  Theorem character_spans_never_go_backwards x ids k k' span span' : k <= k' ->
    nth_error (character_spans t x ids) k = Some span ->
    nth_error (character_spans t x ids) k' = Some span' ->
    fst span <= fst span' /\ snd span <= snd span'.
  Proof.
    intros Hk H H'. apply character_spans_some in H as ->. apply character_spans_some in H' as ->.
    pose proof (bytes_before_rise ids k k' Hk). pose proof (bytes_before_rise ids (S k) (S k') ltac:(lia)).
    split; apply how_many_more; intros j; rewrite ?Nat.leb_le, ?Nat.ltb_lt; cbn [fst snd]; lia.
  Qed.

  (** Every byte is that of some id. *)
  Lemma byte_has_id ids : forall b, b < length (decode t ids) -> exists k i,
    nth_error ids k = Some i /\ bytes_before ids k <= b < bytes_before ids (S k).
  Proof.
    induction ids as [|j ids IH]; intros b Hb; [simpl in Hb; lia|].
    change (j :: ids) with ([j] ++ ids) in Hb. rewrite decoding_concatenates, app_length in Hb.
    destruct (Nat.lt_ge_cases b (length (decode t [j]))) as [Hlt | Hge].
    - exists 0, j. split; auto. simpl firstn. split; [simpl; lia | exact Hlt].
    - destruct (IH (b - length (decode t [j])) ltac:(lia)) as (k & i & Hk & H1 & H2).
      exists (S k), i. split; auto.
      change (firstn (S k) (j :: ids)) with ([j] ++ firstn k ids).
      change (firstn (S (S k)) (j :: ids)) with ([j] ++ firstn (S k) ids).
      rewrite !decoding_concatenates, !app_length. lia.
  Qed.

  (* Clauses: O1 *)
  Theorem character_spans_cover_the_text allowed x k :
    incl allowed (map fst (special_tokens t)) -> takes_no_alias t allowed x -> k < length x -> exists n first stop,
      nth_error (character_spans t x (encode_allowed t allowed x)) n = Some (first, stop) /\
      first <= k < stop.
  Proof.
    intros Hal Hone Hk. set (ids := encode_allowed t allowed x).
    assert (Hb : begins_at x k < length (decode t ids)).
    { unfold ids. rewrite decoding_gives_the_bytes_back by auto. rewrite <- begins_at_end.
      pose proof (begins_at_next x k Hk). pose proof (begins_at_rises x (S k) (length x) ltac:(lia)). lia. }
    destruct (byte_has_id ids _ Hb) as (n & i & Hn & H1 & H2).
    pose proof (character_spans_at x ids n i Hn) as Hs.
    destruct (character_span x (bytes_before ids n, bytes_before ids (S n))) as [first stop] eqn:E.
    exists n, first, stop. split; auto.
    pose proof (character_spans_hold_what_they_touch x (bytes_before ids n) (bytes_before ids (S n)) k Hk) as H.
    rewrite E in H. apply H. pose proof (begins_at_next x k Hk). lia.
  Qed.
End Spans.

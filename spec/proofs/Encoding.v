(** * Encoding and decoding a text

    All of it together: special tokens, pre-tokens, the shortcut or none, merging.

    - [merges_never_cross_a_boundary] (P7): ordinary text encodes to the ids of its pre-tokens,
      one after the other, each merged by itself.
    - [disallowed_tokens_are_refused] (S3): a text is refused exactly where a disallowed token
      occurs, naming the leftmost, then longest, and what stands before it.
    - [what_is_not_allowed_is_disallowed] (S3): by default these are the special tokens that are
      not allowed.
    - [what_is_in_neither_set_is_ordinary_text] (S3): a text in which no allowed and no disallowed
      token occurs encodes as ordinary text.
    - [special_token_yields_its_id] (S4): each special token yields exactly its id.
    - [ordinary_text_yields_no_special_id] (S5): ordinary text never yields a special id.
    - [encoding_parts_at_special_tokens] (S7): where no occurrence straddles either end of a
      special token, a text encodes to what stands before it, its id, and what stands after it.
    - [decoding_gives_the_bytes_back] (E1): the bytes of the ids are those of the text.
    - [every_id_is_in_the_vocabulary] (E3): every id is that of an ordinary or a special token.
    - [at_most_as_many_ids_as_bytes] (E3): there are at most as many ids as the text has bytes.
    - [no_ids_only_for_the_empty_text] (E3): there are none only for the empty text.
    - [encoding_again_gives_the_same] (E4): the text that the ids decode to encodes to these ids.
    - [replacing_adds_nothing_to_a_text] (E4, D3): decoding the ids of a text with [replace] gives
      the text, and so encodes to these ids again.
    - [bytes_of_a_text_encode_as_the_text] (E2): encoding the bytes of a text gives its ids.
    - [any_bytes_are_given_back] (E2): decoding the ids of any bytes gives these bytes.
    - [decoding_concatenates] (D1): the bytes of two lists of ids are those of the first and
      then those of the second.
    - [byte_spans_tile] (O1): the byte spans of the ids of a text begin where the one before
      ends, and hold the bytes of their ids. *)

From BPE Require Import Definitions LowestRank Merging Shortcut SpecialTokens Utf8 DecodingText.

Section Tokenizer.
  Variable t : tokenizer.
  Hypothesis Ht : well_formed_tokenizer t.
  Notation v := (ordinary t).

  Lemma Hv : well_formed v.
  Proof. apply Ht. Qed.

  Lemma encode_piece_bytes piece : decode_bytes v (encode_piece (whole_pre_token t) v piece) = piece.
  Proof.
    unfold encode_piece. pose proof (merging_keeps_the_bytes v Hv piece).
    destruct (whole_pre_token t); auto. destruct (token_ids v piece) as [i|] eqn:E; auto.
    apply (tokens_have_ids v (proj1 Hv)) in E as [_ E].
    unfold decode_bytes. simpl. now rewrite app_nil_r.
  Qed.

  Lemma encode_piece_tokens piece : Forall (is_token v) (encode_piece (whole_pre_token t) v piece).
  Proof.
    unfold encode_piece. pose proof (every_id_is_a_token v Hv piece).
    destruct (whole_pre_token t); auto. destruct (token_ids v piece) as [i|] eqn:E; auto.
    apply (tokens_have_ids v (proj1 Hv)) in E as [Hne E].
    constructor; auto. unfold is_token. congruence.
  Qed.

  Lemma ids_at_most_bytes ids : Forall (is_token v) ids -> length ids <= length (decode_bytes v ids).
  Proof.
    induction 1 as [|i ids Hi _ IH]; simpl; auto. rewrite app_length.
    unfold is_token in Hi. destruct (token_bytes v i); [easy|]. simpl. apply le_n_S.
    etransitivity; [exact IH | unfold decode_bytes; lia].
  Qed.

  (* Clauses: P7 *)
  Theorem merges_never_cross_a_boundary x :
    encode_ordinary t x
    = concat (map (fun piece => encode_piece (whole_pre_token t) v (text_to_bytes piece)) (pre_split t x)).
  Proof. apply flat_map_concat_map. Qed.

  (** ** Ordinary text *)

  Lemma encode_ordinary_tokens x : Forall (is_token v) (encode_ordinary t x).
  Proof.
    unfold encode_ordinary. apply Forall_flat_map, Forall_forall.
    intros piece _. apply encode_piece_tokens.
  Qed.

  (* Clauses: S5 *)
  Theorem ordinary_text_yields_no_special_id x i :
    In i (encode_ordinary t x) -> ~ In i (map snd (special_tokens t)).
  Proof.
    intros Hi Hs. apply (special_ids_not_ordinary t Ht) in Hs.
    pose proof (encode_ordinary_tokens x) as H. now apply (proj1 (Forall_forall _ _) H) in Hi.
  Qed.

  Lemma encode_ordinary_bytes x : decode_bytes v (encode_ordinary t x) = text_to_bytes x.
  Proof.
    rewrite <- (pieces_concatenate t Ht x) at 2. unfold encode_ordinary.
    induction (pre_split t x) as [|piece pieces IH]; [reflexivity|].
    simpl. rewrite bytes_concatenate. unfold decode_bytes in *. rewrite flat_map_app, IH.
    f_equal. apply encode_piece_bytes.
  Qed.

  (** ** Special tokens *)

  Lemma special_id_found token i : In (token, i) (special_tokens t) -> special_id t token = [i].
  Proof.
    intros Hin. unfold special_id. pose proof (special_texts_differ t Ht) as Hd.
    induction (special_tokens t) as [|[u j] l IH]; [easy|]. simpl.
    inversion Hd as [|? ? Hn Hd']; subst.
    destruct (list_eq_dec N.eq_dec u token) as [-> | Hne].
    - destruct Hin as [[= <-] | Hin]; auto. destruct Hn. simpl.
      now apply (in_map fst) in Hin.
    - destruct Hin as [[= -> _] | Hin]; [easy | auto].
  Qed.

  (* Clauses: S4 *)
  Theorem special_token_yields_its_id token i :
    In (token, i) (special_tokens t) -> encode_span t (Special token) = [i].
  Proof. apply special_id_found. Qed.

  (** There is none where different special tokens have different ids. *)
  Lemma different_ids_are_no_aliases allowed x : NoDup (map snd (special_tokens t)) -> takes_no_alias t allowed x.
  Proof.
    intros Hd token i _ Hin. unfold id_bytes.
    induction (special_tokens t) as [|[u j] l IH]; [easy|]. simpl.
    inversion Hd as [|? ? Hn Hd']; subst. destruct (Nat.eqb_spec j i) as [-> | Hne].
    - destruct Hin as [[= ->] | Hin]; auto. destruct Hn. simpl.
      now apply (in_map snd) in Hin.
    - destruct Hin as [[= _ ->] | Hin]; [easy | auto].
  Qed.

  Lemma id_bytes_ordinary i : is_token v i -> id_bytes t i = token_bytes v i.
  Proof.
    intros Hi. unfold id_bytes. destruct (find _ _) as [entry|] eqn:E; auto.
    apply find_some in E as [Hin E]. apply Nat.eqb_eq in E. subst i.
    apply (in_map snd) in Hin. now apply (special_ids_not_ordinary t Ht) in Hin.
  Qed.

  Lemma decode_ordinary ids : Forall (is_token v) ids -> decode t ids = decode_bytes v ids.
  Proof.
    unfold decode, decode_bytes. induction 1 as [|i ids Hi _ IH]; auto.
    simpl. now rewrite IH, id_bytes_ordinary.
  Qed.

  (* Clauses: D1 *)
  Theorem decoding_concatenates ids ids' : decode t (ids ++ ids') = decode t ids ++ decode t ids'.
  Proof. apply flat_map_app. Qed.

  (** ** Any bytes *)

  Lemma encode_ordinary_empty : encode_ordinary t [] = [].
  Proof.
    pose proof (encode_ordinary_bytes []) as H. pose proof (encode_ordinary_tokens []) as Ht'.
    apply ids_at_most_bytes in Ht'. rewrite H in Ht'. simpl in Ht'.
    destruct (encode_ordinary t []); [reflexivity | simpl in Ht'; lia].
  Qed.

  (* Clauses: E2 *)
  Theorem bytes_of_a_text_encode_as_the_text x : Forall is_scalar x ->
    encode_bytes t (text_to_bytes x) = encode_ordinary t x.
  Proof.
    intros Hx. unfold encode_bytes. rewrite split_text by auto.
    destruct (bytes_of_a_text_are_read_back _ Hx) as [E _].
    destruct x as [|c x]; [symmetry; apply encode_ordinary_empty|]. cbn [flat_map fst snd]. rewrite E.
    apply app_nil_r.
  Qed.

  (* Clauses: E2 *)
  Theorem any_bytes_are_given_back bytes : decode t (encode_bytes t bytes) = bytes.
  Proof.
    unfold encode_bytes. rewrite <- (split_keeps_bytes bytes) at 2.
    assert (H := split_text_is_text bytes).
    induction (split_well_formed bytes) as [|[is_text stretch] l IH]; [reflexivity|].
    inversion H as [|? ? Hs Hl]; subst. simpl. rewrite decoding_concatenates, IH by auto. f_equal.
    destruct is_text.
    - destruct (Hs eq_refl) as (x & Hx & E). cbn [snd] in E. subst stretch.
      destruct (bytes_of_a_text_are_read_back x Hx) as [-> _].
      rewrite decode_ordinary by apply encode_ordinary_tokens. apply encode_ordinary_bytes.
    - rewrite decode_ordinary by apply encode_piece_tokens. apply encode_piece_bytes.
  Qed.

  (** ** The whole *)

  Variable allowed : list text.
  Hypothesis allowed_are_known : incl allowed (map fst (special_tokens t)).
  Notation encode := (encode_allowed t allowed).

  Lemma allowed_not_empty : ~ In [] allowed.
  Proof. intros H. now apply allowed_are_known, (special_texts_not_empty t Ht) in H. Qed.

  Lemma allowed_has_id token : In token allowed -> exists i, In (token, i) (special_tokens t).
  Proof.
    intros H. apply allowed_are_known, in_map_iff in H as ([u i] & <- & H). eauto.
  Qed.

  Lemma split_special x token : In (Special token) (split_special_tokens allowed x) -> In token allowed.
  Proof.
    intros H. apply filter_In in H as [H _]. apply (spans_special allowed allowed_not_empty x token H).
  Qed.

  Lemma encode_span_bytes x s : takes_no_alias t allowed x -> In s (split_special_tokens allowed x) ->
    decode t (encode_span t s) = text_to_bytes (span_text s).
  Proof.
    destruct s as [y | token]; intros Hone Hs; simpl.
    - rewrite decode_ordinary by apply encode_ordinary_tokens. apply encode_ordinary_bytes.
    - assert (Hs' := Hs). apply split_special, allowed_has_id in Hs' as (i & Hi).
      rewrite (special_id_found _ _ Hi). unfold decode. simpl. now rewrite (Hone _ _ Hs Hi), app_nil_r.
  Qed.

  (* Clauses: E1 *)
  Theorem decoding_gives_the_bytes_back x : takes_no_alias t allowed x ->
    decode t (encode x) = text_to_bytes x.
  Proof.
    intros Hone. unfold encode_allowed. rewrite <- (splitting_loses_nothing allowed allowed_not_empty x) at 2.
    assert (H := fun s => encode_span_bytes x s Hone).
    induction (split_special_tokens allowed x) as [|s l IH]; [reflexivity|].
    simpl. rewrite decoding_concatenates, bytes_concatenate. f_equal.
    - apply H. now left.
    - apply IH. intros u Hu. apply H. now right.
  Qed.

  (* Clauses: E3 *)
  Theorem every_id_is_in_the_vocabulary x i :
    In i (encode x) -> is_token v i \/ In i (map snd (special_tokens t)).
  Proof.
    unfold encode_allowed. rewrite in_flat_map. intros ([y | token] & Hs & Hi); simpl in Hi.
    - left. pose proof (encode_ordinary_tokens y) as H. now apply (proj1 (Forall_forall _ _) H).
    - right. apply split_special, allowed_has_id in Hs as (j & Hj).
      rewrite (special_id_found _ _ Hj) in Hi. destruct Hi as [<- | []].
      now apply (in_map snd) in Hj.
  Qed.

  Lemma encode_span_length x s : In s (split_special_tokens allowed x) ->
    1 <= length (encode_span t s) <= length (text_to_bytes (span_text s)).
  Proof.
    intros Hs. assert (Hs' := Hs). apply filter_In in Hs' as [_ Hne]. unfold has_text in Hne.
    destruct s as [y | token]; simpl in *.
    - split.
      + destruct (encode_ordinary t y) eqn:E; [|simpl; lia]. exfalso.
        pose proof (encode_ordinary_bytes y) as H. rewrite E in H. pose proof (no_character_without_bytes y) as L.
        rewrite <- H in L. destruct y; [discriminate | simpl in L; lia].
      + rewrite <- encode_ordinary_bytes. apply ids_at_most_bytes, encode_ordinary_tokens.
    - apply split_special, allowed_has_id in Hs as (i & Hi). rewrite (special_id_found _ _ Hi).
      pose proof (no_character_without_bytes token). destruct token; [discriminate|]. simpl in *. lia.
  Qed.

  (* Clauses: E3 *)
  Theorem at_most_as_many_ids_as_bytes x : length (encode x) <= length (text_to_bytes x).
  Proof.
    unfold encode_allowed. rewrite <- (splitting_loses_nothing allowed allowed_not_empty x) at 2.
    assert (H := encode_span_length x).
    induction (split_special_tokens allowed x) as [|s l IH]; [auto|].
    simpl. rewrite bytes_concatenate, !app_length. apply Nat.add_le_mono.
    - apply H. now left.
    - apply IH. intros u Hu. apply H. now right.
  Qed.

  (* Clauses: E3 *)
  Theorem no_ids_only_for_the_empty_text x : encode x = [] -> x = [].
  Proof.
    unfold encode_allowed. intros E. rewrite <- (splitting_loses_nothing allowed allowed_not_empty x).
    assert (H := encode_span_length x).
    destruct (split_special_tokens allowed x) as [|s l]; [reflexivity|]. exfalso.
    specialize (H s (or_introl eq_refl)). simpl in E. apply app_eq_nil in E as [E _]. rewrite E in H. simpl in H. lia.
  Qed.

  (* Clauses: E4 *)
  Theorem encoding_again_gives_the_same x y : takes_no_alias t allowed x ->
    Forall is_scalar x -> Forall is_scalar y ->
    text_to_bytes y = decode t (encode x) -> encode y = encode x.
  Proof.
    intros Hone Hx Hy E. rewrite decoding_gives_the_bytes_back in E by auto.
    now rewrite (different_texts_have_different_bytes y x).
  Qed.

  (* Clauses: E4, D3 *)
  Theorem replacing_adds_nothing_to_a_text x : takes_no_alias t allowed x -> Forall is_scalar x ->
    bytes_to_text (decode t (encode x)) = x /\
    encode (bytes_to_text (decode t (encode x))) = encode x.
  Proof.
    intros Hone Hx. rewrite decoding_gives_the_bytes_back by auto.
    destruct (bytes_of_a_text_are_read_back x Hx) as [-> _]. auto.
  Qed.

  (* Clauses: S7 *)
  Theorem encoding_parts_at_special_tokens before token i after :
    In token allowed -> In (token, i) (special_tokens t) ->
    ~ straddles allowed (before ++ token ++ after) (length before) ->
    ~ straddles allowed (before ++ token ++ after) (length before + length token) ->
    encode (before ++ token ++ after) = encode before ++ [i] ++ encode after.
  Proof.
    intros Hin Hi Hs Hs'. unfold encode_allowed.
    rewrite special_tokens_part_the_text by (auto using allowed_not_empty).
    rewrite flat_map_app. simpl. now rewrite (special_id_found _ _ Hi).
  Qed.

  (* Clauses: S3 *)
  Theorem disallowed_tokens_are_refused disallowed x before token : ~ In [] disallowed ->
    Definitions.encode t allowed disallowed x = Refused before token <->
    occurs disallowed x before token /\
    (forall before' token', occurs disallowed x before' token' -> length before <= length before') /\
    (forall token', occurs disallowed x before token' -> length token' <= length token).
  Proof.
    intros Hne. rewrite <- find_first_iff by auto. unfold Definitions.encode.
    destruct (find_first disallowed x) as [[b u]|]; split; try discriminate;
      intros H; injection H as -> ->; reflexivity.
  Qed.

  (* Clauses: S3 *)
  Theorem what_is_not_allowed_is_disallowed token :
    In token (disallowed_by_default t allowed) <->
    In token (map fst (special_tokens t)) /\ ~ In token allowed.
  Proof.
    unfold disallowed_by_default, is_in. rewrite filter_In.
    destruct (in_dec _ token allowed); simpl; split; intros [H1 H2]; auto; easy.
  Qed.

  (* Clauses: S3 *)
  Theorem what_is_in_neither_set_is_ordinary_text disallowed x : ~ In [] disallowed ->
    (forall before token, ~ occurs allowed x before token) ->
    (forall before token, ~ occurs disallowed x before token) ->
    Definitions.encode t allowed disallowed x = Encoded (encode_ordinary t x).
  Proof.
    intros Hne Ha Hd. unfold Definitions.encode. apply find_first_none in Hd; auto. rewrite Hd.
    f_equal. destruct x as [|c x].
    - unfold encode_allowed, split_special_tokens. simpl. symmetry. apply encode_ordinary_empty.
    - unfold encode_allowed. rewrite text_without_special_tokens_is_ordinary; auto using allowed_not_empty;
        [apply app_nil_r | discriminate].
  Qed.

  (** ** Offsets *)

  Local Notation byte_spans := (byte_spans t).

  Lemma byte_spans_at start ids k i : nth_error ids k = Some i ->
    nth_error (byte_spans start ids) k
    = Some (start + length (decode t (firstn k ids)), start + length (decode t (firstn (S k) ids))).
  Proof.
    revert start k. induction ids as [|j ids IH]; intros start [|k] H; try discriminate.
    - injection H as ->. simpl. now rewrite app_nil_r, Nat.add_0_r.
    - simpl nth_error. rewrite (IH _ k H). unfold decode. simpl flat_map.
      rewrite !app_length. do 2 f_equal; simpl; lia.
  Qed.

  (* Clauses: O1 *)
  Theorem byte_spans_tile x k i : takes_no_alias t allowed x -> nth_error (encode x) k = Some i ->
    exists start stop, nth_error (byte_spans 0 (encode x)) k = Some (start, stop) /\
      start = length (decode t (firstn k (encode x))) /\
      stop = length (decode t (firstn (S k) (encode x))) /\
      firstn (stop - start) (skipn start (text_to_bytes x)) = id_bytes t i.
  Proof.
    intros Hone H. rewrite (byte_spans_at 0 _ _ _ H). do 2 eexists. split; [reflexivity|].
    split; [reflexivity|]. split; [reflexivity|]. rewrite <- (decoding_gives_the_bytes_back x Hone), !Nat.add_0_l.
    destruct (nth_error_split _ _ H) as (p & q & E & <-). rewrite E.
    replace (firstn (length p) (p ++ i :: q)) with p
      by (rewrite firstn_app, firstn_all, Nat.sub_diag; simpl; now rewrite app_nil_r).
    replace (firstn (S (length p)) (p ++ i :: q)) with (p ++ [i])
      by (rewrite firstn_app, firstn_all2 by lia; now rewrite Nat.sub_succ_l, Nat.sub_diag).
    rewrite !decoding_concatenates, app_length.
    replace (length (decode t p) + length (decode t [i]) - length (decode t p))
      with (length (decode t [i])) by lia.
    rewrite skipn_app, skipn_all, Nat.sub_diag. simpl skipn.
    change (decode t (i :: q)) with (id_bytes t i ++ decode t q). unfold decode at 1. simpl.
    rewrite app_nil_r, firstn_app, firstn_all, Nat.sub_diag. simpl. now rewrite app_nil_r.
  Qed.
End Tokenizer.

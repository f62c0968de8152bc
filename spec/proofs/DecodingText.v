(** * From bytes to text

    - [bytes_of_a_text_are_read_back] (B3): reading the bytes of a text gives the text, under
      [replace] and under [strict].
    - [what_is_read_is_utf8] (B5 in part): what [strict] reads are scalar values, and the bytes
      are theirs.
    - [strict_refuses_exactly_what_is_no_utf8] (B5 in part): [strict] refuses bytes exactly where
      they are those of no text.
    - [bytes_are_cut_into_stretches] (E2): any bytes are cut into stretches, in turn bytes of a text
      and bytes that are read as none, which concatenate to them. *)

From BPE Require Import Definitions ApplyMerge Utf8.
From Coq Require Import Strings.Byte ZArith ZifyN.

Ltac Zify.zify_post_hook ::= Z.to_euclidean_division_equations.

Open Scope N_scope.

(** Decide the tests of a program in their order. *)
Ltac decide_next :=
  match goal with
  | |- context [if ?test then _ else _] =>
      match test with
      | context [?a <? ?b] => destruct (N.ltb_spec a b); try lia
      | context [?a <=? ?b] => destruct (N.leb_spec a b); try lia
      | context [?a =? ?b] => destruct (N.eqb_spec a b); try lia
      end
  end; cbn [andb].

Ltac read_it :=
  rewrite !byte_of_number by lia; unfold begins; repeat decide_next; cbn [read_more];
  rewrite ?byte_of_number by lia; repeat decide_next; f_equal; f_equal; lia.

Lemma read_character_of_text c rest : is_scalar c ->
  match character_to_bytes c ++ rest with
  | a :: rest' => read_character a rest' = (Some c, rest)
  | [] => False
  end.
Proof.
  intros Hs. unfold character_to_bytes, is_scalar in *.
  destruct (N.ltb_spec c 0x80); [|destruct (N.ltb_spec c 0x800); [|destruct (N.ltb_spec c 0x10000)]];
    cbn [map app]; unfold read_character.
  - rewrite byte_of_number by lia. now destruct (N.ltb_spec c 0x80); [|lia].
  - assert (E : c = c / 64 * 64 + c mod 64 /\ c mod 64 < 64) by lia.
    set (h := c / 64) in *. set (l := c mod 64) in *. clearbody h l. read_it.
  - assert (E : c = c / 4096 * 4096 + c / 64 mod 64 * 64 + c mod 64 /\
                c / 64 mod 64 < 64 /\ c mod 64 < 64) by lia.
    set (h := c / 4096) in *. set (m := c / 64 mod 64) in *. set (l := c mod 64) in *.
    clearbody h m l. read_it.
  - assert (E : c = c / 262144 * 262144 + c / 4096 mod 64 * 4096 + c / 64 mod 64 * 64 + c mod 64 /\
                c / 4096 mod 64 < 64 /\ c / 64 mod 64 < 64 /\ c mod 64 < 64) by lia.
    set (h := c / 262144) in *. set (k := c / 4096 mod 64) in *. set (m := c / 64 mod 64) in *.
    set (l := c mod 64) in *. clearbody h k m l. read_it.
Qed.

Lemma byte_of_its_number b : byte_of (Byte.to_N b) = b.
Proof. unfold byte_of. now rewrite Byte.of_to_N. Qed.

Lemma byte_of_is n b : n = Byte.to_N b -> byte_of n = b.
Proof. intros ->. apply byte_of_its_number. Qed.

Lemma byte_number_below b : Byte.to_N b < 256.
Proof. pose proof (Byte.to_N_bounded b). lia. Qed.

Lemma read_more_one m low high v bytes c left :
  read_more (S m) low high v bytes = (Some c, left) ->
  exists b rest, bytes = b :: rest /\ low <= Byte.to_N b <= high /\
    read_more m 0x80 0xBF (v * 64 + (Byte.to_N b - 0x80)) rest = (Some c, left).
Proof.
  destruct bytes as [|b rest]; [discriminate|]. cbn [read_more].
  destruct (N.leb_spec low (Byte.to_N b)), (N.leb_spec (Byte.to_N b) high); cbn [andb];
    try discriminate. intros H'. exists b, rest. auto.
Qed.

Lemma read_more_none low high v bytes c left :
  read_more 0 low high v bytes = (Some c, left) -> c = v /\ bytes = left.
Proof. destruct bytes; intros [= <- <-]; auto. Qed.

(** The range of what a first byte and the range behind it can mean. *)
Lemma begins_is a more low high bits : begins a = Some (more, low, high, bits) ->
  (more = 1%nat /\ low = 0x80 /\ high = 0xBF /\ a = 0xC0 + bits /\ 2 <= bits < 32) \/
  (more = 2%nat /\ a = 0xE0 + bits /\ bits < 16 /\ 0x80 <= low /\ high <= 0xBF /\
     (bits = 0 -> 0xA0 <= low) /\ (bits = 13 -> high <= 0x9F)) \/
  (more = 3%nat /\ a = 0xF0 + bits /\ bits < 5 /\ 0x80 <= low /\ high <= 0xBF /\
     (bits = 0 -> 0x90 <= low) /\ (bits = 4 -> high <= 0x8F)).
Proof.
  unfold begins. repeat decide_next; intros E; try discriminate; injection E as <- <- <- <-; lia.
Qed.

Ltac same_bytes_by_number :=
  unfold character_to_bytes;
  repeat match goal with |- context [?x <? ?y] => destruct (N.ltb_spec x y); try lia end;
  cbn [map app]; repeat (apply (f_equal2 (@cons byte)); [symmetry; apply byte_of_is; lia|]); reflexivity.

(** What is read as a character is the bytes of that scalar value. *)
Lemma text_of_read_character a rest c left : read_character a rest = (Some c, left) ->
  is_scalar c /\ a :: rest = character_to_bytes c ++ left.
Proof.
  unfold read_character, is_scalar. destruct (N.ltb_spec (Byte.to_N a) 0x80) as [Hlt|Hge].
  - intros [= <- <-]. split; [lia|]. same_bytes_by_number.
  - destruct (begins (Byte.to_N a)) as [[[[more low] high] bits]|] eqn:E; [|discriminate].
    apply begins_is in E as [(-> & -> & -> & Ea & Hb) | [(-> & Ea & Hb & Hl & Hh & H1 & H2) | (-> & Ea & Hb & Hl & Hh & H1 & H2)]];
      intros H; apply read_more_one in H as (b1 & r1 & -> & B1 & H).
    + apply read_more_none in H as [-> ->]. split; [lia|]. same_bytes_by_number.
    + apply read_more_one in H as (b2 & r2 & -> & B2 & H).
      apply read_more_none in H as [-> ->]. split; [lia|]. same_bytes_by_number.
    + apply read_more_one in H as (b2 & r2 & -> & B2 & H).
      apply read_more_one in H as (b3 & r3 & -> & B3 & H).
      apply read_more_none in H as [-> ->]. split; [lia|]. same_bytes_by_number.
Qed.

Close Scope N_scope.

(** ** Whole texts *)

Lemma read_character_shorter a rest : length (snd (read_character a rest)) <= length rest.
Proof.
  assert (Hm : forall m low high v bytes, length (snd (read_more m low high v bytes)) <= length bytes).
  { induction m as [|m IH]; intros low high v bytes; destruct bytes as [|b bytes]; simpl; auto.
    destruct (_ && _); [apply Nat.le_le_succ_r, IH | apply le_n]. }
  unfold read_character. destruct (N.ltb _ _); [apply le_n|].
  destruct (begins _) as [[[[m low] high] bits]|]; [apply Hm | apply le_n].
Qed.

Lemma read_text_of_bytes x : Forall is_scalar x -> forall limit, length (text_to_bytes x) <= limit ->
  read_text limit (text_to_bytes x) = map Some x.
Proof.
  induction 1 as [|c x Hc _ IH]; intros limit Hl; [now destruct limit|].
  change (text_to_bytes (c :: x)) with (character_to_bytes c ++ text_to_bytes x) in *.
  pose proof (read_character_of_text c (text_to_bytes x) Hc) as R.
  pose proof (character_has_bytes c) as Hn. rewrite app_length in Hl.
  destruct limit as [|limit]; [lia|].
  destruct (character_to_bytes c) as [|a l]; [simpl in Hn; lia|]. cbn [app] in *.
  cbn [read_text]. rewrite R. cbn [map]. f_equal. apply IH. simpl in Hl. lia.
Qed.

(* Clauses: B3 *)
Theorem bytes_of_a_text_are_read_back x : Forall is_scalar x ->
  bytes_to_text (text_to_bytes x) = x /\ bytes_to_text_strict (text_to_bytes x) = Some x.
Proof.
  intros H. unfold bytes_to_text_strict, bytes_to_text. rewrite read_text_of_bytes by auto.
  rewrite map_map, map_id. split; auto.
  replace (existsb _ (map Some x)) with false; auto. symmetry.
  induction x as [|c x IH]; auto. simpl. apply IH. now inversion H.
Qed.

(* Clauses in part: B5 *)
Theorem what_is_read_is_utf8 bytes x : bytes_to_text_strict bytes = Some x ->
  Forall is_scalar x /\ text_to_bytes x = bytes.
Proof.
  unfold bytes_to_text_strict. destruct (existsb _ _) eqn:E; [discriminate|].
  unfold bytes_to_text. intros [= <-]. revert E.
  assert (H : forall limit bytes, length bytes <= limit ->
            existsb (fun c => match c with Some _ => false | None => true end) (read_text limit bytes) = false ->
            Forall is_scalar (map (fun read => match read with Some c => c | None => replacement end) (read_text limit bytes)) /\
            text_to_bytes (map (fun read => match read with Some c => c | None => replacement end) (read_text limit bytes)) = bytes).
  { induction limit as [|limit IH]; intros [|a rest] Hl; simpl in Hl; try lia; simpl; auto.
    pose proof (read_character_shorter a rest) as Hs.
    destruct (read_character a rest) as [[c|] left] eqn:R; [|discriminate]. simpl. intros E.
    simpl in Hs. destruct (IH left ltac:(lia) E) as [H1 H2].
    apply text_of_read_character in R as [Hc ->]. split; [now constructor|].
    f_equal. exact H2. }
  apply H. apply le_n.
Qed.

(* Clauses in part: B5 *)
Theorem strict_refuses_exactly_what_is_no_utf8 bytes :
  bytes_to_text_strict bytes = None <-> ~ exists x, Forall is_scalar x /\ text_to_bytes x = bytes.
Proof.
  split.
  - intros E (x & Hx & <-). destruct (bytes_of_a_text_are_read_back x Hx) as [_ K]. congruence.
  - intros H. destruct (bytes_to_text_strict bytes) as [x|] eqn:E; auto.
    apply what_is_read_is_utf8 in E. destruct H. eauto.
Qed.

(** ** Stretches of text, and what is none *)

Lemma read_more_rest m : forall low high v bytes,
  exists used, bytes = used ++ snd (read_more m low high v bytes).
Proof.
  induction m as [|m IH]; intros low high v bytes; destruct bytes as [|b bytes]; simpl;
    try (exists []; reflexivity).
  destruct (_ && _); simpl; [|exists []; reflexivity].
  destruct (IH 0x80%N 0xBF%N (v * 64 + (Byte.to_N b - 0x80))%N bytes) as [used E].
  exists (b :: used). simpl. now rewrite <- E.
Qed.

Lemma read_character_rest a rest : exists used, a :: rest = used ++ snd (read_character a rest).
Proof.
  unfold read_character. destruct (N.ltb _ _); [now exists [a]|].
  destruct (begins _) as [[[[m low] high] bits]|]; [|now exists [a]].
  destruct (read_more_rest m low high bits rest) as [used E]. exists (a :: used). simpl.
  now rewrite <- E.
Qed.

Lemma unit_is_used (a : byte) rest left used : a :: rest = used ++ left ->
  firstn (length (a :: rest) - length left) (a :: rest) = used.
Proof.
  intros ->. rewrite app_length, Nat.add_sub, firstn_app, firstn_all, Nat.sub_diag. simpl.
  apply app_nil_r.
Qed.

(** What is called text is the bytes of some. *)
Definition text_if_so (stretch : bool * list byte) : Prop :=
  fst stretch = true -> exists x, Forall is_scalar x /\ snd stretch = text_to_bytes x.

Lemma units_keep_bytes limit : forall bytes, length bytes <= limit ->
  concat (map snd (read_units limit bytes)) = bytes /\ Forall text_if_so (read_units limit bytes).
Proof.
  induction limit as [|limit IH]; intros [|a rest] Hl; simpl in Hl; try lia;
    try (split; [reflexivity | constructor]).
  cbn [read_units]. pose proof (read_character_shorter a rest) as Hs.
  destruct (read_character_rest a rest) as [used E].
  destruct (read_character a rest) as [read left] eqn:R. cbn [snd] in *.
  rewrite (unit_is_used _ _ _ _ E). destruct (IH left ltac:(lia)) as [H1 H2]. split.
  - simpl. now rewrite H1.
  - constructor; auto. intros Ht. cbn [fst snd] in *. destruct read as [c|]; [|discriminate].
    apply text_of_read_character in R as [Hc E']. rewrite E in E'. apply app_inv_tail in E'.
    exists [c]. split; auto. rewrite E'. symmetry. apply app_nil_r.
Qed.

Lemma join_keeps units : concat (map snd (join_units units)) = concat (map snd units) /\
  (Forall text_if_so units -> Forall text_if_so (join_units units)).
Proof.
  induction units as [|[is_text unit] units [IH1 IH2]]; [simpl; auto|]. cbn [join_units].
  destruct (join_units units) as [|[is_text' stretch] others].
  - split; [simpl in *; now rewrite <- IH1|]. intros H. inversion H; subst. auto.
  - destruct (Bool.eqb is_text is_text') eqn:Eb; split.
    + simpl in *. now rewrite <- IH1, <- app_assoc.
    + intros H. inversion H as [|? ? Hu Hus]; subst. apply IH2 in Hus. inversion Hus as [|? ? Hst Ho]; subst.
      constructor; auto. intros Ht. cbn [fst snd] in *. apply Bool.eqb_prop in Eb. subst is_text'.
      destruct (Hu Ht) as (x & Hx & Ex). destruct (Hst Ht) as (y & Hy & Ey). cbn [snd] in *. subst.
      exists (x ++ y). split; [now apply Forall_app|]. symmetry. apply bytes_concatenate.
    + simpl in *. now rewrite <- IH1.
    + intros H. inversion H; subst. auto.
Qed.

Lemma split_keeps_bytes bytes : concat (map snd (split_well_formed bytes)) = bytes.
Proof.
  unfold split_well_formed. rewrite (proj1 (join_keeps _)). now apply units_keep_bytes.
Qed.

Lemma split_text_is_text bytes : Forall text_if_so (split_well_formed bytes).
Proof. apply join_keeps. now apply units_keep_bytes. Qed.

Lemma units_of_text x : Forall is_scalar x -> forall limit, length (text_to_bytes x) <= limit ->
  read_units limit (text_to_bytes x) = map (fun c => (true, character_to_bytes c)) x.
Proof.
  induction 1 as [|c x Hc _ IH]; intros limit Hl; [now destruct limit|].
  change (text_to_bytes (c :: x)) with (character_to_bytes c ++ text_to_bytes x) in *.
  pose proof (read_character_of_text c (text_to_bytes x) Hc) as R.
  pose proof (character_has_bytes c) as Hn. rewrite app_length in Hl.
  destruct limit as [|limit]; [lia|].
  destruct (character_to_bytes c) as [|a l] eqn:Ec; [simpl in Hn; lia|]. cbn [app] in *.
  cbn [read_units]. rewrite R. rewrite (unit_is_used a (l ++ text_to_bytes x) (text_to_bytes x) (a :: l)) by reflexivity.
  cbn [map]. rewrite Ec. f_equal. apply IH. simpl in Hl. lia.
Qed.

Lemma split_text x : Forall is_scalar x ->
  split_well_formed (text_to_bytes x) = match x with [] => [] | _ => [(true, text_to_bytes x)] end.
Proof.
  intros Hx. unfold split_well_formed. rewrite units_of_text by auto. clear Hx.
  induction x as [|c x IH]; [reflexivity|]. cbn [map join_units]. rewrite IH.
  destruct x as [|d x]; [simpl; now rewrite app_nil_r|]. reflexivity.
Qed.

Lemma joined_alternate units : forall s s', neighbours s s' (join_units units) -> fst s <> fst s'.
Proof.
  induction units as [|[is_text unit] others IH]; intros s s'; [inversion 1|]. cbn [join_units].
  destruct (join_units others) as [|[is_text' stretch] others'].
  - intros H. inversion H as [|? ? H']; inversion H'.
  - destruct (Bool.eqb is_text is_text') eqn:E; intros H.
    + apply Bool.eqb_prop in E as ->. apply neighbours_cons in H as [[<- (t & ->)] | H].
      * apply (IH (is_text', stretch) s'). apply neighbours_here.
      * apply IH. now apply neighbours_later.
    + apply neighbours_cons in H as [[<- (t & [= <- _])] | H]; [|now apply IH].
      simpl. intros ->. now rewrite Bool.eqb_reflx in E.
Qed.

(* Clauses: E2 *)
Theorem bytes_are_cut_into_stretches bytes :
  concat (map snd (split_well_formed bytes)) = bytes /\
  (forall stretch, In (true, stretch) (split_well_formed bytes) ->
     exists x, Forall is_scalar x /\ text_to_bytes x = stretch) /\
  (forall s s', neighbours s s' (split_well_formed bytes) -> fst s <> fst s').
Proof.
  split; [apply split_keeps_bytes | split].
  - intros stretch H. pose proof (split_text_is_text bytes) as F. rewrite Forall_forall in F.
    destruct (F _ H eq_refl) as (x & Hx & E). eauto.
  - apply joined_alternate.
Qed.

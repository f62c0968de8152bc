(** * Byte-level BPE: the definitions

    This is all that a reader has to believe: the theorems in the other files say
    something about these functions, and Coq has checked their proofs.
    Names and order are those of [bpe/reference/].

    Reading Coq: [x :: s] is a list that begins with [x], [s ++ t] is one list behind
    the other, [Some x] is a value and [None] is no value, [=?] compares two numbers,
    [Fixpoint] begins a recursive function, [Definition] any other, and
    [Record] a class with named fields.  A byte is written [x61], in hexadecimal. *)

From Coq Require Export List Arith Lia Bool Permutation NArith.
From Coq Require Export Init.Byte.
From Coq Require Import Strings.Byte.
Export ListNotations.

(** A token id is a natural number, and a character the number of a Unicode scalar value. *)
Notation id := nat (only parsing).
Notation character := N (only parsing).
Notation text := (list N) (only parsing).

(** An ordered pair of token ids and the id that it makes. *)
Record merge := Merge { left_id : id; right_id : id; result : id }.

Definition pair_of (m : merge) : id * id := (left_id m, right_id m).

(** ** Merges ([merges.py]) *)

(** Replace every occurrence of a pair, left to right without overlap. *)
Fixpoint apply_merge (m : merge) (ids : list id) : list id :=
  match ids with
  | x :: (y :: rest) as tail =>
      if (x =? left_id m) && (y =? right_id m)
      then result m :: apply_merge m rest
      else x :: apply_merge m tail
  | _ => ids
  end.

(** Merge the pair of lowest rank, leftmost on ties, and look again, until no pair
    has a rank.  The symbols are ids, or byte strings. *)
Section MergeLowestRank.
  Context {symbol : Type}.
  Variable rank_of : symbol -> symbol -> option nat.
  Variable join : symbol -> symbol -> symbol.

  Definition lower (p q : option nat) : option nat :=
    match p, q with
    | Some i, Some j => Some (min i j)
    | Some i, None => Some i
    | None, _ => q
    end.

  Fixpoint least_rank (row : list symbol) : option nat :=
    match row with
    | x :: (y :: _) as tail => lower (rank_of x y) (least_rank tail)
    | _ => None
    end.

  Definition has_rank (r : nat) (x y : symbol) : bool :=
    match rank_of x y with Some i => i =? r | None => false end.

  Fixpoint merge_leftmost (r : nat) (row : list symbol) : list symbol :=
    match row with
    | x :: (y :: rest) as tail =>
        if has_rank r x y then join x y :: rest else x :: merge_leftmost r tail
    | _ => row
    end.

  Definition merge_step (row : list symbol) : option (list symbol) :=
    match least_rank row with
    | Some r => Some (merge_leftmost r row)
    | None => None
    end.

  Fixpoint merge_steps (limit : nat) (row : list symbol) : list symbol :=
    match limit with
    | 0 => row
    | S limit' =>
        match merge_step row with
        | Some row' => merge_steps limit' row'
        | None => row
        end
    end.

  (** Each step shortens the row, so its length is limit enough
      ([merging_comes_to_its_end] says so). *)
  Definition merge_lowest_rank (row : list symbol) : list symbol :=
    merge_steps (length row) row.
End MergeLowestRank.

(** ** Vocabularies ([vocabulary.py]) *)

(** [token_bytes] is empty for what is no id of an ordinary token: no token is empty.
    [merges] in rank order mean pair semantics, [None] means rank semantics. *)
Record vocabulary := {
  token_bytes : id -> list byte;
  token_ids : list byte -> option id;
  merges : option (list merge) }.

Definition is_token (v : vocabulary) (i : id) : Prop := token_bytes v i <> [].

(** The id of a token's bytes (0 for other bytes, which are never asked for). *)
Definition token_id (v : vocabulary) (bytes : list byte) : id :=
  match token_ids v bytes with Some i => i | None => 0 end.

Definition byte_ids (v : vocabulary) (piece : list byte) : list id :=
  map (fun b => token_id v [b]) piece.

(** Each byte has an id (V1); different tokens have different bytes, and
    [token_ids] is [token_bytes] the other way round (V2). *)
Record well_formed_tokens (v : vocabulary) : Prop := {
  bytes_have_ids : forall b, token_ids v [b] <> None;
  tokens_have_ids : forall i bytes,
    token_ids v bytes = Some i <-> (bytes <> [] /\ token_bytes v i = bytes) }.

(** In a list of merges each merge's parts are single bytes or results of earlier
    merges, its result is their bytes joined, and its pair is no earlier merge's (V4). *)
Inductive well_formed_merges (v : vocabulary) : list merge -> Prop :=
| no_merges : well_formed_merges v []
| one_more_merge ms m :
    well_formed_merges v ms ->
    (forall part, part = left_id m \/ part = right_id m ->
       length (token_bytes v part) = 1 \/ In part (map result ms)) ->
    token_bytes v (result m) = token_bytes v (left_id m) ++ token_bytes v (right_id m) ->
    ~ In (pair_of m) (map pair_of ms) ->
    well_formed_merges v (ms ++ [m]).

Definition well_formed (v : vocabulary) : Prop :=
  well_formed_tokens v /\
  match merges v with Some ms => well_formed_merges v ms | None => True end.

(** ** From the bytes of one pre-token to its ids ([merges.py]) *)

(** The first that satisfies [test]: its index, and itself. *)
Fixpoint find_index {A} (test : A -> bool) (l : list A) : option nat :=
  match l with
  | [] => None
  | x :: l' => if test x then Some 0 else option_map S (find_index test l')
  end.

Definition makes_of (x y : id) (m : merge) : bool := (x =? left_id m) && (y =? right_id m).

(** The rank of a pair is its place in the list of merges. *)
Definition pair_rank (ms : list merge) (x y : id) : option nat := find_index (makes_of x y) ms.

Definition pair_result (ms : list merge) (x y : id) : id :=
  match find (makes_of x y) ms with Some m => result m | None => 0 end.

Definition merge_by_pairs (v : vocabulary) (ms : list merge) (piece : list byte) : list id :=
  merge_lowest_rank (pair_rank ms) (pair_result ms) (byte_ids v piece).

(** The rank of two byte strings is the id of the two joined. *)
Definition merge_by_ranks (v : vocabulary) (piece : list byte) : list id :=
  map (token_id v)
      (merge_lowest_rank (fun x y => token_ids v (x ++ y)) (fun x y => x ++ y)
                         (map (fun b => [b]) piece)).

(** Each merge once, everywhere, in rank order. *)
Definition apply_merges (ms : list merge) (ids : list id) : list id :=
  fold_left (fun row m => apply_merge m row) ms ids.

Definition merge_all_by_pairs (v : vocabulary) (ms : list merge) (piece : list byte) : list id :=
  apply_merges ms (byte_ids v piece).

Definition merge_piece (v : vocabulary) (piece : list byte) : list id :=
  match merges v with
  | Some ms => merge_by_pairs v ms piece
  | None => merge_by_ranks v piece
  end.

(** [x] and [y] stand next to each other somewhere in the row. *)
Inductive neighbours {A} (x y : A) : list A -> Prop :=
| neighbours_here rest : neighbours x y (x :: y :: rest)
| neighbours_later z row : neighbours x y row -> neighbours x y (z :: row).

Definition may_merge (v : vocabulary) (x y : id) : Prop :=
  match merges v with
  | Some ms => In (x, y) (map pair_of ms)
  | None => exists i, token_ids v (token_bytes v x ++ token_bytes v y) = Some i
  end.

Definition is_normal_form (v : vocabulary) (ids : list id) : Prop :=
  forall x y, neighbours x y ids -> ~ may_merge v x y.

Definition is_self_encoding (v : vocabulary) (i : id) : Prop :=
  merge_piece v (token_bytes v i) = [i].

Definition all_self_encoding (v : vocabulary) : Prop :=
  forall i, is_token v i -> is_self_encoding v i.

(** Each merge makes an id of its own, after all merges that make its parts. *)
Definition is_well_founded (ms : list merge) : Prop :=
  NoDup (map result ms) /\
  forall i j m m', nth_error ms i = Some m -> nth_error ms j = Some m' ->
    result m = left_id m' \/ result m = right_id m' -> i < j.

(** ** Canonical vocabularies ([canonical.py]) *)

(** The rank of two ids if it is less than a token's. *)
Definition lower_rank (v : vocabulary) (i : id) (x y : id) : option nat :=
  match token_ids v (token_bytes v x ++ token_bytes v y) with
  | Some j => if j <? i then Some j else None
  | None => None
  end.

(** What merging leaves of a token's bytes when only tokens with lesser ids may be made. *)
Definition parts_of (v : vocabulary) (i : id) : list id :=
  merge_lowest_rank (lower_rank v i) (fun x y => token_id v (token_bytes v x ++ token_bytes v y))
                    (byte_ids v (token_bytes v i)).

(** Later merges make greater ids. *)
Definition ids_rise_with_ranks (ms : list merge) : Prop :=
  forall i j m m', nth_error ms i = Some m -> nth_error ms j = Some m' -> i < j ->
    result m < result m'.

(** The list that the ranks imply: in the order of ids, a merge for each token of two bytes
    or more, of the two parts that it has. *)
Record is_recovered (v : vocabulary) (ms : list merge) : Prop := {
  in_order_of_ids : ids_rise_with_ranks ms;
  one_for_each_token : forall i, is_token v i -> 2 <= length (token_bytes v i) -> In i (map result ms);
  of_two_parts : forall m, In m ms ->
    is_token v (result m) /\ parts_of v (result m) = [left_id m; right_id m] }.

(** There is such a list and, under pair semantics, it is the vocabulary's own. *)
Definition is_canonical_vocabulary (v : vocabulary) : Prop :=
  exists ms, is_recovered v ms /\ (merges v = None \/ merges v = Some ms).

(** ** Decoding ([encoding.py]) *)

Definition decode_bytes (v : vocabulary) (ids : list id) : list byte :=
  flat_map (token_bytes v) ids.

(** A boundary of ids: so many bytes end where an id ends. *)
Definition boundary (v : vocabulary) (ids : list id) (n : nat) : Prop :=
  exists before after, ids = before ++ after /\ length (decode_bytes v before) = n.

(** ** One pre-token, with the whole-pre-token shortcut or without ([encoding.py]) *)

Definition encode_piece (shortcut : bool) (v : vocabulary) (piece : list byte) : list id :=
  match shortcut, token_ids v piece with
  | true, Some i => [i]
  | _, _ => merge_piece v piece
  end.

(** ** Text and bytes ([utf8.py]) *)

Open Scope N_scope.

Definition is_scalar (c : character) : Prop := c < 0xD800 \/ (0xE000 <= c /\ c < 0x110000).

Definition byte_of (n : N) : byte := match Byte.of_N n with Some b => b | None => x00 end.

(** RFC 3629, section 3. *)
Definition character_to_bytes (c : character) : list byte :=
  map byte_of
    (if c <? 0x80 then [c]
     else if c <? 0x800 then [0xC0 + c / 64; 0x80 + c mod 64]
     else if c <? 0x10000 then [0xE0 + c / 4096; 0x80 + c / 64 mod 64; 0x80 + c mod 64]
     else [0xF0 + c / 262144; 0x80 + c / 4096 mod 64; 0x80 + c / 64 mod 64; 0x80 + c mod 64]).

Close Scope N_scope.

Definition text_to_bytes (x : text) : list byte := flat_map character_to_bytes x.

(** What may follow a first byte from [80] on: how many bytes, the range of the first of them,
    and the bits that the first byte has of the number; nothing, if it begins no character. *)
Definition begins (a : N) : option (nat * N * N * N) :=
  if (0xC2 <=? a)%N && (a <=? 0xDF)%N then Some (1%nat, 0x80, 0xBF, a - 0xC0)%N
  else if (a =? 0xE0)%N then Some (2%nat, 0xA0, 0xBF, 0)%N
  else if (a =? 0xED)%N then Some (2%nat, 0x80, 0x9F, 0xD)%N
  else if (0xE1 <=? a)%N && (a <=? 0xEF)%N then Some (2%nat, 0x80, 0xBF, a - 0xE0)%N
  else if (a =? 0xF0)%N then Some (3%nat, 0x90, 0xBF, 0)%N
  else if (0xF1 <=? a)%N && (a <=? 0xF3)%N then Some (3%nat, 0x80, 0xBF, a - 0xF0)%N
  else if (a =? 0xF4)%N then Some (3%nat, 0x80, 0x8F, 4)%N
  else None.

(** Read bytes that continue a character, and give what is left: no character, where one is
    missing or out of its range. *)
Fixpoint read_more (more : nat) (low high value : N) (bytes : list byte)
    : option character * list byte :=
  match more, bytes with
  | 0, _ => (Some value, bytes)
  | S more', b :: rest =>
      if (low <=? Byte.to_N b)%N && (Byte.to_N b <=? high)%N
      then read_more more' 0x80 0xBF (value * 64 + (Byte.to_N b - 0x80)) rest
      else (None, bytes)
  | S _, [] => (None, [])
  end.

(** Read one character, or one maximal subpart of what is none. *)
Definition read_character (a : byte) (rest : list byte) : option character * list byte :=
  if (Byte.to_N a <? 0x80)%N then (Some (Byte.to_N a), rest)
  else match begins (Byte.to_N a) with
       | Some (more, low, high, bits) => read_more more low high bits rest
       | None => (None, rest)
       end.

(** The characters of bytes, with nothing for each maximal subpart. *)
Fixpoint read_text (limit : nat) (bytes : list byte) : list (option character) :=
  match limit, bytes with
  | S limit', a :: rest =>
      let (read, left) := read_character a rest in read :: read_text limit' left
  | _, _ => []
  end.

Definition replacement : character := 0xFFFD%N.

(** Under [replace]: one U+FFFD for each maximal subpart. *)
Definition bytes_to_text (bytes : list byte) : text :=
  map (fun read => match read with Some c => c | None => replacement end)
      (read_text (length bytes) bytes).

(** Under [strict]: nothing, unless the bytes are UTF-8. *)
Definition bytes_to_text_strict (bytes : list byte) : option text :=
  let read := read_text (length bytes) bytes in
  if existsb (fun c => match c with Some _ => false | None => true end) read then None
  else Some (bytes_to_text bytes).

(** The bytes of each character and of each maximal subpart ([true] for a character). *)
Fixpoint read_units (limit : nat) (bytes : list byte) : list (bool * list byte) :=
  match limit, bytes with
  | S limit', a :: rest =>
      let (read, left) := read_character a rest in
      (match read with Some _ => true | None => false end, firstn (length bytes - length left) bytes)
      :: read_units limit' left
  | _, _ => []
  end.

(** Neighbours of one kind as one stretch. *)
Fixpoint join_units (units : list (bool * list byte)) : list (bool * list byte) :=
  match units with
  | [] => []
  | (is_text, unit) :: others =>
      match join_units others with
      | (is_text', stretch) :: others' =>
          if Bool.eqb is_text is_text' then (is_text, unit ++ stretch) :: others'
          else (is_text, unit) :: (is_text', stretch) :: others'
      | [] => [(is_text, unit)]
      end
  end.

(** Maximal stretches that are UTF-8 ([true]) and maximal runs of bytes that are not. *)
Definition split_well_formed (bytes : list byte) : list (bool * list byte) :=
  join_units (read_units (length bytes) bytes).

(** ** Special tokens ([special_tokens.py]) *)

Fixpoint starts_with (token x : text) : bool :=
  match token, x with
  | [], _ => true
  | c :: token', d :: x' => N.eqb c d && starts_with token' x'
  | _ :: _, [] => false
  end.

Fixpoint longest (tokens : list text) : option text :=
  match tokens with
  | [] => None
  | token :: others =>
      match longest others with
      | Some other => if length token <? length other then Some other else Some token
      | None => Some token
      end
  end.

(** The leftmost, then longest, occurrence of a token: what stands before it, and the token. *)
Fixpoint find_first (tokens : list text) (x : text) : option (text * text) :=
  match x with
  | [] => None
  | c :: rest =>
      match longest (filter (fun token => starts_with token x) tokens) with
      | Some token => Some ([], token)
      | None =>
          match find_first tokens rest with
          | Some (before, token) => Some (c :: before, token)
          | None => None
          end
      end
  end.

Inductive span := Ordinary (x : text) | Special (token : text).

Definition span_text (s : span) : text := match s with Ordinary x => x | Special x => x end.

Fixpoint scan (limit : nat) (tokens : list text) (x : text) : list span :=
  match limit, find_first tokens x with
  | S limit', Some (before, token) =>
      Ordinary before :: Special token ::
      scan limit' tokens (skipn (length before + length token) x)
  | _, _ => [Ordinary x]
  end.

Definition has_text (s : span) : bool := match span_text s with [] => false | _ => true end.

(** Each token that is taken shortens what is left, so the length is limit enough. *)
Definition split_special_tokens (tokens : list text) (x : text) : list span :=
  filter has_text (scan (length x) tokens x).

(** ** The whole ([encoding.py]) *)

Record tokenizer := {
  ordinary : vocabulary;
  special_tokens : list (text * id);
  pre_split : text -> list text;
  whole_pre_token : bool }.

(** The pre-tokens concatenate to the text (P1); special tokens are no empty texts, no text has
    two ids, and these are no ids of ordinary tokens (S8).  An alias stands in [special_tokens]
    behind the token whose id it shares. *)
Record well_formed_tokenizer (t : tokenizer) : Prop := {
  ordinary_is_well_formed : well_formed (ordinary t);
  pieces_concatenate : forall x, concat (pre_split t x) = x;
  special_texts_differ : NoDup (map fst (special_tokens t));
  special_texts_not_empty : ~ In [] (map fst (special_tokens t));
  special_ids_not_ordinary : forall i, In i (map snd (special_tokens t)) -> ~ is_token (ordinary t) i }.

Definition encode_ordinary (t : tokenizer) (x : text) : list id :=
  flat_map (fun piece => encode_piece (whole_pre_token t) (ordinary t) (text_to_bytes piece))
           (pre_split t x).

(** Any bytes: text as text, each run of others as one pre-token. *)
Definition encode_bytes (t : tokenizer) (bytes : list byte) : list id :=
  flat_map (fun stretch =>
    if fst stretch : bool then encode_ordinary t (bytes_to_text (snd stretch))
    else encode_piece (whole_pre_token t) (ordinary t) (snd stretch)) (split_well_formed bytes).

Definition special_id (t : tokenizer) (token : text) : list id :=
  match find (fun entry => if list_eq_dec N.eq_dec (fst entry) token then true else false)
             (special_tokens t) with
  | Some entry => [snd entry]
  | None => []
  end.

Definition encode_span (t : tokenizer) (s : span) : list id :=
  match s with Ordinary x => encode_ordinary t x | Special token => special_id t token end.

Definition is_in (tokens : list text) (token : text) : bool :=
  if in_dec (list_eq_dec N.eq_dec) token tokens then true else false.

(** Every special token that is not allowed is disallowed, unless the caller says otherwise. *)
Definition disallowed_by_default (t : tokenizer) (allowed : list text) : list text :=
  filter (fun token => negb (is_in allowed token)) (map fst (special_tokens t)).

(** Encoding refuses a text with a disallowed token, and says where and which. *)
Inductive outcome := Refused (before token : text) | Encoded (ids : list id).

Definition encode_allowed (t : tokenizer) (allowed : list text) (x : text) : list id :=
  flat_map (encode_span t) (split_special_tokens allowed x).

Definition encode (t : tokenizer) (allowed disallowed : list text) (x : text) : outcome :=
  match find_first disallowed x with
  | Some (before, token) => Refused before token
  | None => Encoded (encode_allowed t allowed x)
  end.

(** The bytes of an id, ordinary or special. *)
Definition id_bytes (t : tokenizer) (i : id) : list byte :=
  match find (fun entry => snd entry =? i) (special_tokens t) with
  | Some entry => text_to_bytes (fst entry)
  | None => token_bytes (ordinary t) i
  end.

Definition decode (t : tokenizer) (ids : list id) : list byte := flat_map (id_bytes t) ids.

(** No special token is taken in [x] whose id is another's: an alias decodes to that other. *)
Definition takes_no_alias (t : tokenizer) (allowed : list text) (x : text) : Prop :=
  forall token i, In (Special token) (split_special_tokens allowed x) ->
    In (token, i) (special_tokens t) -> id_bytes t i = text_to_bytes token.

(** ** Offsets ([encoding.py]) *)

(** The byte spans of ids of which the first begins at [start]. *)
Fixpoint byte_spans (t : tokenizer) (start : nat) (ids : list id) : list (nat * nat) :=
  match ids with
  | [] => []
  | i :: ids' =>
      let stop := start + length (id_bytes t i) in (start, stop) :: byte_spans t stop ids'
  end.

(** Where the bytes of the character of this index begin. *)
Definition begins_at (x : text) (k : nat) : nat := length (text_to_bytes (firstn k x)).

Definition how_many (n : nat) (test : nat -> bool) : nat := length (filter test (seq 0 n)).

(** The characters that end at [start] or before come before the span; it ends behind those that
    begin before [stop]. *)
Definition character_span (x : text) (span : nat * nat) : nat * nat :=
  (how_many (length x) (fun k => begins_at x (S k) <=? fst span),
   how_many (length x) (fun k => begins_at x k <? snd span)).

Definition character_spans (t : tokenizer) (x : text) (ids : list id) : list (nat * nat) :=
  map (character_span x) (byte_spans t 0 ids).

(** ** Pair statistics ([pair_statistics.py]) *)

(** The pairs of neighbours, from left to right. *)
Fixpoint pairs_of (ids : list id) : list (id * id) :=
  match ids with
  | x :: (y :: _) as tail => (x, y) :: pairs_of tail
  | _ => []
  end.

Definition same_pair (p q : id * id) : bool := (fst p =? fst q) && (snd p =? snd q).

(** How often a pair occurs in ids, overlapping places counted. *)
Definition occurrences (p : id * id) (ids : list id) : nat :=
  length (filter (same_pair p) (pairs_of ids)).

(** Each distinct pre-token as ids, with how often it occurs. *)
Definition rows := list (list id * nat).

Definition count_pair (rs : rows) (p : id * id) : nat :=
  list_sum (map (fun row => snd row * occurrences p (fst row)) rs).

(** All pairs, in the order in which they are met. *)
Definition pairs_met (rs : rows) : list (id * id) := flat_map (fun row => pairs_of (fst row)) rs.

(** Pre-token counts: pre-tokens stand in the order in which they are first met. *)
Fixpoint add_count {A} (same : A -> A -> bool) (x : A) (n : nat) (counts : list (A * nat)) :=
  match counts with
  | [] => [(x, n)]
  | (y, k) :: others => if same y x then (y, k + n) :: others else (y, k) :: add_count same x n others
  end.

Definition same_bytes (x y : list byte) : bool :=
  if list_eq_dec byte_eq_dec x y then true else false.

Definition count_pre_tokens (pre_tokens : list (list byte)) : list (list byte * nat) :=
  fold_left (fun counts piece => add_count same_bytes piece 1 counts) pre_tokens [].

Definition add_counts (first second : list (list byte * nat)) : list (list byte * nat) :=
  fold_left (fun counts entry => add_count same_bytes (fst entry) (snd entry) counts) second first.

(** ** Training ([training.py]) *)

Inductive tie_break := smallest_pair | first_seen | largest_bytes.

(** Lexicographic order of byte strings. *)
Fixpoint bytes_less (x y : list byte) : bool :=
  match x, y with
  | _, [] => false
  | [], _ :: _ => true
  | a :: x', b :: y' =>
      (Byte.to_nat a <? Byte.to_nat b) || ((Byte.to_nat a =? Byte.to_nat b) && bytes_less x' y')
  end.

(** Each token's bytes, at the place of its id. *)
Definition bytes_at (tokens : list (list byte)) (i : id) : list byte := nth i tokens [].

(** Whether the profile prefers [p] to [q], both of the highest count. *)
Definition prefers (tie : tie_break) (tokens : list (list byte)) (p q : id * id) : bool :=
  match tie with
  | smallest_pair => (fst p <? fst q) || ((fst p =? fst q) && (snd p <? snd q))
  | first_seen => false
  | largest_bytes =>
      bytes_less (bytes_at tokens (fst q)) (bytes_at tokens (fst p)) ||
      (same_bytes (bytes_at tokens (fst q)) (bytes_at tokens (fst p)) &&
       bytes_less (bytes_at tokens (snd q)) (bytes_at tokens (snd p)))
  end.

(** Of the pairs of highest count the first that no other is preferred to. *)
Definition select_pair (tie : tie_break) (tokens : list (list byte)) (rs : rows) : option (id * id) :=
  let highest := list_max (map (count_pair rs) (pairs_met rs)) in
  match filter (fun p => count_pair rs p =? highest) (pairs_met rs) with
  | [] => None
  | p :: others => Some (fold_left (fun p q => if prefers tie tokens q p then q else p) others p)
  end.

Record training_state := { sequences : rows; tokens : list (list byte) }.

(** [order] numbers the bytes: 0, 1, 2 and so on, or as GPT-2 does. *)
Definition id_of_byte (order : list byte) (b : byte) : id :=
  match find_index (fun c => if byte_eq_dec b c then true else false) order with
  | Some i => i
  | None => 0
  end.

Definition start_training (order : list byte) (counts : list (list byte * nat)) : training_state :=
  {| sequences := map (fun entry => (map (id_of_byte order) (fst entry), snd entry)) counts;
     tokens := map (fun b => [b]) order |}.

Definition train_step (tie : tie_break) (min_frequency : nat) (st : training_state)
    : option (merge * training_state) :=
  match select_pair tie (tokens st) (sequences st) with
  | None => None
  | Some p =>
      if count_pair (sequences st) p <? min_frequency then None
      else
        let m := Merge (fst p) (snd p) (length (tokens st)) in
        Some (m, {| sequences := map (fun row => (apply_merge m (fst row), snd row)) (sequences st);
                    tokens := tokens st ++ [bytes_at (tokens st) (fst p) ++ bytes_at (tokens st) (snd p)] |})
  end.

Fixpoint train_from (tie : tie_break) (min_frequency n : nat) (st : training_state) : list merge :=
  match n with
  | 0 => []
  | S n' =>
      match train_step tie min_frequency st with
      | None => []
      | Some (m, st') => m :: train_from tie min_frequency n' st'
      end
  end.

Definition train_merges tie min_frequency order (counts : list (list byte * nat)) (n : nat) : list merge :=
  train_from tie min_frequency n (start_training order counts).

(** The vocabulary of tokens and merges: the id of a token is its place. *)
Definition trained_vocabulary (toks : list (list byte)) (ms : list merge) : vocabulary :=
  {| token_bytes := bytes_at toks;
     token_ids := fun bytes =>
       match bytes with [] => None | _ => find_index (same_bytes bytes) toks end;
     merges := Some ms |}.

(** * Byte-level BPE: the definitions

    This is all that a reader has to believe: the theorems in the other files say
    something about these functions, and Coq has checked their proofs.
    Names and order are those of [bpe/reference/].

    Reading Coq: [x :: s] is a list that begins with [x], [s ++ t] is one list behind
    the other, [Some x] is a value and [None] is no value, [=?] compares two numbers,
    [Fixpoint] begins a recursive function, [Definition] any other, and
    [Record] a class with named fields.  A byte is written [x61], in hexadecimal. *)

From Coq Require Export List Arith Lia Bool Permutation.
From Coq Require Export Init.Byte.
From Coq Require Import Strings.Byte.
Export ListNotations.

(** A token id is a natural number. *)
Notation id := nat (only parsing).

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

Definition is_canonical_vocabulary (v : vocabulary) : Prop :=
  forall i, is_token v i -> is_self_encoding v i.

(** Each merge makes an id of its own, after all merges that make its parts. *)
Definition is_well_founded (ms : list merge) : Prop :=
  NoDup (map result ms) /\
  forall i j m m', nth_error ms i = Some m -> nth_error ms j = Some m' ->
    result m = left_id m' \/ result m = right_id m' -> i < j.

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

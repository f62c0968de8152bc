(* The extracted definitions behind the adapter protocol, chapter 10 of the specification. *)

open Definitions
open Model

let loaded : loaded option ref = ref None
let current () = match !loaded with Some model -> model | None -> raise (Unsupported "no model is loaded")
let ids_value ids = Json.List (List.map (fun id -> Json.Int id) ids)
let ids_of ids = [ ("ids", ids_value ids) ]

let text_of request = scalar_text (current ()).surrogates (code_points (Json.field "text" request))

let texts_of value = List.map code_points (Json.to_list value)

(* The tokens that a request allows: S9. *)
let allowed_of t request =
  match Json.field "allowed_special" request with
  | Json.String "all" -> List.map fst t.special_tokens
  | value ->
      let known token = List.mem_assoc token t.special_tokens in
      let check token =
        if not (known token) then reject ~details:[ ("token", text_value token) ] "no such special token"
      in
      let allowed = texts_of value in
      List.iter check (List.sort compare allowed);
      allowed

let disallowed_of t allowed request =
  match Json.field "disallowed_special" request with
  | Json.String "all" -> disallowed_by_default t allowed
  | value -> texts_of value

let encode_or_reject t text allowed disallowed =
  match encode t allowed disallowed text with
  | Encoded ids -> ids
  | Refused (before, token) ->
      let index = List.length before in
      reject ~details:[ ("token", text_value token); ("index", Json.Int index) ]
        (Printf.sprintf "a disallowed special token at index %d" index)

(* The ids of the text of a request, with what stands in neither set taken as ordinary text. *)
let encoded request =
  let t = (current ()).tokenizer in
  let text = text_of request in
  let allowed = allowed_of t request in
  (text, encode_or_reject t text allowed (disallowed_of t allowed request))

(* The definition takes the bytes of an id for those of the text, which is so where no alias is taken. *)
let answer_offsets request =
  if (current ()).has_aliases then raise (Unsupported "offsets where there are aliases");
  let t = (current ()).tokenizer in
  let text, ids = encoded request in
  let spans = byte_spans t 0 ids in
  let row id (first, last) (from, upto) = ids_value [ id; first; last; from; upto ] in
  let rec rows = function
    | id :: ids, bytes :: more, characters :: others -> row id bytes characters :: rows (ids, more, others)
    | _ -> []
  in
  [ ("spans", Json.List (rows (ids, spans, List.map (character_span text) spans))) ]

(* Ids, all of them known: D2. *)
let known_ids request =
  let { known; _ } = current () in
  let check position value =
    match value with
    | Json.Int id when Hashtbl.mem known id -> id
    | value ->
        reject ~details:[ ("token", value); ("position", Json.Int position) ]
          (Printf.sprintf "%s at position %d is no id of the vocabulary" (Json.print value) position)
  in
  List.mapi check (Json.to_list (Json.field "ids" request))

let decoded request = decode (current ()).tokenizer (known_ids request)

(* E5: ids are canonical if they are what their text encodes to. *)
let answer_canonical request =
  let t = (current ()).tokenizer in
  let allowed = allowed_of t request in
  let again ids =
    match bytes_to_text_strict (decode t ids) with
    | Some text -> encode t allowed [] text = Encoded ids
    | None -> false
  in
  let canonical = match known_ids request with ids -> again ids | exception Rejected _ -> false in
  [ ("canonical", Json.Bool canonical) ]

let answer_decode_text request =
  let bytes = decoded request in
  match Json.field "errors" request with
  | Json.Null | Json.String "replace" -> [ ("text", text_value (bytes_to_text bytes)) ]
  | Json.String "strict" -> (
      match bytes_to_text_strict bytes with
      | Some text -> [ ("text", text_value text) ]
      | None ->
          let offset = match split_well_formed bytes with (true, stretch) :: _ -> List.length stretch | _ -> 0 in
          reject ~details:[ ("offset", Json.Int offset) ] (Printf.sprintf "no UTF-8 at offset %d" offset))
  | _ -> raise (Unsupported "this way to treat errors")

let bytes_of request = bytes_of_string (of_hex (Json.to_string (Json.field "bytes" request)))

let read_tie_break = function
  | Json.Null | Json.String "smallest-pair" -> Smallest_pair
  | Json.String "first-seen" -> First_seen
  | Json.String "largest-bytes" -> Largest_bytes
  | _ -> raise (Unsupported "this tie-break")

let trained_tokens order merges =
  let tokens = Hashtbl.create 512 in
  List.iteri (fun id value -> Hashtbl.replace tokens id (String.make 1 (Char.chr value))) order;
  let add m =
    Hashtbl.replace tokens m.result (Hashtbl.find tokens m.left_id ^ Hashtbl.find tokens m.right_id)
  in
  List.iter add merges;
  List.map (fun m -> Json.List [ Json.Int m.result; Json.String (to_hex (Hashtbl.find tokens m.result)) ]) merges

(* Pre-token counts, of texts that are one pre-token each. *)
let counted request =
  if Json.field "pattern" request <> Json.Null then raise (Unsupported "patterns");
  if Json.to_list (Json.field "special_tokens" request) <> [] then raise (Unsupported "training with special tokens");
  let pieces = List.map (scalar_text "strict") (texts_of (Json.field "texts" request)) in
  count_pre_tokens (List.map text_to_bytes (List.filter (( <> ) []) pieces))

let counts_value counts =
  [ ("counts",
     Json.List (List.map (fun (bytes, n) -> Json.List [ text_value (bytes_to_text bytes); Json.Int n ]) counts)) ]

let read_counts value =
  let read = function
    | Json.List [ text; n ] -> (text_to_bytes (code_points text), Json.to_int n)
    | _ -> raise (Json.Fault "a count is a text and a number")
  in
  List.map read (Json.to_list value)

let answer_add request =
  counts_value (add_counts (read_counts (Json.field "first" request)) (read_counts (Json.field "second" request)))

(* What a training is told: its tie-break, the least count, the bytes in the order of their ids, how many merges. *)
let told request =
  let min_frequency = match Json.field "min_frequency" request with Json.Int n -> n | _ -> 1 in
  (read_tie_break (Json.field "tie_break" request), min_frequency, byte_order (Json.field "byte_order" request),
   Json.to_int (Json.field "merges" request))

(* The pairs of rows with their counts, sorted. *)
let statistics_of rows =
  let pairs = List.sort_uniq compare (pairs_met rows) in
  Json.List (List.map (fun (left, right) -> ids_value [ left; right; count_pair rows (left, right) ]) pairs)

let answer_statistics request =
  let tie, min_frequency, order, wanted = told request in
  let rec states n state =
    state :: (match if n = 0 then None else train_step tie min_frequency state with
              | Some (_, next) -> states (n - 1) next
              | None -> [])
  in
  let all = states wanted (start_training (List.map Char.chr order) (counted request)) in
  [ ("statistics", Json.List (List.map (fun state -> statistics_of state.sequences) all)) ]

let answer_train request =
  let tie, min_frequency, order, wanted = told request in
  let merges = train_merges tie min_frequency (List.map Char.chr order) (counted request) wanted in
  let name = match Json.field "byte_order" request with Json.Null -> Json.String "value" | value -> value in
  [ ("model",
     Json.Object
       [ ("bytes", name);
         ("tokens", Json.List (trained_tokens order merges));
         ("merges", Json.List (List.map (fun m -> ids_value [ m.left_id; m.right_id; m.result ]) merges)) ]) ]

let load request =
  loaded := None;
  loaded := Some (read_model (Json.field "model" request));
  [ ("ok", Json.Bool true) ]

let operations =
  [ ("load", load);
    ("encode", fun request -> ids_of (snd (encoded request)));
    ("count", fun request -> [ ("count", Json.Int (List.length (snd (encoded request)))) ]);
    ("offsets", answer_offsets);
    ("is_canonical", answer_canonical);
    ("encode_ordinary", fun request -> ids_of (encode_ordinary (current ()).tokenizer (text_of request)));
    ("encode_bytes", fun request -> ids_of (encode_bytes (current ()).tokenizer (bytes_of request)));
    ("merge", fun request -> ids_of (merge_piece (current ()).tokenizer.ordinary (bytes_of request)));
    ("decode", fun request -> [ ("bytes", Json.String (to_hex (string_of_bytes (decoded request)))) ]);
    ("decode_text", answer_decode_text);
    ("apply_merge",
     fun request ->
       ids_of (apply_merge (read_merge (Json.field "merge" request)) (List.map Json.to_int (Json.to_list (Json.field "ids" request)))));
    ("count_pre_tokens", fun request -> counts_value (counted request));
    ("add_counts", answer_add);
    ("pair_statistics", answer_statistics);
    ("train", answer_train) ]

let greeting =
  [ ("protocol", Json.Int 1);
    ("implementation",
     Json.Object [ ("name", Json.String "extracted definitions"); ("language", Json.String "Coq, OCaml") ]);
    ("operations", Json.List (List.map (fun (name, _) -> Json.String name) operations)) ]

let answer request =
  match Json.to_string (Json.field "cmd" request) with
  | "start" when Json.field "protocol" request <> Json.Int 1 -> raise (Unsupported "this version of the protocol")
  | "start" -> greeting
  | "stop" -> exit 0
  | name -> (
      match List.assoc_opt name operations with
      | Some operation -> operation request
      | None -> raise (Unsupported name))

let message text = ("message", Json.String text)

(* Every request gets one reply, also one that cannot be answered: A1, A2, A3. *)
let reply line =
  let request = try Json.parse line with Json.Fault _ -> Json.Object [] in
  let seq = match Json.field "seq" request with Json.Null -> [] | seq -> [ ("seq", seq) ] in
  let members =
    try answer request with
    | Rejected (text, details) -> [ ("rejected", Json.Object [ message text; ("details", Json.Object details) ]) ]
    | Unsupported reason -> [ ("unsupported", Json.Object [ ("reason", Json.String reason) ]) ]
    | Json.Fault text | Invalid_argument text | Failure text -> [ ("errored", Json.Object [ message text ]) ]
  in
  Json.Object (seq @ members)

let () =
  try
    while true do
      print_endline (Json.print (reply (input_line stdin)))
    done
  with End_of_file -> ()

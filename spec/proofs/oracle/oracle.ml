(* The extracted definitions behind a pipe: one request a line, one reply a line.

   {"cmd":"start","protocol":1}
   {"cmd":"load","seq":1,"model":{"pattern":null,"merges":[[97,97]],"special_tokens":{"<x>":257}}}
   {"cmd":"encode","seq":2,"text":"aaa","allowed_special":["<x>"]}     or "bytes":"616161"
   {"cmd":"decode","seq":3,"ids":[256,97]}
   {"cmd":"train","seq":4,"corpus":["aaab"],"vocab_size":257,"tie_break":"smallest-pair"}
   {"cmd":"stop"} *)

open Definitions

let loaded : tokenizer option ref = ref None

let tokenizer () =
  match !loaded with Some t -> t | None -> raise (Json.Fault "no model is loaded")

let ids_of list = Json.List (List.map (fun id -> Json.Int id) list)

(* What [allowed_special] and [disallowed_special] mean. *)
let roles t request =
  let texts value = List.map (fun text -> Model.code_points (Json.to_string text)) (Json.to_list value) in
  let allowed =
    match Json.field "allowed_special" request with
    | Json.String "all" -> List.map fst t.special_tokens
    | value -> texts value
  in
  match Json.field "disallowed_special" request with
  | Json.Null | Json.String "all" -> (allowed, disallowed_by_default t allowed)
  | value -> (allowed, texts value)

let answer_encode request =
  let t = tokenizer () in
  match Json.field "bytes" request with
  | Json.String hex ->
      let piece = Model.bytes_of_string (Model.of_hex hex) in
      [ ("ids", ids_of (encode_piece t.whole_pre_token t.ordinary piece)) ]
  | _ -> (
      let allowed, disallowed = roles t request in
      match encode t allowed disallowed (Model.code_points (Json.to_string (Json.field "text" request))) with
      | Encoded ids -> [ ("ids", ids_of ids) ]
      | Refused (before, token) ->
          let message =
            Printf.sprintf "%s at index %d" (Model.text_of_code_points token) (List.length before)
          in
          [ ("rejected",
             Json.Object [ ("kind", Json.String "disallowed_special"); ("message", Json.String message) ]) ])

let answer_decode request =
  let t = tokenizer () in
  let ids = List.map Json.to_int (Json.to_list (Json.field "ids" request)) in
  match List.find_opt (fun id -> id_bytes t id = []) ids with
  | Some id ->
      let message = Json.String (Printf.sprintf "id %d is not in the vocabulary" id) in
      [ ("rejected", Json.Object [ ("kind", Json.String "unknown_id"); ("message", message) ]) ]
  | None -> [ ("bytes", Json.String (Model.to_hex (Model.string_of_bytes (decode t ids)))) ]

let read_tie_break = function
  | Json.Null | Json.String "smallest-pair" -> Smallest_pair
  | Json.String "first-seen" -> First_seen
  | Json.String "largest-bytes" -> Largest_bytes
  | _ -> raise (Json.Fault "an unknown tie-break")

let answer_train request =
  if Json.field "pattern" request <> Json.Null then raise (Json.Fault "no pattern is supported");
  let pieces = List.map Json.to_string (Json.to_list (Json.field "corpus" request)) in
  let counts = count_pre_tokens (List.map Model.bytes_of_string (List.filter (( <> ) "") pieces)) in
  let wanted = max 0 (Json.to_int (Json.field "vocab_size" request) - 256) in
  let min_frequency = match Json.field "min_frequency" request with Json.Int n -> n | _ -> 1 in
  let tie = read_tie_break (Json.field "tie_break" request) in
  let order =
    match Json.field "byte_order" request with
    | Json.List values -> List.map (fun value -> Char.chr (Json.to_int value)) values
    | _ -> List.init 256 Char.chr
  in
  let merges = train_merges tie min_frequency order counts wanted in
  [ ("merges", Json.List (List.map (fun m -> ids_of [ m.left_id; m.right_id ]) merges)) ]

let start =
  [ ("protocol", Json.Int 1);
    ("implementation",
     Json.Object [ ("name", Json.String "extracted definitions"); ("language", Json.String "Coq, OCaml") ]);
    ("operations", Json.List (List.map (fun o -> Json.String o) [ "encode"; "decode"; "train" ])) ]

let answer request =
  match Json.to_string (Json.field "cmd" request) with
  | "start" -> start
  | "load" -> loaded := Some (Model.read_tokenizer (Json.field "model" request)); [ ("ok", Json.Bool true) ]
  | "encode" -> answer_encode request
  | "decode" -> answer_decode request
  | "train" -> answer_train request
  | "stop" -> exit 0
  | other -> raise (Json.Fault ("no such command: " ^ other))

(* Every request gets one reply, also one that cannot be answered. *)
let reply line =
  try
    let request = Json.parse line in
    let seq = match Json.field "seq" request with Json.Null -> [] | seq -> [ ("seq", seq) ] in
    try Json.Object (seq @ answer request)
    with Json.Fault message | Invalid_argument message ->
      Json.Object (seq @ [ ("errored", Json.Object [ ("message", Json.String message) ]) ])
  with Json.Fault message -> Json.Object [ ("errored", Json.Object [ ("message", Json.String message) ]) ]

let () =
  try
    while true do
      print_endline (Json.print (reply (input_line stdin)))
    done
  with End_of_file -> ()

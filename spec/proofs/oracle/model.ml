(* A tokenizer for the extracted definitions, from the model that a request gives.

   Ids are looked up in hash tables; everything else is [Definitions]. *)

open Definitions

let bytes_of_string s = List.of_seq (String.to_seq s)
let string_of_bytes bytes = String.of_seq (List.to_seq bytes)

let to_hex s = String.concat "" (List.map (fun c -> Printf.sprintf "%02x" (Char.code c)) (bytes_of_string s))

let of_hex text =
  if String.length text mod 2 = 1 then raise (Json.Fault "an odd number of hexadecimal digits");
  String.init (String.length text / 2) (fun i ->
      match int_of_string_opt ("0x" ^ String.sub text (2 * i) 2) with
      | Some n -> Char.chr n
      | None -> raise (Json.Fault "no hexadecimal digits"))

(* The scalar values of UTF-8 text. *)
let code_points text =
  let rec go at =
    if at >= String.length text then []
    else
      let byte k = Char.code text.[at + k] in
      let tail k = byte k land 0x3F in
      let first = byte 0 in
      if first < 0x80 then first :: go (at + 1)
      else if first < 0xE0 then (((first land 0x1F) lsl 6) lor tail 1) :: go (at + 2)
      else if first < 0xF0 then (((first land 0x0F) lsl 12) lor (tail 1 lsl 6) lor tail 2) :: go (at + 3)
      else
        (((first land 0x07) lsl 18) lor (tail 1 lsl 12) lor (tail 2 lsl 6) lor tail 3) :: go (at + 4)
  in
  go 0

let text_of_code_points codes = String.concat "" (List.map Json.utf8 codes)

(* Bytes of ids, and ids of bytes: what [tokens] says, or else 256 single bytes and one token for
   each merge. *)
let tables merges tokens =
  let bytes = Hashtbl.create 512 and ids = Hashtbl.create 512 in
  let add (id, token) =
    if token = "" || Hashtbl.mem bytes id || Hashtbl.mem ids token then
      raise (Json.Fault (Printf.sprintf "token %d is empty, or is there twice" id));
    Hashtbl.replace bytes id token;
    Hashtbl.replace ids token id
  in
  let find id =
    match Hashtbl.find_opt bytes id with
    | Some token -> token
    | None -> raise (Json.Fault (Printf.sprintf "a merge uses id %d, which no earlier merge makes" id))
  in
  if tokens <> [] then List.iter add tokens
  else begin
    List.iter (fun n -> add (n, String.make 1 (Char.chr n))) (List.init 256 Fun.id);
    List.iter (fun m -> add (m.result, find m.left_id ^ find m.right_id)) merges
  end;
  (bytes, ids)

let read_merge rank = function
  | Json.List [ l; r ] -> { left_id = Json.to_int l; right_id = Json.to_int r; result = 256 + rank }
  | Json.List [ l; r; c ] -> { left_id = Json.to_int l; right_id = Json.to_int r; result = Json.to_int c }
  | _ -> raise (Json.Fault "a merge is two or three ids")

let read_token (id, token) =
  match int_of_string_opt id with
  | Some id -> (id, of_hex (Json.to_string token))
  | None -> raise (Json.Fault "the names of tokens are ids")

(* The whole text is one pre-token: there is no pattern. *)
let read_tokenizer model =
  if Json.field "pattern" model <> Json.Null then raise (Json.Fault "no pattern is supported");
  let merges = List.mapi read_merge (Json.to_list (Json.field "merges" model)) in
  let bytes, ids = tables merges (List.map read_token (Json.to_members (Json.field "tokens" model))) in
  let by_ranks = Json.field "semantics" model = Json.String "ranks" in
  let find table key = Hashtbl.find_opt table key in
  { ordinary =
      { token_bytes =
          (fun id -> match find bytes id with Some token -> bytes_of_string token | None -> []);
        token_ids = (fun piece -> find ids (string_of_bytes piece));
        merges = (if by_ranks then None else Some merges) };
    special_tokens =
      List.map (fun (text, id) -> (code_points text, Json.to_int id))
        (Json.to_members (Json.field "special_tokens" model));
    pre_split = (fun text -> if text = [] then [] else [ text ]);
    whole_pre_token = Json.field "whole_pre_token" model = Json.Bool true }

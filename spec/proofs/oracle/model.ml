(* A tokenizer for the extracted definitions, from the model that a request gives.

   What is not well formed is refused here, as chapters 2 and 7 of the specification say; the
   definitions are about vocabularies that are.  Ids are looked up in hash tables; everything else
   is [Definitions]. *)

open Definitions

exception Rejected of string * (string * Json.t) list
exception Unsupported of string

let reject ?(details = []) message = raise (Rejected (message, details))

(* Bytes and hexadecimal digits. *)

let bytes_of_string s = List.of_seq (String.to_seq s)
let string_of_bytes bytes = String.of_seq (List.to_seq bytes)

let to_hex s = String.concat "" (List.map (fun c -> Printf.sprintf "%02x" (Char.code c)) (bytes_of_string s))

let of_hex text =
  if String.length text mod 2 = 1 then raise (Json.Fault "an odd number of hexadecimal digits");
  String.init (String.length text / 2) (fun i ->
      match int_of_string_opt ("0x" ^ String.sub text (2 * i) 2) with
      | Some n -> Char.chr n
      | None -> raise (Json.Fault "no hexadecimal digits"))

(* Texts: the scalar values of a string, or a list of code points, surrogates among them. *)

let scalars_of_string text =
  List.filter_map Fun.id (read_text (String.length text) (bytes_of_string text))

let code_points = function
  | Json.String text -> scalars_of_string text
  | value -> List.map Json.to_int (Json.to_list (Json.field "code_points" value))

let is_surrogate code = 0xD800 <= code && code <= 0xDFFF
let is_high code = 0xD800 <= code && code <= 0xDBFF
let is_low code = 0xDC00 <= code && code <= 0xDFFF

(* The JSON value of scalar text. *)
let text_value codes = Json.String (String.concat "" (List.map Json.utf8 codes))

(* Scalar text, by the profile of the model: clause B4. *)
let scalar_text surrogates codes =
  let rec repair = function
    | high :: low :: rest when is_high high && is_low low ->
        (0x10000 + ((high - 0xD800) lsl 10) + (low - 0xDC00)) :: repair rest
    | code :: rest -> (if is_surrogate code then replacement else code) :: repair rest
    | [] -> []
  in
  let rec index_of n = function
    | code :: rest -> if is_surrogate code then Some n else index_of (n + 1) rest
    | [] -> None
  in
  match index_of 0 codes with
  | None -> codes
  | Some _ when surrogates = "replace" -> repair codes
  | Some n -> reject ~details:[ ("index", Json.Int n) ] (Printf.sprintf "a surrogate at index %d" n)

(* Tokens: clauses V1 and V2. *)

let range first last = List.init (last - first + 1) (fun i -> first + i)

let gpt2_order =
  let printable = range 0x21 0x7E @ range 0xA1 0xAC @ range 0xAE 0xFF in
  printable @ List.filter (fun value -> not (List.mem value printable)) (range 0 255)

(* The bytes in the order of their ids. *)
let byte_order = function
  | Json.Null | Json.String "value" -> range 0 255
  | Json.String "gpt2" -> gpt2_order
  | _ -> raise (Unsupported "this order of bytes")

let single_tokens = function
  | Json.List ids ->
      List.concat (List.mapi (fun value id -> if id = Json.Null then [] else [ (Json.to_int id, value) ]) ids)
  | named -> List.mapi (fun id value -> (id, value)) (byte_order named)

let read_token = function
  | Json.List [ id; token ] -> (Json.to_int id, of_hex (Json.to_string token))
  | _ -> raise (Json.Fault "a token is an id and its bytes")

let read_tokens model =
  List.map (fun (id, value) -> (id, String.make 1 (Char.chr value))) (single_tokens (Json.field "bytes" model))
  @ List.map read_token (Json.to_list (Json.field "tokens" model))

let tables tokens =
  let bytes = Hashtbl.create 512 and ids = Hashtbl.create 512 in
  let add (id, token) =
    if id < 0 || id > 0xFFFFFFFF then reject (Printf.sprintf "the id %d is out of range" id);
    if token = "" then reject (Printf.sprintf "token %d is empty" id);
    if Hashtbl.mem bytes id then reject (Printf.sprintf "the id %d has two tokens" id);
    if Hashtbl.mem ids token then reject (Printf.sprintf "token %d has the bytes of another" id);
    Hashtbl.replace bytes id token;
    Hashtbl.replace ids token id
  in
  List.iter add tokens;
  let has_id value = Hashtbl.mem ids (String.make 1 (Char.chr value)) in
  if not (List.for_all has_id (range 0 255)) then reject "a single byte has no id";
  (bytes, ids)

(* Merges: clause V4. *)

let read_merge = function
  | Json.List [ left; right; result ] ->
      { left_id = Json.to_int left; right_id = Json.to_int right; result = Json.to_int result }
  | _ -> raise (Json.Fault "a merge is three ids")

let check_merges bytes merges =
  let made = Hashtbl.create 512 and pairs = Hashtbl.create 512 in
  Hashtbl.iter (fun id token -> if String.length token = 1 then Hashtbl.replace made id ()) bytes;
  let token id = Option.value (Hashtbl.find_opt bytes id) ~default:"" in
  let check rank m =
    let name = Printf.sprintf "merge %d " rank in
    if not (Hashtbl.mem made m.left_id && Hashtbl.mem made m.right_id) then
      reject (name ^ "uses an id that no earlier merge makes");
    if token m.result <> token m.left_id ^ token m.right_id then reject (name ^ "makes other bytes than it joins");
    if Hashtbl.mem pairs (pair_of m) then reject (name ^ "repeats a pair");
    Hashtbl.replace pairs (pair_of m) ();
    Hashtbl.replace made m.result ()
  in
  List.iteri check merges

(* Special tokens: clause S8.  Aliases come last, so that an id decodes to the text that is none. *)

let check_special bytes (text, id) before =
  let details = [ ("token", text_value (List.filter (fun code -> not (is_surrogate code)) text)) ] in
  let reject = reject ~details in
  if text = [] then reject "a special token is empty";
  if List.exists is_surrogate text then reject "a special token holds a surrogate";
  if id < 0 || id > 0xFFFFFFFF then reject "the id of a special token is out of range";
  if Hashtbl.mem bytes id then reject "a special token has the id of an ordinary token";
  if List.mem_assoc text before then reject "a special token has two ids"

let check_own_id (text, id) before =
  if List.exists (fun (_, other) -> other = id) before then
    reject ~details:[ ("token", text_value text) ] "two special tokens have one id, and none is an alias"

let check_alias tokens aliases (alias, text) =
  let id = List.assoc_opt alias tokens in
  if List.mem_assoc text aliases || id = None || List.assoc_opt text tokens <> id then
    reject ~details:[ ("token", text_value alias) ] "an alias has not the id of a special token that is none"

let read_special bytes value aliases =
  let read = function
    | Json.List [ text; id ] -> (code_points text, Json.to_int id)
    | _ -> raise (Json.Fault "a special token is a text and its id")
  in
  let add check before token = check token before; before @ [ token ] in
  let tokens = List.fold_left (add (check_special bytes)) [] (List.map read (Json.to_list value)) in
  let read_alias (alias, text) = (scalars_of_string alias, code_points text) in
  let aliases = List.map read_alias (Json.to_members aliases) in
  let others, own = List.partition (fun (text, _) -> List.mem_assoc text aliases) tokens in
  List.iter (check_alias tokens aliases) aliases;
  List.fold_left (add check_own_id) [] own @ others

type loaded = { tokenizer : tokenizer; surrogates : string; known : (int, unit) Hashtbl.t; has_aliases : bool }

(* The whole text is one pre-token: patterns are no part of the definitions. *)
let read_model model =
  let bytes, ids = tables (read_tokens model) in
  let merges = Json.field "merges" model in
  let merges = if merges = Json.Null then None else Some (List.map read_merge (Json.to_list merges)) in
  Option.iter (check_merges bytes) merges;
  let special_tokens = read_special bytes (Json.field "special_tokens" model) (Json.field "aliases" model) in
  if Json.field "pattern" model <> Json.Null then raise (Unsupported "patterns");
  let known = Hashtbl.create 512 in
  Hashtbl.iter (fun id _ -> Hashtbl.replace known id ()) bytes;
  List.iter (fun (_, id) -> Hashtbl.replace known id ()) special_tokens;
  let tokenizer =
    { ordinary =
        { token_bytes =
            (fun id -> match Hashtbl.find_opt bytes id with Some token -> bytes_of_string token | None -> []);
          token_ids = (fun piece -> Hashtbl.find_opt ids (string_of_bytes piece));
          merges };
      special_tokens;
      pre_split = (fun text -> if text = [] then [] else [ text ]);
      whole_pre_token = Json.field "whole_pre_token" model = Json.Bool true }
  in
  let surrogates = match Json.field "surrogates" model with Json.String name -> name | _ -> "strict" in
  { tokenizer; surrogates; known; has_aliases = Json.to_members (Json.field "aliases" model) <> [] }

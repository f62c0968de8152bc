(* JSON, as much of it as the protocol needs: RFC 8259. *)

type t =
  | Null
  | Bool of bool
  | Int of int
  | Other of string  (* any other number, as it is written *)
  | String of string  (* UTF-8 *)
  | List of t list
  | Object of (string * t) list

exception Fault of string

let fault position what = raise (Fault (Printf.sprintf "%s at byte %d" what position))

(* The UTF-8 form of a scalar value. *)
let utf8 code =
  let buffer = Buffer.create 4 in
  Buffer.add_utf_8_uchar buffer (Uchar.of_int code);
  Buffer.contents buffer

type reader = { text : string; mutable at : int }

let peek r = if r.at < String.length r.text then r.text.[r.at] else '\000'
let step r = r.at <- r.at + 1

let rec skip_space r =
  match peek r with ' ' | '\t' | '\n' | '\r' -> step r; skip_space r | _ -> ()

let expect r c = if peek r = c then step r else fault r.at (Printf.sprintf "no %C" c)

let word r name value =
  let n = String.length name in
  if r.at + n <= String.length r.text && String.sub r.text r.at n = name then (r.at <- r.at + n; value)
  else fault r.at "no value"

let hex4 r =
  if r.at + 4 > String.length r.text then fault r.at "a short escape";
  let digits = String.sub r.text r.at 4 in
  r.at <- r.at + 4;
  match int_of_string_opt ("0x" ^ digits) with Some n -> n | None -> fault r.at "no hexadecimal digits"

(* An escaped UTF-16 unit, or the two of one character; a lone surrogate is no text. *)
let escaped r =
  let high = hex4 r in
  if high < 0xD800 || high > 0xDFFF then high
  else if high > 0xDBFF then fault r.at "a lone surrogate"
  else begin
    expect r '\\'; expect r 'u';
    let low = hex4 r in
    if low < 0xDC00 || low > 0xDFFF then fault r.at "a lone surrogate";
    0x10000 + ((high - 0xD800) lsl 10) + (low - 0xDC00)
  end

let read_string r =
  expect r '"';
  let buffer = Buffer.create 16 in
  let rec go () =
    if r.at >= String.length r.text then fault r.at "no end of a string";
    let c = peek r in
    step r;
    match c with
    | '"' -> Buffer.contents buffer
    | '\\' ->
        let e = peek r in
        step r;
        Buffer.add_string buffer
          (match e with
           | 'n' -> "\n" | 't' -> "\t" | 'r' -> "\r" | 'b' -> "\b" | 'f' -> "\012"
           | '"' | '\\' | '/' -> String.make 1 e
           | 'u' -> utf8 (escaped r)
           | _ -> fault r.at "an unknown escape");
        go ()
    | _ -> Buffer.add_char buffer c; go ()
  in
  go ()

(* Whole numbers that OCaml has; any other number keeps its digits, and is no id of anything. *)
let read_number r =
  let start = r.at in
  while match peek r with '0' .. '9' | '-' | '+' | '.' | 'e' | 'E' -> true | _ -> false do step r done;
  let digits = String.sub r.text start (r.at - start) in
  match (int_of_string_opt digits, float_of_string_opt digits) with
  | Some n, _ -> Int n
  | None, Some _ -> Other digits
  | None, None -> fault start "no number"

let rec read_value r =
  skip_space r;
  let value =
    match peek r with
    | '{' -> step r; Object (read_items r '}' read_member)
    | '[' -> step r; List (read_items r ']' read_value)
    | '"' -> String (read_string r)
    | 't' -> word r "true" (Bool true)
    | 'f' -> word r "false" (Bool false)
    | 'n' -> word r "null" Null
    | _ -> read_number r
  in
  skip_space r;
  value

and read_member r =
  skip_space r;
  let name = read_string r in
  skip_space r; expect r ':';
  (name, read_value r)

and read_items : 'a. reader -> char -> (reader -> 'a) -> 'a list = fun r close read ->
  skip_space r;
  if peek r = close then (step r; [])
  else
    let rec go items =
      let items = read r :: items in
      skip_space r;
      if peek r = ',' then (step r; go items) else (expect r close; List.rev items)
    in
    go []

let parse text =
  let r = { text; at = 0 } in
  let value = read_value r in
  if r.at < String.length text then fault r.at "something behind the value" else value

let quote text =
  let buffer = Buffer.create (String.length text + 2) in
  let add c =
    match c with
    | '"' -> Buffer.add_string buffer "\\\""
    | '\\' -> Buffer.add_string buffer "\\\\"
    | c when Char.code c < 32 -> Buffer.add_string buffer (Printf.sprintf "\\u%04x" (Char.code c))
    | c -> Buffer.add_char buffer c
  in
  Buffer.add_char buffer '"'; String.iter add text; Buffer.add_char buffer '"';
  Buffer.contents buffer

let rec print = function
  | Null -> "null"
  | Bool b -> string_of_bool b
  | Int n -> string_of_int n
  | Other digits -> digits
  | String s -> quote s
  | List l -> "[" ^ String.concat "," (List.map print l) ^ "]"
  | Object o -> "{" ^ String.concat "," (List.map (fun (k, v) -> quote k ^ ":" ^ print v) o) ^ "}"

(* Reading fields; [field] is [Null] where there is none. *)

let field name = function
  | Object members -> (try List.assoc name members with Not_found -> Null)
  | _ -> raise (Fault "a request is an object")

let to_int = function Int n -> n | _ -> raise (Fault "a number is expected")
let to_string = function String s -> s | _ -> raise (Fault "a string is expected")
let to_list = function List l -> l | Null -> [] | _ -> raise (Fault "a list is expected")
let to_members = function Object o -> o | Null -> [] | _ -> raise (Fault "an object is expected")

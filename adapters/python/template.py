"""A tokenizer in Python on the adapter protocol: put yours in, then bpe check 'exec:python template.py'."""

import json
import sys


class Tokenizer:  # yours, here
    """Each byte is a token."""

    def encode(self, text):
        return list(text.encode())

    def decode_bytes(self, ids):
        return bytes(ids)


def answer(tokenizer, request):
    """Return what a reply holds besides `seq`."""
    text = request.get("text")
    if isinstance(text, dict):  # a text with surrogates
        text = "".join(map(chr, text["code_points"]))
    match request["cmd"]:
        case "start":
            return {"protocol": 1, "implementation": {"name": "mytok"}, "operations": ["encode", "decode"]}
        case "encode":
            return {"ids": tokenizer.encode(text)}
        case "decode":
            return {"bytes": tokenizer.decode_bytes(request["ids"]).hex()}
    return {"unsupported": {"reason": request["cmd"]}}


tokenizer = Tokenizer()
while (request := json.loads(sys.stdin.readline()))["cmd"] != "stop":
    try:
        reply = answer(tokenizer, request)
    except ValueError as refusal:  # what yours raises to say no
        reply = {"rejected": {"message": str(refusal)}}
    print(json.dumps({**reply, **{key: request[key] for key in ("seq",) if key in request}}), flush=True)

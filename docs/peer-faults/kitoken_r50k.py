r"""kitoken: "\n's" is cut otherwise than the pattern of r50k_base says."""

import tiktoken
from kitoken import Kitoken
from ranks import rank_file

print("got     ", Kitoken.from_tiktoken_file(rank_file("r50k_base")).encode("\n's"))
print("expected", tiktoken.get_encoding("r50k_base").encode("\n's"))

"""kitoken: a million spaces end the process."""

import subprocess
import sys

from ranks import rank_file

program = "import kitoken, sys; kitoken.Kitoken.from_tiktoken_file(sys.argv[1]).encode(' ' * 1_000_000)"
run = subprocess.run(
    [sys.executable, "-c", program, rank_file("cl100k_base")], stderr=subprocess.PIPE, text=True, check=False
)
print(
    "got      exit status",
    run.returncode,
    "after",
    *[line[max(0, line.find("panicked")) :] for line in run.stderr.splitlines() if "panicked" in line or "Err" in line],
)
print("expected ids, or an exception")

"""Measurements of speed and memory beside other tokenizers: the same ids are checked first, and figures are ratios within one run.

`make bench` is `python -m benchmarks`.
A *part* (`measures/`) says what one process measures; `plan` puts the processes of all tools in turn; `process` starts them one at a time;
`results` keeps what they say as JSON lines; `tables`, `plots` and `page` make the page of it.
"""

"""What simulated printers of every family said, one short print each.

`<family>/<model>.jsonl`, as `odin record` writes them. They hold nothing of anybody's:
no machine that exists said them. `python -m tests.recordings.make` makes them anew.
"""

"""How long a test waits for what other threads, sockets and processes do.

Only a test that fails waits so long: it is the patience for a busy machine, never a
bound on how fast something has to be.
"""

PATIENCE_S = 60.0

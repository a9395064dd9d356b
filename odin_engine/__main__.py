"""`python -m odin_engine` is the `odin` command."""

from odin_engine.cli import main

main()

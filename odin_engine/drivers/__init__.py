"""The outside world behind ports: one package per thing we talk to."""

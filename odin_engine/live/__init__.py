"""The live socket: snapshots and patches of what changes, to whoever subscribed."""

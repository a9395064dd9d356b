"""What OctoPrint says and is told, as values; nothing here touches a network.

`document` is all that is known, `push` and `answers` fold messages into it, `translate`
makes a state of it, `encode` words commands. Servers of both shapes (up to 1.11, and
2.0) are read alike.
"""

"""What PrusaLink says and takes, as pure functions over values. Opens no sockets.

Two unrelated servers share the name and most paths: the one built into the Buddy
firmware (MINI, MK3.5 to MK4S, XL, CORE One, iX), and a program on a Raspberry Pi beside
an MK2.5 or MK3. Where they differ, the words are `buddy` and `pi`.
"""

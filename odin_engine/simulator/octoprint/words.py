"""The words for what can go wrong with the server, and what people do at it."""

from collections.abc import Mapping

MISBEHAVIOURS: Mapping[str, str] = {
    "change_certificate": "Shows another certificate from now on, with HTTPS.",
    "drop_link": "Cuts every connection without a word.",
    "error": "The machine reports a fault and stops; the server loses it.",
    "garbage": "The push socket sends what makes no sense among its messages.",
    "half_upload": "Keeps half of every file and says that all is well.",
    "ignore_commands": "Takes requests with an effect and never answers them.",
    "imposter": "Says that it is Moonraker, which imitates OctoPrint.",
    "lose_machine": "The cable to the machine is pulled; the server stays.",
    "not_started": "Says yes to a print and does not start it.",
    "reauth": "Forgets who is on the push socket and wants them to log in again.",
    "refuse_commands": "Answers requests with an effect with 409.",
    "silent": "The push socket lets everybody in and says nothing.",
    "slow": "Answers each request late, `seconds` of them.",
    "wrong_key": "Refuses every key.",
}
ACTS: Mapping[str, str] = {
    "allow_key": "Allows the application that asks for a key.",
    "answer": "Answers the machine's question at the machine.",
    "ask": "Lets the machine ask something.",
    "connect": "Presses Connect.",
    "deny_key": "Denies the application that asks for a key.",
    "disconnect": "Presses Disconnect.",
}
GARBAGE = ("no json", "[1, 2]", '{"current": {"state": 7}}', '{"current": null}')

"""What can go wrong with a printer, and what a person does at it: words, and what they are.

Source: the traps of the protocol, each reported by owners.
"""

MISBEHAVIOURS = {
    "drop_link": "Cuts every connection and refuses new ones.",
    "hiccup": "Its network part starts anew: some requests are cut (`times`, 2).",
    "silent": "Takes requests and answers none.",
    "garbage": "Answers nonsense where its state is asked for (`times`, 3).",
    "refuse_commands": "Says 409 to every command.",
    "ignore_commands": "Leaves every command without an answer.",
    "swallow_commands": "Says yes to every command and does nothing.",
    "truncate_uploads": "Keeps half of every file and says that all is well.",
    "full": "Has no room on its stick.",
    "slow_usb": "Says for a while after an upload that it still runs (`times`, 3).",
    "other_transfer": "Takes a file from somebody else, and none besides.",
    "missing_keys": "Leaves out what other machines always say.",
    "plain_errors": "Says no in text rather than in JSON.",
    "stale_nonce": "Calls every nonce an old one, once.",
    "full_house": "Has all its connections taken by others.",
    "away": "Has lost its machine; only the Pi can.",
    "ask_at_start": "Asks something on its screen when a print starts.",
    "no_photo": "Its camera has taken no picture yet.",
}
OF_PI = frozenset({"away", "no_photo"})
ONCE = frozenset({"hiccup", "garbage", "stale_nonce"})
ACTS = {
    "answer": "Answers the question on the screen.",
    "ask": "Lets the screen ask something in the middle of a print.",
    "begin_calibration": "Starts something that is no print, and keeps it busy.",
    "end_calibration": "Lets it end.",
    "leave_screen": "Presses Home after a print: the machine is idle.",
    "remove_stick": "Pulls the USB stick.",
    "insert_stick": "Puts the USB stick in.",
}
FLAGS = {
    "silent": "_is_silent",
    "full_house": "_is_silent",
    "refuse_commands": "refuses",
    "ignore_commands": "ignores",
    "swallow_commands": "swallows",
    "other_transfer": "has_other_transfer",
    "missing_keys": "drops_keys",
    "plain_errors": "says_plainly",
    "away": "is_away",
    "ask_at_start": "asks_at_start",
}
"""The attribute of the printer that a lasting one switches."""

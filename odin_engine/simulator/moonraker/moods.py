"""What can go wrong with a simulated Moonraker, and what is done at it, in words."""

NONSENSE = (
    "",
    "{",
    "[]",
    "null",
    '{"jsonrpc":"2.0"}',
    '{"id":99999,"error":"no"}',
    "\ufffd\ufffd",
)
MISBEHAVIOURS = {
    "drop_link": "Cuts every connection once, without a word.",
    "silent": "Answers nothing, not even a ping.",
    "refuse_commands": "Refuses every command.",
    "ignore_commands": "Takes every command and never answers it.",
    "garbage": "Says several things once that make no sense.",
    "half_upload": "Keeps half of each file and says that all is well.",
    "print_flag_ignored": "Takes a file to print, says 201, and does not print it.",
    "old_upload": "Answers an upload without the size, as before the middle of 2023.",
    "wrapped_upload": "Wraps the answer to an upload as all others.",
    "broken_switch": "Says of a switch that it does not work.",
    "refuse_info": "Refuses to say of itself and its Klipper what they are.",
    "refuse_subscription": "Refuses subscriptions.",
    "hung_http": "Takes HTTP requests and never answers; the socket works.",
    "deaf_socket": "Does nothing that is asked on the socket; HTTP works.",
    "error_503": "Answers every HTTP request with 503.",
    "slow_pause": "Pauses, and answers the request only when this ends.",
    "sd_busy": "Has a file loaded, so that no print starts before a reset.",
    "klippy_disconnect": "Klipper's service stops; ending it starts it again.",
    "host_restart": (
        "Moonraker starts anew beside a Klipper that goes on; until this ends it says "
        "that Klipper is away."
    ),
    "shutdown": "Klipper shuts the machine down; what it printed stays on the wire.",
    "cancel_to_standby": "Ends a cancelled job in standby, as some makers' builds do.",
}
ACTS = {
    "ask": "A macro asks a question with two buttons.",
    "mmu_jam": "The filament jams in the multi-material unit.",
}
QUESTION = (
    "// action:prompt_begin Change the filament",
    "// action:prompt_text Put in the red one, then go on.",
    "// action:prompt_button Go on|RESUME|primary",
    "// action:prompt_footer_button Stop|CANCEL_PRINT|error",
    "// action:prompt_show",
)

"""Reaching other machines without being talked into reaching the wrong one.

Which addresses are allowed is data (`Reach`). Drivers resolve hosts with
`resolve_local`; `client.Fetch` is the guarded HTTP client.
"""

from odin_engine.kernel.fetch.addresses import (
    LOCAL_ALLOWED,
    PUBLIC_ONLY,
    AddressRefused,
    HostUnknown,
    Reach,
    resolve,
    resolve_local,
)

__all__ = [
    "LOCAL_ALLOWED",
    "PUBLIC_ONLY",
    "AddressRefused",
    "HostUnknown",
    "Reach",
    "resolve",
    "resolve_local",
]

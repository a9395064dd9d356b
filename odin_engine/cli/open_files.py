"""How many files and connections a process may have open: as many as the system lets."""

import resource


def allow_open_files(wanted: int) -> None:
    """Raises the soft limit to what hundreds of printers need, as far as it may be.

    Systems start programs with 1,024, for the sake of old ones that cannot count further.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))

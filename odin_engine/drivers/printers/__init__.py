"""One package per printer family, each behind the port in `printers.ports`."""

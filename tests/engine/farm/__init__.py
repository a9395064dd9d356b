"""The printers service with the Bambu driver, against simulated machines on sockets."""

"""PrusaLink: printers of Prusa Research, over the HTTP server that they come with."""

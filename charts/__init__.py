"""Frame in, figure out: SVG made on the server, the same bytes on the screen, in PDF, PNG and HTML."""

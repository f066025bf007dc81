"""Lands what communes send, shapes it, builds and publishes the tables, and draws the workbooks handed out."""

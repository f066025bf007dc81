"""Questions asked of a published version, each answered with a frame."""

"""Fetches what the platforms' interfaces tell of our channels, and keeps the answers as deliveries."""

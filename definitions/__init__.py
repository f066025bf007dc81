"""What we measure and promise, as data, validated when loaded."""

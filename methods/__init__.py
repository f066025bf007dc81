"""Pure formulas: numbers in, numbers out; no reading, no clock, no tables."""

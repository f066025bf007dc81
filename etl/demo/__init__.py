"""The demonstration province: real communes and sizes, everything else invented from a seed."""

from etl.demo.province import make, small, truth

__all__ = ["make", "small", "truth"]

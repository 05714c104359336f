"""Compute Student's t distribution, which Python's standard library lacks."""

import math

_HALVINGS = 200  # of the interval that the quantile lies in: beyond what a float tells apart


def within(t: float, freedom: int) -> float:
    """Return the chance that |T| is below `t` >= 0, for a whole number of degrees of freedom.

    Abramowitz and Stegun 1964, Handbook of Mathematical Functions, 26.7.3 and 26.7.4.
    """
    odd = freedom % 2
    angle = math.atan2(t, math.sqrt(freedom))
    term = math.cos(angle) if odd else 1.0
    total = 0.0 if freedom == 1 else term
    for k in range(2 + odd, freedom - 1, 2):
        term *= (k - 1) / k * math.cos(angle) ** 2
        total += term
    product = math.sin(angle) * total
    return 2 / math.pi * (angle + product) if odd else product


def quantile(tail: float, freedom: int) -> float:
    """Return the t that T exceeds with a chance of `tail`, in (0, 0.5], by bisection."""
    low, high = 0.0, 1.0
    while within(high, freedom) < 1 - 2 * tail:
        high *= 2
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if within(middle, freedom) < 1 - 2 * tail else (low, middle)
    return high

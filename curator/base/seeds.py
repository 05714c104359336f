"""Derive seeds from what they are for."""

import hashlib


def derive_seed(*parts: object) -> int:
    """Derive a seed of 31 bits from all parts: SHA-256 of their texts."""
    text = "/".join(map(str, parts)).encode("utf-8")
    return int.from_bytes(hashlib.sha256(text).digest()[:4], "big") >> 1

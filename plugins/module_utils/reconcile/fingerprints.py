# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fingerprints that tell nothing to whoever has no token. Pure. Private to this collection."""

from __future__ import annotations

import hashlib
import hmac

# What a fingerprint is made of; another number makes all earlier ones worthless.
FORMAT = 1
LENGTH = 32


class Fingerprints:
    """Makes the fingerprints of one account.

    A fingerprint is an HMAC-SHA-256 with a key derived from the API token, over the host of the API and some texts, cut
    to 128 bits, in 32 hexadecimal digits.

    :param host: host and port of the API.
    """

    def __init__(self, token: str, host: str) -> None:
        self._key = hmac.new(token.encode("utf-8"), f"ocamba.hood {FORMAT}".encode("ascii"), hashlib.sha256).digest()
        self._host = host.lower()

    def of(self, *parts: str) -> str:
        """Return the fingerprint of texts, in this order."""
        digest = hmac.new(self._key, digestmod=hashlib.sha256)
        for part in (self._host, *parts):
            raw = part.encode("utf-8", "surrogatepass")
            # With its length before each part, no two lists of parts have the same bytes.
            digest.update(len(raw).to_bytes(8, "big") + raw)
        return digest.hexdigest()[:LENGTH]

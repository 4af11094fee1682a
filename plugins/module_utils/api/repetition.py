# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What follows on one try of a request: the answer, an error, or another try. Pure. Private to this collection."""

from __future__ import annotations

from enum import Enum
from typing import Union

from ansible_collections.ocamba.hood.plugins.module_utils.api.bodies import REFUSALS, Answer
from ansible_collections.ocamba.hood.plugins.module_utils.errors import NotSent, Uncertain

# What one try came to.
Tried = Union[Answer, NotSent, Uncertain]

REPETITIONS = 4
LIMIT_REPETITIONS = 10
# By these somebody in between says that Hood took too long: it may still be at work.
SLOW = frozenset({408, 499, 504, 524})


class Move(Enum):
    """What to do after one try: return the answer or raise the error, raise that it may have been processed, obey the
    limit and try again, back off and try again."""

    RETURN = "return"
    RAISE = "raise"
    UNCLEAR = "unclear"
    WAIT = "wait"
    REPEAT = "repeat"


def next_move(answer: Tried, failures: int, limits: int, repeatable: bool) -> Move:
    """Decide what follows on one try.

    :param failures: passing failures before this one.
    :param limits: how often a limit was met before.
    :param repeatable: whether carrying the request out twice is the same as once.
    """
    is_last = failures >= REPETITIONS - 1
    if isinstance(answer, NotSent):
        return Move.REPEAT if answer.is_passing and not is_last else Move.RAISE
    if isinstance(answer, Uncertain):
        return Move.REPEAT if repeatable and not is_last else Move.RAISE
    if answer.status == 429:
        return Move.WAIT if limits < LIMIT_REPETITIONS else Move.RETURN
    if answer.is_success or answer.is_refusal:
        return Move.RETURN
    if not repeatable:
        return Move.UNCLEAR
    stays = answer.is_redirect or answer.status in REFUSALS
    return Move.RETURN if stays or is_last else Move.REPEAT


def may_be_processed(tried: Tried) -> bool:
    """Return whether a request to write may have been carried out although this try of it was no success."""
    if isinstance(tried, Answer):
        stays = tried.is_success or tried.is_refusal or tried.status in REFUSALS
        return not stays
    return isinstance(tried, Uncertain)

"""The emulator by hand: `python -m tests.emulator`."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
import threading
from collections.abc import Sequence
from types import FrameType

from tests.emulator.limits import Limits
from tests.emulator.log import LogEntry
from tests.emulator.server import TOKEN, Emulator
from tests.emulator.variants import VariantError, Variants

PLAIN_QUERY = ("page", "view", "fields", "sort", "q_fields", "type", "status")
"""Query parameters whose values are reported; the others are reported by name."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until SIGTERM or SIGINT. The first line reported is the URL, then one line a request."""
    options = _parser().parse_args(arguments)
    try:
        variants = Variants.from_pairs(options.variant)
    except VariantError as error:
        print(error, file=sys.stderr)
        return 2
    logging.basicConfig(stream=sys.stdout, format="%(asctime)s %(message)s")
    logger = logging.getLogger("emulator")
    logger.setLevel(options.log_level.upper())
    done = threading.Event()
    _end_on_signals(done)
    limits = Limits.parse(options.limits)
    emulator = Emulator(host=options.host, port=options.port, variants=variants, limits=limits)
    emulator.log.on_end = lambda entry: logger.info("%s", line(entry))
    try:
        emulator.start()
    except OSError as error:
        print(f"cannot listen on {options.host}:{options.port}: {error.strerror}", file=sys.stderr)
        return 1
    try:
        for token in options.token or [TOKEN]:
            emulator.account(token, seed=options.seed)
        print(emulator.url, flush=True)
        done.wait()
    finally:
        emulator.stop()
    return 0


def line(entry: LogEntry) -> str:
    """A request in a line, without anything that could be secret."""
    reported = [f"{name}={value if name in PLAIN_QUERY else '…'}" for name, value in entry.query.items()]
    query = f"?{'&'.join(reported)}" if reported else ""
    status = entry.status if entry.status is not None else "no answer"
    fault = f" [{entry.fault}]" if entry.fault else ""
    return f"{entry.method} {entry.path}{query} {status}{fault}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.emulator", description="An emulator of the Ocamba Hood API.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8765, help="0: a free one")
    parser.add_argument("--token", action="extend", nargs="+", default=[], help=f"an account; default {TOKEN}")
    parser.add_argument("--variant", action="extend", nargs="+", default=[], metavar="NAME=VALUE")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="made-up integrations")
    parser.add_argument("--limits", choices=("documented", "off"), default="documented")
    parser.add_argument("--log-level", choices=("info", "warning", "error"), default="info")
    return parser


def _end_on_signals(done: threading.Event) -> None:
    def end(number: int, frame: FrameType | None) -> None:
        done.set()

    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, end)


if __name__ == "__main__":
    sys.exit(main())

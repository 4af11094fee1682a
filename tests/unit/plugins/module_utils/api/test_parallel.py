"""Several things at a time, in a run that can be ended at any moment."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path
from types import FrameType

import pytest

from ansible_collections.ocamba.hood.plugins.module_utils.api.pacer import Pacer
from ansible_collections.ocamba.hood.plugins.module_utils.api.parallel import in_parallel
from ansible_collections.ocamba.hood.plugins.module_utils.errors import NotSent

HOUR = 3600.0


class TimedOut(BaseException):
    """As core ends a task by its time-out."""


@pytest.mark.parametrize("parallel", [1, 3, 50])
def test_results_come_in_the_order_of_the_items(parallel: int) -> None:
    assert in_parallel(lambda one: one * 2, list(range(20)), parallel) == list(range(0, 40, 2))


@pytest.mark.parametrize("parallel", [1, 3])
def test_of_several_errors_the_first_items_is_raised(parallel: int) -> None:
    def work(one: int) -> int:
        if one in (2, 3):
            raise KeyError(one)
        return one

    with pytest.raises(KeyError, match="2"):
        in_parallel(work, list(range(4)), parallel)


def test_after_an_error_nothing_is_begun_any_more() -> None:
    begun: list[int] = []

    def work(one: int) -> None:
        begun.append(one)
        raise KeyError(one)

    with pytest.raises(KeyError):
        in_parallel(work, list(range(1000)), 2)
    assert len(begun) < 1000


@pytest.mark.parametrize("parallel", [1, 3])
def test_a_time_out_ends_it_at_once(parallel: int) -> None:
    begun: list[int] = []
    pacer = Pacer(HOUR)

    def work(one: int) -> None:
        begun.append(one)
        pacer.pause(HOUR, "a test")

    def ring(_number: int, _frame: FrameType | None) -> None:
        raise TimedOut

    before = signal.signal(signal.SIGALRM, ring)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        with pytest.raises(TimedOut):
            in_parallel(work, list(range(20)), parallel)
    finally:
        signal.signal(signal.SIGALRM, before)
    pacer.stop()
    assert len(begun) <= parallel


def test_a_process_that_ends_waits_for_none_of_it(collections: Path) -> None:
    script = """
        import os, signal, threading
        from ansible_collections.ocamba.hood.plugins.module_utils.api.parallel import in_parallel
        threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
        try:
            in_parallel(lambda _one: threading.Event().wait(3600), [1, 2, 3], 3)
        except KeyboardInterrupt:
            print("ended")
    """
    command = [sys.executable, "-c", textwrap.dedent(script)]
    environment = {"PYTHONPATH": str(collections)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == "ended\n", done.stderr


def test_stopping_ends_waits_and_places() -> None:
    pacer = Pacer(HOUR, 1)
    errors: list[NotSent] = []

    def wait() -> None:
        with pytest.raises(NotSent) as failure:
            pacer.pause(HOUR, "a test")
        errors.append(failure.value)

    def queue() -> None:
        with pytest.raises(NotSent) as failure, pacer.turn():
            pass
        errors.append(failure.value)

    with pacer.turn():
        threads = [threading.Thread(target=target, daemon=True) for target in (wait, queue, queue)]
        for thread in threads:
            thread.start()
        pacer.stop()
        for thread in threads:
            thread.join(30)
    assert len(errors) == 3
    assert not any(error.is_passing for error in errors)
    with pytest.raises(NotSent), pacer.turn():
        pass

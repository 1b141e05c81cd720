"""How far is a run of many articles, how fast, and how long will it take? Shown on a terminal, and only there."""

from datetime import timedelta
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from service.bulk import State


class Bar:
    """A bar that is told of states. It begins with the first one: processes started before are not disturbed by it."""

    def __init__(self, console: Console) -> None:
        columns = (
            TextColumn("{task.fields[told]}"),
            BarColumn(None),
            TaskProgressColumn(),
            TextColumn("{task.fields[left]}"),
        )
        self._bar = Progress(*columns, console=console, disable=not console.is_terminal, transient=True)
        self._task = self._bar.add_task("", told="", left="", start=True)
        self._first: State | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._bar.stop()

    def __call__(self, state: State) -> None:
        """Show `state`."""
        self._bar.start()
        if self._first is None and state.bytes_read:
            self._first = state  # what an earlier run has done says nothing of the speed of this one
        self._bar.update(
            self._task,
            total=max(1, state.bytes_all),
            completed=state.bytes_read,
            told=_told(state),
            left=_left(state, self._first),
        )


def rate(state: State) -> str:
    """Return how many articles a second were cleaned."""
    return f"{(state.done - state.resumed) / max(state.seconds, 1e-9):,.0f} articles/s"


def _told(state: State) -> str:
    failed = f", {state.failed:,} failed" if state.failed else ""
    return f"{state.done:,} articles{failed}, {rate(state)}"


def _left(state: State, first: State | None) -> str:
    if first is None or state.bytes_read <= first.bytes_read:
        return "ETA …"
    pace = (state.seconds - first.seconds) / (state.bytes_read - first.bytes_read)
    return f"ETA {timedelta(seconds=round(pace * (state.bytes_all - state.bytes_read)))}"

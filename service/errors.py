"""What can go wrong, and how it is said."""

from collections.abc import Sequence


class AfterwordError(Exception):
    """Base of every error this project raises on purpose."""


class PackError(AfterwordError):
    """The lexicon's files are faulty. Holds every fault found, not only the first."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__(
            f"the lexicon has {len(self.faults)} fault(s):\n" + "\n".join(f"- {fault}" for fault in faults)
        )


class SettingsError(AfterwordError):
    """The environment is faulty. Holds every fault found."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__(
            f"the settings have {len(self.faults)} fault(s):\n" + "\n".join(f"- {fault}" for fault in faults)
        )


class GivenError(AfterwordError):
    """More than one thing is faulty that the operator gave. Holds the faults of all."""

    def __init__(self, errors: Sequence[AfterwordError]) -> None:
        super().__init__("\n".join(map(str, errors)))


class UnreachableError(AfterwordError):
    """The service did not answer for as long as the client had patience, or what answers there is another service."""


class RequestError(AfterwordError):
    """A request that cannot be served; becomes an RFC 9457 problem.

    `faults` are (JSON pointer, what is wrong) pairs for the fields at fault. `retry_after` is in seconds.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        faults: Sequence[tuple[str, str]] = (),
        *,
        retry_after: int | None = None,
    ) -> None:
        self.status = status
        self.detail = detail
        self.faults = tuple(faults)
        self.retry_after = retry_after
        super().__init__(detail)

"""Refusals: well-formed requests that cannot be granted. All else is a bug and answers 500."""


class Refusal(Exception):
    """A request that cannot be granted; `code` names the sentence in `kit.catalog`.

    `params` fill the sentence and travel in the answer; they never carry personal data.
    """

    status = 409

    def __init__(self, code: str, **params: str | int | None) -> None:
        self.code = code
        self.params = params
        self.members: dict[str, int | bool] = {}
        """What a program reads in the answer beside the sentence (RFC 9457, section 3.2)."""
        self.headers: dict[str, str] = {}
        super().__init__(code)


class Malformed(Refusal):
    """The request itself is broken."""

    status = 400


class Unauthenticated(Refusal):
    """Nobody is signed in."""

    status = 401


class Forbidden(Refusal):
    """The actor may not do this at all."""

    status = 403


class NotFound(Refusal):
    """Not there, or not the actor's to see: one answer for both."""

    status = 404

    def __init__(self, code: str = "not_found", **params: str | int | None) -> None:
        super().__init__(code, **params)


class Conflict(Refusal):
    """The state of things does not allow it now."""

    status = 409


class TooLarge(Refusal):
    """More bytes or rows than this place takes."""

    status = 413


class Unsupported(Refusal):
    """A kind of content this place does not take."""

    status = 415


class Invalid(Refusal):
    """Well-formed, and wrong in its content."""

    status = 422


class Outdated(Refusal):
    """The app that asks is too old to be understood; its newer self may ask again."""

    status = 426


class TooMany(Refusal):
    """Too many requests; `retry_after_s` says when to come back."""

    status = 429

    def __init__(self, retry_after_s: int, code: str = "too_many") -> None:
        self.retry_after_s = retry_after_s
        super().__init__(code, retry_after_s=retry_after_s)


class Busy(Refusal):
    """The house is full or its database away; come back after `retry_after_s`."""

    status = 503

    def __init__(self, retry_after_s: int) -> None:
        self.retry_after_s = retry_after_s
        super().__init__("busy", retry_after_s=retry_after_s)

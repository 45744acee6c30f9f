"""Now, and the service day: instants are UTC, days are those of Asia/Ho_Chi_Minh (R11)."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")


def now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return datetime.now(UTC)


def service_day(at: datetime) -> date:
    """Return the day of work that `at` belongs to."""
    return at.astimezone(LOCAL).date()


def at_second(day: date, second: int) -> datetime:
    """Return the instant `second` seconds after local midnight of `day`, in UTC."""
    midnight = datetime.combine(day, time(0), tzinfo=LOCAL)
    return (midnight + timedelta(seconds=second)).astimezone(UTC)


def seconds_of_day(at: datetime, day: date) -> int:
    """Return the whole seconds from local midnight of `day` to `at`; negative before it."""
    return int((at - at_second(day, 0)).total_seconds())

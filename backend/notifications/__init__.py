"""Who is told what, when, in which language; by Web Push, each message once."""

from backend.notifications.actions import subscribe, subscribe_staff, tell_errands, tell_staff
from backend.notifications.model import PushKeys, Subscribe, Unsubscribe
from backend.notifications.rules import Nearness, narrow, say_day, say_time
from backend.notifications.sender import PushKey, check_endpoint
from backend.notifications.store import end_subscription_of, num_subscriptions

__all__ = [
    "Nearness",
    "PushKey",
    "PushKeys",
    "Subscribe",
    "Unsubscribe",
    "check_endpoint",
    "end_subscription_of",
    "narrow",
    "num_subscriptions",
    "say_day",
    "say_time",
    "subscribe",
    "subscribe_staff",
    "tell_errands",
    "tell_staff",
]

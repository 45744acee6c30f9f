"""When a leg ends: travel by the hour, with rests on the way; integers only."""

from routing.problem import Break, SpeedBand


class Roads:
    """Travel under speed bands; without bands a leg takes its duration.

    Source
    ------
    Speeds by band, so that who leaves later never arrives earlier: Ichoua, Gendreau and Potvin
    (2003), EJOR 144(2), 379-396.
    """

    def __init__(self, bands: tuple[SpeedBand, ...]) -> None:
        self.starts = [b.from_s for b in bands]
        self.speeds = [b.speed_percent for b in bands]

    def speed(self, at_s: int) -> tuple[int, int | None]:
        """Return the speed in percent at a moment and when it next changes."""
        speed, until = 100, None
        for start, percent in zip(self.starts, self.speeds, strict=True):
            if start > at_s:
                until = start
                break
            speed = percent
        return speed, until

    def travel(self, leave_s: int, hundredths: int, stop_s: int | None = None) -> tuple[int, int]:
        """Return when the way is done and what of it is left if one halts at `stop_s`.

        `hundredths` is the way as seconds at full speed times 100; a begun second counts whole.
        """
        at, left = leave_s, hundredths
        while left > 0:
            speed, until = self.speed(at)
            if stop_s is not None and (until is None or until > stop_s):
                until = stop_s
            if until is None or at * speed + left <= until * speed:
                return at + -(-left // speed), 0
            left -= (until - at) * speed
            at = until
            if at == stop_s:
                return at, left
        return at, 0

    def leg_end(self, leave_s: int, duration_s: int, setup_s: int) -> int:
        """Return when one stands ready at the door."""
        if not self.starts:
            return leave_s + duration_s + setup_s
        return self.travel(leave_s, duration_s * 100)[0] + setup_s

    def leg_end_rested(self, leave_s: int, duration_s: int, setup_s: int, rest: Break) -> int:
        """Return when one stands ready if the rest is taken on this leg, as early as may be.

        A rest that could begin before the way is done interrupts it; one that cannot is taken at
        the door.
        """
        ready = self.leg_end(leave_s, duration_s, setup_s)
        if ready <= rest.early_s:
            return rest.early_s + rest.duration_s
        if not self.starts:
            return ready + rest.duration_s
        begin = max(leave_s, rest.early_s)
        there, left = self.travel(leave_s, duration_s * 100, begin)
        if left == 0 and there <= begin:
            return ready + rest.duration_s
        return self.travel(begin + rest.duration_s, left)[0] + setup_s

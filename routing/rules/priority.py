"""Who comes first where not all fit: the earlier its due date, the dearer a stop is to leave out.

The rule's cost is that of `optional`: a required stop left out costs more by its priority.
"""

from datetime import date

MOST = 100
DUE_TODAY = 80
OVERDUE_PER_DAY = 5
LESS_PER_DAY = 10


def by_due_date(due_on: date | None, service_on: date) -> int:
    """Return the priority, 0 to 100, of a stop due on a day when planned for another.

    Due on the service day it is 80, five more for each day past (100 from the fourth on), ten less
    for each day still left (0 from the eighth on); without a due date 0.
    """
    if due_on is None:
        return 0
    left = (due_on - service_on).days
    if left < 0:
        return min(MOST, DUE_TODAY - OVERDUE_PER_DAY * left)
    return max(0, DUE_TODAY - LESS_PER_DAY * left)

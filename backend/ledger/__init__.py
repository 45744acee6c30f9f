"""The book of money: accounts, balanced transfers, balances that only they can change."""

from backend.ledger.actions import (
    close_day,
    get_transfer,
    post,
    post_alone,
    reopen_day,
    resolve,
    reverse,
    transfer_id,
)
from backend.ledger.jobs import seal_now
from backend.ledger.model import AMOUNT_VND_MAX, Account, AccountKind, Balance, Line, Seal, Transfer
from backend.ledger.nights import Night, begin_night, end_night, find_last_night
from backend.ledger.seals import (
    count_unsealed,
    find_last_seal,
    public_key,
    say_root,
    seal_all,
)
from backend.ledger.store import (
    CodeSum,
    find_balance,
    find_open_day,
    find_transfer,
    list_balances,
    list_filled_hands,
    list_group,
    list_lines,
    list_pending,
    list_trial,
    sum_codes,
)

__all__ = [
    "AMOUNT_VND_MAX",
    "Account",
    "AccountKind",
    "Balance",
    "CodeSum",
    "Line",
    "Night",
    "Seal",
    "Transfer",
    "begin_night",
    "close_day",
    "count_unsealed",
    "end_night",
    "find_balance",
    "find_last_night",
    "find_last_seal",
    "find_open_day",
    "find_transfer",
    "get_transfer",
    "list_balances",
    "list_filled_hands",
    "list_group",
    "list_lines",
    "list_pending",
    "list_trial",
    "post",
    "post_alone",
    "public_key",
    "reopen_day",
    "resolve",
    "reverse",
    "say_root",
    "seal_all",
    "seal_now",
    "sum_codes",
    "transfer_id",
]

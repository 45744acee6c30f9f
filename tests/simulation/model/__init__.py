"""The protocol of the phones as small systems whose every state can be visited."""

"""What stops the house from running, said to the operator in a sentence."""


class CannotRun(Exception):
    """A sentence for the operator: what is wrong and what to do. Shown without a stack trace."""

"""A place where the interpreter may handle signals, for compiled loops that never come by one."""


def let_signals_in() -> None:
    """Do nothing, interpreted: the interpreter handles pending signals, such as Ctrl-C, when it begins a function.

    >>> let_signals_in()
    """

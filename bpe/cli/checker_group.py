"""The commands of the checker, imported when they are called: Hypothesis takes longer than all else to import, and is an extra."""

from __future__ import annotations

import importlib
import os
from collections.abc import Mapping
from typing import Final

import click

from bpe.encoding_files import cache_folder

#: Each command's module, function and summary.
_COMMANDS: Final[Mapping[str, tuple[str, str, str]]] = {
    "check": ("bpe.cli.check", "check_command", "Put a tokenizer on trial."),
    "compare": ("bpe.cli.compare", "compare_command", "Find where two tokenizers differ."),
    "replay": ("bpe.cli.replay", "replay_command", "Try a counterexample again."),
    "vectors": ("bpe.cli.vectors", "vectors_command", "Run the test vectors on a tokenizer."),
}


class CheckerGroup(click.Group):
    """A group that knows the checker's commands by name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return [*super().list_commands(ctx), *_COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command; import it first where it is the checker's."""
        if cmd_name not in _COMMANDS:
            return super().get_command(ctx, cmd_name)
        module, function, _ = _COMMANDS[cmd_name]
        # Or Hypothesis would leave a folder wherever the command is called.
        os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(cache_folder() / "hypothesis"))
        try:
            command: click.Command = getattr(importlib.import_module(module), function)
        except ModuleNotFoundError as fault:
            if fault.name != "hypothesis":
                raise
            raise click.ClickException(f"{cmd_name} needs Hypothesis: pip install 'bpe-spec[check]'") from None
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing the checker's."""
        known = {name: super(CheckerGroup, self).get_command(ctx, name) for name in super().list_commands(ctx)}
        rows = [(name, command.get_short_help_str()) for name, command in known.items() if command is not None]
        rows += [(name, summary) for name, (_, _, summary) in _COMMANDS.items()]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

"""`sebridge completion`: what a shell needs to complete names of subcommands and options."""

import click
from click.shell_completion import get_completion_class

from sebridge.cli.examples import examples


@click.command(
    "completion",
    epilog=examples(
        "sebridge completion bash >> ~/.bashrc",
        "sebridge completion fish > ~/.config/fish/completions/sebridge.fish",
    ),
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion_command(context: click.Context, shell: str) -> None:
    """Print the completion script of a shell."""
    kind = get_completion_class(shell)
    assert kind is not None
    main = context.find_root().command
    click.echo(kind(main, {}, "sebridge", "_SEBRIDGE_COMPLETE").source())

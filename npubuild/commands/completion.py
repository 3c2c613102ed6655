"""`npubuild completion bash|zsh|fish`: a script that completes commands, kernels and tasks; `names`: what it asks for."""

from __future__ import annotations

import argparse
from pathlib import Path

from npubuild.errors import UserError
from npubuild.registry import read_registry

BASH = """# eval "$(npubuild completion bash)"
_npubuild() {
    local word=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]}
    if [ "$COMP_CWORD" = 1 ]; then
        COMPREPLY=($(compgen -W "COMMANDS" -- "$word"))
    elif [[ " KERNEL_COMMANDS " == *" $command "* ]] && [ "$COMP_CWORD" = 2 ]; then
        COMPREPLY=($(compgen -W "$(npubuild completion names 2>/dev/null)" -- "$word"))
    else
        COMPREPLY=($(compgen -f -- "$word"))
    fi
}
_npubuild_doit() {
    local line=${COMP_LINE:0:COMP_POINT} word names name
    word=${line##* }
    names=$(npubuild completion names 2>/dev/null)
    COMPREPLY=($(compgen -W "build test report doctor list clean $(for name in $names; do
        echo "build:$name test:$name"; done)" -- "$word"))
    # Readline begins a new word behind a colon.
    [[ $word == *:* ]] && COMPREPLY=("${COMPREPLY[@]#"${word%:*}:"}")
}
complete -o filenames -F _npubuild npubuild
complete -F _npubuild_doit doit
"""
ZSH = f"""# eval "$(npubuild completion zsh)"
autoload -U +X bashcompinit && bashcompinit
{BASH}"""
FISH = """# npubuild completion fish | source
complete -c npubuild -n __fish_use_subcommand -f -a "COMMANDS"
complete -c npubuild -n "__fish_seen_subcommand_from KERNEL_COMMANDS" -f -a "(npubuild completion names 2>/dev/null)"
complete -c doit -f -a "build test report doctor list clean"
complete -c doit -f -a "(for name in (npubuild completion names 2>/dev/null); echo build:$name; echo test:$name; end)"
"""
SCRIPTS = {"bash": BASH, "zsh": ZSH, "fish": FISH}
KERNEL_COMMANDS = ("generate", "history")


def run(arguments: argparse.Namespace) -> int:
    if arguments.shell != "names":
        from npubuild.cli import command_names

        script = SCRIPTS[arguments.shell].replace("KERNEL_COMMANDS", " ".join(KERNEL_COMMANDS))
        print(script.replace("COMMANDS", " ".join(command_names())), end="")
        return 0
    try:
        registry = read_registry(Path("kernels.yaml"))
    except UserError:
        return 2  # a shell that completes wants no messages
    print("\n".join(registry.kernels))
    return 0

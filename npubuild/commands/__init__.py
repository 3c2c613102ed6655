"""The sub-commands of `npubuild`: each module's `run` takes the parsed arguments and returns the exit code."""

"""From a runtime sequence to its instruction stream, and from the stream back to what it means."""

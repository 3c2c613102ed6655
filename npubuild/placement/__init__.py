"""Where a design lands on the array: fifos become rings of buffers with locks, descriptors, channels and flows."""

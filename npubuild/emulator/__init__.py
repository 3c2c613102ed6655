"""The array in software: memories, locks, DMA channels, streams, cores, and the instruction stream that drives them."""

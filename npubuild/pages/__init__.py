"""The report: a folder of pages about all kernels, to be opened from a file or kept by a CI system."""

"""Smoke tests: an artefact on a device, held against the host's C++ and a float reference."""

"""Designs: read, checked as the real verifier does, printed, made from templates, rewritten by patches."""

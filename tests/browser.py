"""Headless Chromium for tests of pages: what its console says, and what a page looks like."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
TIME_LIMIT = 120


def browse(page: Path, *options: str) -> tuple[str, str]:
    """The document after loading, and what the browser's console said."""
    assert CHROMIUM is not None
    flags = [
        "--headless=new",
        "--disable-gpu",
        "--hide-scrollbars",
        "--allow-file-access-from-files",
        "--enable-logging=stderr",
    ]
    flags += ["--no-sandbox"] if os.geteuid() == 0 else []  # Chromium refuses its sandbox to root
    argv = [CHROMIUM, *flags, *options, page.as_uri()]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=TIME_LIMIT, check=True)
    return done.stdout, "\n".join(re.findall(r".*CONSOLE.*", done.stderr))


def screenshot(page: Path, file: Path, width: int, height: int = 1600, *, dark: bool = False) -> str:
    """A picture of the page; what the console said."""
    scheme = ["--blink-settings=preferredColorScheme=0"] if dark else []
    return browse(page, f"--window-size={width},{height}", f"--screenshot={file}", *scheme)[1]

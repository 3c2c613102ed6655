"""The XCLBIN (AXLF) container: `container` and the sections' layouts, `build` to make files, `inspect` to print them."""

"""Designs in the manner of real projects (`*.mlir`), and what each does to data (the modules of this package)."""

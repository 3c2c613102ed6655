"""The aie and aiex dialects on xDSL, as far as designs use them."""

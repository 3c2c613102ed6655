"""What the hardware is: devices and tiles, the register map, the bits of buffer descriptors. Data, no behaviour."""

"""npubuild: the build pipeline for kernels on AMD Ryzen AI NPUs.

    kernels.yaml -> registry -> compile C++, obtain the MLIR design (template | file | program, then patches)
                 -> check -> lower -> package (XCLBIN) -> device (NPU | emulator) -> smoke report

`hardware` says what the array is; `mlir` reads, prints, patches and checks designs; `placement` decides where a design
lands on the array; `lowering` makes the instruction stream; `xclbin` the container; `emulator` runs both.
"""

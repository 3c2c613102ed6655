// Relu of bf16 vectors on eight columns, two cores each: every column has both of its shim channels in use in both directions.
module {
  aie.device(npu2) {
    func.func private @bf16_relu(memref<32xbf16>, memref<32xbf16>)
    %shim_noc_tile_0_0 = aie.tile(0, 0)
    %tile_0_2 = aie.tile(0, 2)
    %tile_0_3 = aie.tile(0, 3)
    %shim_noc_tile_1_0 = aie.tile(1, 0)
    %tile_1_2 = aie.tile(1, 2)
    %tile_1_3 = aie.tile(1, 3)
    %shim_noc_tile_2_0 = aie.tile(2, 0)
    %tile_2_2 = aie.tile(2, 2)
    %tile_2_3 = aie.tile(2, 3)
    %shim_noc_tile_3_0 = aie.tile(3, 0)
    %tile_3_2 = aie.tile(3, 2)
    %tile_3_3 = aie.tile(3, 3)
    %shim_noc_tile_4_0 = aie.tile(4, 0)
    %tile_4_2 = aie.tile(4, 2)
    %tile_4_3 = aie.tile(4, 3)
    %shim_noc_tile_5_0 = aie.tile(5, 0)
    %tile_5_2 = aie.tile(5, 2)
    %tile_5_3 = aie.tile(5, 3)
    %shim_noc_tile_6_0 = aie.tile(6, 0)
    %tile_6_2 = aie.tile(6, 2)
    %tile_6_3 = aie.tile(6, 3)
    %shim_noc_tile_7_0 = aie.tile(7, 0)
    %tile_7_2 = aie.tile(7, 2)
    %tile_7_3 = aie.tile(7, 3)
    aie.objectfifo @in0_0(%shim_noc_tile_0_0, {%tile_0_2}, 2 : i32) : !aie.objectfifo<memref<32xbf16>> 
    aie.objectfifo @out0_0(%tile_0_2, {%shim_noc_tile_0_0}, 2 : i32) : !aie.objectfifo<memref<32xbf16>> 
    aie.objectfifo @in0_1(%shim_noc_tile_0_0, {%tile_0_3}, 2 : i32) : !aie.objectfifo<memref<32xbf16>> 
    aie.objectfifo @out0_1(%tile_0_3, {%shim_noc_tile_0_0}, 2 : i32) : !aie.objectfifo<memref<32xbf16>> 
    aie.objectfifo @in1_0(%shim_noc_tile_1_0, {%tile_1_2}, 2 : i32) : !aie.objectfifo<memref<32xbf16>> 
    aie.objectfifo @out1_0(%tile_1_2, {%shim_noc_tile_1_0}, 2 : i32) : !aie.objectfifo<memref<32xbf16>> 
    aie.objectfifo @in1_1(%shim_noc_tile_1_0, {%tile_1_3}, 2 : i32) : !aie.objectfifo<memref<32xbf16>> 
    aie.objectfifo @out1_1(%tile_1_3, {%shim_noc_tile_1_0}, 2 : i32) : !aie.objectfifo<memref<32xbf16>> 
    aie.objectfifo @in2_0(%shim_noc_tile_2_0, {%tile_2_2}, 2 : i32) : !aie.objectfifo<memref<32xbf16>> 
    aie.objectfifo @out2_0(%tile_2_2, {%shim_noc_tile_2_0}, 2 : i32) : !aie.objectfifo<memref<32xbf16>> 
    aie.objectfifo @in2_1(%shim_noc_tile_2_0, {%tile_2_3}, 2 : i32) : !aie.objectfifo<memref<32xbf16>> 
    aie.objectfifo @out2_1(%tile_2_3, {%shim_noc_tile_2_0}, 2 : i32) : !aie.objectfifo<memref<32xbf16>> 
    aie.objectfifo @in3_0(%shim_noc_tile_3_0, {%tile_3_2}, 2 : i32) : !aie.objectfifo<memref<32xbf16>> 
    aie.objectfifo @out3_0(%tile_3_2, {%shim_noc_tile_3_0}, 2 : i32) : !aie.objectfifo<memref<32xbf16>> 
    aie.objectfifo @in3_1(%shim_noc_tile_3_0, {%tile_3_3}, 2 : i32) : !aie.objectfifo<memref<32xbf16>> 
    aie.objectfifo @out3_1(%tile_3_3, {%shim_noc_tile_3_0}, 2 : i32) : !aie.objectfifo<memref<32xbf16>> 
    aie.objectfifo @in4_0(%shim_noc_tile_4_0, {%tile_4_2}, 2 : i32) : !aie.objectfifo<memref<32xbf16>> 
    aie.objectfifo @out4_0(%tile_4_2, {%shim_noc_tile_4_0}, 2 : i32) : !aie.objectfifo<memref<32xbf16>> 
    aie.objectfifo @in4_1(%shim_noc_tile_4_0, {%tile_4_3}, 2 : i32) : !aie.objectfifo<memref<32xbf16>> 
    aie.objectfifo @out4_1(%tile_4_3, {%shim_noc_tile_4_0}, 2 : i32) : !aie.objectfifo<memref<32xbf16>> 
    aie.objectfifo @in5_0(%shim_noc_tile_5_0, {%tile_5_2}, 2 : i32) : !aie.objectfifo<memref<32xbf16>> 
    aie.objectfifo @out5_0(%tile_5_2, {%shim_noc_tile_5_0}, 2 : i32) : !aie.objectfifo<memref<32xbf16>> 
    aie.objectfifo @in5_1(%shim_noc_tile_5_0, {%tile_5_3}, 2 : i32) : !aie.objectfifo<memref<32xbf16>> 
    aie.objectfifo @out5_1(%tile_5_3, {%shim_noc_tile_5_0}, 2 : i32) : !aie.objectfifo<memref<32xbf16>> 
    aie.objectfifo @in6_0(%shim_noc_tile_6_0, {%tile_6_2}, 2 : i32) : !aie.objectfifo<memref<32xbf16>> 
    aie.objectfifo @out6_0(%tile_6_2, {%shim_noc_tile_6_0}, 2 : i32) : !aie.objectfifo<memref<32xbf16>> 
    aie.objectfifo @in6_1(%shim_noc_tile_6_0, {%tile_6_3}, 2 : i32) : !aie.objectfifo<memref<32xbf16>> 
    aie.objectfifo @out6_1(%tile_6_3, {%shim_noc_tile_6_0}, 2 : i32) : !aie.objectfifo<memref<32xbf16>> 
    aie.objectfifo @in7_0(%shim_noc_tile_7_0, {%tile_7_2}, 2 : i32) : !aie.objectfifo<memref<32xbf16>> 
    aie.objectfifo @out7_0(%tile_7_2, {%shim_noc_tile_7_0}, 2 : i32) : !aie.objectfifo<memref<32xbf16>> 
    aie.objectfifo @in7_1(%shim_noc_tile_7_0, {%tile_7_3}, 2 : i32) : !aie.objectfifo<memref<32xbf16>> 
    aie.objectfifo @out7_1(%tile_7_3, {%shim_noc_tile_7_0}, 2 : i32) : !aie.objectfifo<memref<32xbf16>> 
    %core_0_2 = aie.core(%tile_0_2) {
      %c0 = arith.constant 0 : index
      %c9223372036854775807 = arith.constant 9223372036854775807 : index
      %c1 = arith.constant 1 : index
      scf.for %arg0 = %c0 to %c9223372036854775807 step %c1 {
        %0 = aie.objectfifo.acquire @in0_0(Consume, 1) : !aie.objectfifosubview<memref<32xbf16>>
        %1 = aie.objectfifo.subview.access %0[0] : !aie.objectfifosubview<memref<32xbf16>> -> memref<32xbf16>
        %2 = aie.objectfifo.acquire @out0_0(Produce, 1) : !aie.objectfifosubview<memref<32xbf16>>
        %3 = aie.objectfifo.subview.access %2[0] : !aie.objectfifosubview<memref<32xbf16>> -> memref<32xbf16>
        func.call @bf16_relu(%1, %3) : (memref<32xbf16>, memref<32xbf16>) -> ()
        aie.objectfifo.release @in0_0(Consume, 1)
        aie.objectfifo.release @out0_0(Produce, 1)
      }
      aie.end
    } {link_with = "relu.o"}
    %core_0_3 = aie.core(%tile_0_3) {
      %c0 = arith.constant 0 : index
      %c9223372036854775807 = arith.constant 9223372036854775807 : index
      %c1 = arith.constant 1 : index
      scf.for %arg0 = %c0 to %c9223372036854775807 step %c1 {
        %0 = aie.objectfifo.acquire @in0_1(Consume, 1) : !aie.objectfifosubview<memref<32xbf16>>
        %1 = aie.objectfifo.subview.access %0[0] : !aie.objectfifosubview<memref<32xbf16>> -> memref<32xbf16>
        %2 = aie.objectfifo.acquire @out0_1(Produce, 1) : !aie.objectfifosubview<memref<32xbf16>>
        %3 = aie.objectfifo.subview.access %2[0] : !aie.objectfifosubview<memref<32xbf16>> -> memref<32xbf16>
        func.call @bf16_relu(%1, %3) : (memref<32xbf16>, memref<32xbf16>) -> ()
        aie.objectfifo.release @in0_1(Consume, 1)
        aie.objectfifo.release @out0_1(Produce, 1)
      }
      aie.end
    } {link_with = "relu.o"}
    %core_1_2 = aie.core(%tile_1_2) {
      %c0 = arith.constant 0 : index
      %c9223372036854775807 = arith.constant 9223372036854775807 : index
      %c1 = arith.constant 1 : index
      scf.for %arg0 = %c0 to %c9223372036854775807 step %c1 {
        %0 = aie.objectfifo.acquire @in1_0(Consume, 1) : !aie.objectfifosubview<memref<32xbf16>>
        %1 = aie.objectfifo.subview.access %0[0] : !aie.objectfifosubview<memref<32xbf16>> -> memref<32xbf16>
        %2 = aie.objectfifo.acquire @out1_0(Produce, 1) : !aie.objectfifosubview<memref<32xbf16>>
        %3 = aie.objectfifo.subview.access %2[0] : !aie.objectfifosubview<memref<32xbf16>> -> memref<32xbf16>
        func.call @bf16_relu(%1, %3) : (memref<32xbf16>, memref<32xbf16>) -> ()
        aie.objectfifo.release @in1_0(Consume, 1)
        aie.objectfifo.release @out1_0(Produce, 1)
      }
      aie.end
    } {link_with = "relu.o"}
    %core_1_3 = aie.core(%tile_1_3) {
      %c0 = arith.constant 0 : index
      %c9223372036854775807 = arith.constant 9223372036854775807 : index
      %c1 = arith.constant 1 : index
      scf.for %arg0 = %c0 to %c9223372036854775807 step %c1 {
        %0 = aie.objectfifo.acquire @in1_1(Consume, 1) : !aie.objectfifosubview<memref<32xbf16>>
        %1 = aie.objectfifo.subview.access %0[0] : !aie.objectfifosubview<memref<32xbf16>> -> memref<32xbf16>
        %2 = aie.objectfifo.acquire @out1_1(Produce, 1) : !aie.objectfifosubview<memref<32xbf16>>
        %3 = aie.objectfifo.subview.access %2[0] : !aie.objectfifosubview<memref<32xbf16>> -> memref<32xbf16>
        func.call @bf16_relu(%1, %3) : (memref<32xbf16>, memref<32xbf16>) -> ()
        aie.objectfifo.release @in1_1(Consume, 1)
        aie.objectfifo.release @out1_1(Produce, 1)
      }
      aie.end
    } {link_with = "relu.o"}
    %core_2_2 = aie.core(%tile_2_2) {
      %c0 = arith.constant 0 : index
      %c9223372036854775807 = arith.constant 9223372036854775807 : index
      %c1 = arith.constant 1 : index
      scf.for %arg0 = %c0 to %c9223372036854775807 step %c1 {
        %0 = aie.objectfifo.acquire @in2_0(Consume, 1) : !aie.objectfifosubview<memref<32xbf16>>
        %1 = aie.objectfifo.subview.access %0[0] : !aie.objectfifosubview<memref<32xbf16>> -> memref<32xbf16>
        %2 = aie.objectfifo.acquire @out2_0(Produce, 1) : !aie.objectfifosubview<memref<32xbf16>>
        %3 = aie.objectfifo.subview.access %2[0] : !aie.objectfifosubview<memref<32xbf16>> -> memref<32xbf16>
        func.call @bf16_relu(%1, %3) : (memref<32xbf16>, memref<32xbf16>) -> ()
        aie.objectfifo.release @in2_0(Consume, 1)
        aie.objectfifo.release @out2_0(Produce, 1)
      }
      aie.end
    } {link_with = "relu.o"}
    %core_2_3 = aie.core(%tile_2_3) {
      %c0 = arith.constant 0 : index
      %c9223372036854775807 = arith.constant 9223372036854775807 : index
      %c1 = arith.constant 1 : index
      scf.for %arg0 = %c0 to %c9223372036854775807 step %c1 {
        %0 = aie.objectfifo.acquire @in2_1(Consume, 1) : !aie.objectfifosubview<memref<32xbf16>>
        %1 = aie.objectfifo.subview.access %0[0] : !aie.objectfifosubview<memref<32xbf16>> -> memref<32xbf16>
        %2 = aie.objectfifo.acquire @out2_1(Produce, 1) : !aie.objectfifosubview<memref<32xbf16>>
        %3 = aie.objectfifo.subview.access %2[0] : !aie.objectfifosubview<memref<32xbf16>> -> memref<32xbf16>
        func.call @bf16_relu(%1, %3) : (memref<32xbf16>, memref<32xbf16>) -> ()
        aie.objectfifo.release @in2_1(Consume, 1)
        aie.objectfifo.release @out2_1(Produce, 1)
      }
      aie.end
    } {link_with = "relu.o"}
    %core_3_2 = aie.core(%tile_3_2) {
      %c0 = arith.constant 0 : index
      %c9223372036854775807 = arith.constant 9223372036854775807 : index
      %c1 = arith.constant 1 : index
      scf.for %arg0 = %c0 to %c9223372036854775807 step %c1 {
        %0 = aie.objectfifo.acquire @in3_0(Consume, 1) : !aie.objectfifosubview<memref<32xbf16>>
        %1 = aie.objectfifo.subview.access %0[0] : !aie.objectfifosubview<memref<32xbf16>> -> memref<32xbf16>
        %2 = aie.objectfifo.acquire @out3_0(Produce, 1) : !aie.objectfifosubview<memref<32xbf16>>
        %3 = aie.objectfifo.subview.access %2[0] : !aie.objectfifosubview<memref<32xbf16>> -> memref<32xbf16>
        func.call @bf16_relu(%1, %3) : (memref<32xbf16>, memref<32xbf16>) -> ()
        aie.objectfifo.release @in3_0(Consume, 1)
        aie.objectfifo.release @out3_0(Produce, 1)
      }
      aie.end
    } {link_with = "relu.o"}
    %core_3_3 = aie.core(%tile_3_3) {
      %c0 = arith.constant 0 : index
      %c9223372036854775807 = arith.constant 9223372036854775807 : index
      %c1 = arith.constant 1 : index
      scf.for %arg0 = %c0 to %c9223372036854775807 step %c1 {
        %0 = aie.objectfifo.acquire @in3_1(Consume, 1) : !aie.objectfifosubview<memref<32xbf16>>
        %1 = aie.objectfifo.subview.access %0[0] : !aie.objectfifosubview<memref<32xbf16>> -> memref<32xbf16>
        %2 = aie.objectfifo.acquire @out3_1(Produce, 1) : !aie.objectfifosubview<memref<32xbf16>>
        %3 = aie.objectfifo.subview.access %2[0] : !aie.objectfifosubview<memref<32xbf16>> -> memref<32xbf16>
        func.call @bf16_relu(%1, %3) : (memref<32xbf16>, memref<32xbf16>) -> ()
        aie.objectfifo.release @in3_1(Consume, 1)
        aie.objectfifo.release @out3_1(Produce, 1)
      }
      aie.end
    } {link_with = "relu.o"}
    %core_4_2 = aie.core(%tile_4_2) {
      %c0 = arith.constant 0 : index
      %c9223372036854775807 = arith.constant 9223372036854775807 : index
      %c1 = arith.constant 1 : index
      scf.for %arg0 = %c0 to %c9223372036854775807 step %c1 {
        %0 = aie.objectfifo.acquire @in4_0(Consume, 1) : !aie.objectfifosubview<memref<32xbf16>>
        %1 = aie.objectfifo.subview.access %0[0] : !aie.objectfifosubview<memref<32xbf16>> -> memref<32xbf16>
        %2 = aie.objectfifo.acquire @out4_0(Produce, 1) : !aie.objectfifosubview<memref<32xbf16>>
        %3 = aie.objectfifo.subview.access %2[0] : !aie.objectfifosubview<memref<32xbf16>> -> memref<32xbf16>
        func.call @bf16_relu(%1, %3) : (memref<32xbf16>, memref<32xbf16>) -> ()
        aie.objectfifo.release @in4_0(Consume, 1)
        aie.objectfifo.release @out4_0(Produce, 1)
      }
      aie.end
    } {link_with = "relu.o"}
    %core_4_3 = aie.core(%tile_4_3) {
      %c0 = arith.constant 0 : index
      %c9223372036854775807 = arith.constant 9223372036854775807 : index
      %c1 = arith.constant 1 : index
      scf.for %arg0 = %c0 to %c9223372036854775807 step %c1 {
        %0 = aie.objectfifo.acquire @in4_1(Consume, 1) : !aie.objectfifosubview<memref<32xbf16>>
        %1 = aie.objectfifo.subview.access %0[0] : !aie.objectfifosubview<memref<32xbf16>> -> memref<32xbf16>
        %2 = aie.objectfifo.acquire @out4_1(Produce, 1) : !aie.objectfifosubview<memref<32xbf16>>
        %3 = aie.objectfifo.subview.access %2[0] : !aie.objectfifosubview<memref<32xbf16>> -> memref<32xbf16>
        func.call @bf16_relu(%1, %3) : (memref<32xbf16>, memref<32xbf16>) -> ()
        aie.objectfifo.release @in4_1(Consume, 1)
        aie.objectfifo.release @out4_1(Produce, 1)
      }
      aie.end
    } {link_with = "relu.o"}
    %core_5_2 = aie.core(%tile_5_2) {
      %c0 = arith.constant 0 : index
      %c9223372036854775807 = arith.constant 9223372036854775807 : index
      %c1 = arith.constant 1 : index
      scf.for %arg0 = %c0 to %c9223372036854775807 step %c1 {
        %0 = aie.objectfifo.acquire @in5_0(Consume, 1) : !aie.objectfifosubview<memref<32xbf16>>
        %1 = aie.objectfifo.subview.access %0[0] : !aie.objectfifosubview<memref<32xbf16>> -> memref<32xbf16>
        %2 = aie.objectfifo.acquire @out5_0(Produce, 1) : !aie.objectfifosubview<memref<32xbf16>>
        %3 = aie.objectfifo.subview.access %2[0] : !aie.objectfifosubview<memref<32xbf16>> -> memref<32xbf16>
        func.call @bf16_relu(%1, %3) : (memref<32xbf16>, memref<32xbf16>) -> ()
        aie.objectfifo.release @in5_0(Consume, 1)
        aie.objectfifo.release @out5_0(Produce, 1)
      }
      aie.end
    } {link_with = "relu.o"}
    %core_5_3 = aie.core(%tile_5_3) {
      %c0 = arith.constant 0 : index
      %c9223372036854775807 = arith.constant 9223372036854775807 : index
      %c1 = arith.constant 1 : index
      scf.for %arg0 = %c0 to %c9223372036854775807 step %c1 {
        %0 = aie.objectfifo.acquire @in5_1(Consume, 1) : !aie.objectfifosubview<memref<32xbf16>>
        %1 = aie.objectfifo.subview.access %0[0] : !aie.objectfifosubview<memref<32xbf16>> -> memref<32xbf16>
        %2 = aie.objectfifo.acquire @out5_1(Produce, 1) : !aie.objectfifosubview<memref<32xbf16>>
        %3 = aie.objectfifo.subview.access %2[0] : !aie.objectfifosubview<memref<32xbf16>> -> memref<32xbf16>
        func.call @bf16_relu(%1, %3) : (memref<32xbf16>, memref<32xbf16>) -> ()
        aie.objectfifo.release @in5_1(Consume, 1)
        aie.objectfifo.release @out5_1(Produce, 1)
      }
      aie.end
    } {link_with = "relu.o"}
    %core_6_2 = aie.core(%tile_6_2) {
      %c0 = arith.constant 0 : index
      %c9223372036854775807 = arith.constant 9223372036854775807 : index
      %c1 = arith.constant 1 : index
      scf.for %arg0 = %c0 to %c9223372036854775807 step %c1 {
        %0 = aie.objectfifo.acquire @in6_0(Consume, 1) : !aie.objectfifosubview<memref<32xbf16>>
        %1 = aie.objectfifo.subview.access %0[0] : !aie.objectfifosubview<memref<32xbf16>> -> memref<32xbf16>
        %2 = aie.objectfifo.acquire @out6_0(Produce, 1) : !aie.objectfifosubview<memref<32xbf16>>
        %3 = aie.objectfifo.subview.access %2[0] : !aie.objectfifosubview<memref<32xbf16>> -> memref<32xbf16>
        func.call @bf16_relu(%1, %3) : (memref<32xbf16>, memref<32xbf16>) -> ()
        aie.objectfifo.release @in6_0(Consume, 1)
        aie.objectfifo.release @out6_0(Produce, 1)
      }
      aie.end
    } {link_with = "relu.o"}
    %core_6_3 = aie.core(%tile_6_3) {
      %c0 = arith.constant 0 : index
      %c9223372036854775807 = arith.constant 9223372036854775807 : index
      %c1 = arith.constant 1 : index
      scf.for %arg0 = %c0 to %c9223372036854775807 step %c1 {
        %0 = aie.objectfifo.acquire @in6_1(Consume, 1) : !aie.objectfifosubview<memref<32xbf16>>
        %1 = aie.objectfifo.subview.access %0[0] : !aie.objectfifosubview<memref<32xbf16>> -> memref<32xbf16>
        %2 = aie.objectfifo.acquire @out6_1(Produce, 1) : !aie.objectfifosubview<memref<32xbf16>>
        %3 = aie.objectfifo.subview.access %2[0] : !aie.objectfifosubview<memref<32xbf16>> -> memref<32xbf16>
        func.call @bf16_relu(%1, %3) : (memref<32xbf16>, memref<32xbf16>) -> ()
        aie.objectfifo.release @in6_1(Consume, 1)
        aie.objectfifo.release @out6_1(Produce, 1)
      }
      aie.end
    } {link_with = "relu.o"}
    %core_7_2 = aie.core(%tile_7_2) {
      %c0 = arith.constant 0 : index
      %c9223372036854775807 = arith.constant 9223372036854775807 : index
      %c1 = arith.constant 1 : index
      scf.for %arg0 = %c0 to %c9223372036854775807 step %c1 {
        %0 = aie.objectfifo.acquire @in7_0(Consume, 1) : !aie.objectfifosubview<memref<32xbf16>>
        %1 = aie.objectfifo.subview.access %0[0] : !aie.objectfifosubview<memref<32xbf16>> -> memref<32xbf16>
        %2 = aie.objectfifo.acquire @out7_0(Produce, 1) : !aie.objectfifosubview<memref<32xbf16>>
        %3 = aie.objectfifo.subview.access %2[0] : !aie.objectfifosubview<memref<32xbf16>> -> memref<32xbf16>
        func.call @bf16_relu(%1, %3) : (memref<32xbf16>, memref<32xbf16>) -> ()
        aie.objectfifo.release @in7_0(Consume, 1)
        aie.objectfifo.release @out7_0(Produce, 1)
      }
      aie.end
    } {link_with = "relu.o"}
    %core_7_3 = aie.core(%tile_7_3) {
      %c0 = arith.constant 0 : index
      %c9223372036854775807 = arith.constant 9223372036854775807 : index
      %c1 = arith.constant 1 : index
      scf.for %arg0 = %c0 to %c9223372036854775807 step %c1 {
        %0 = aie.objectfifo.acquire @in7_1(Consume, 1) : !aie.objectfifosubview<memref<32xbf16>>
        %1 = aie.objectfifo.subview.access %0[0] : !aie.objectfifosubview<memref<32xbf16>> -> memref<32xbf16>
        %2 = aie.objectfifo.acquire @out7_1(Produce, 1) : !aie.objectfifosubview<memref<32xbf16>>
        %3 = aie.objectfifo.subview.access %2[0] : !aie.objectfifosubview<memref<32xbf16>> -> memref<32xbf16>
        func.call @bf16_relu(%1, %3) : (memref<32xbf16>, memref<32xbf16>) -> ()
        aie.objectfifo.release @in7_1(Consume, 1)
        aie.objectfifo.release @out7_1(Produce, 1)
      }
      aie.end
    } {link_with = "relu.o"}
    aie.runtime_sequence(%arg0: memref<2048xbf16>, %arg1: memref<2048xbf16>) {
      %i0 = aiex.dma_configure_task_for @in0_0 {
        aie.dma_bd(%arg0 : memref<2048xbf16>, 0, 128, [<size = 1, stride = 0>, <size = 1, stride = 0>, <size = 1, stride = 0>, <size = 128, stride = 1>]) {burst_length = 0 : i32}
        aie.end
      }
      aiex.dma_start_task(%i0)
      %i1 = aiex.dma_configure_task_for @in0_1 {
        aie.dma_bd(%arg0 : memref<2048xbf16>, 128, 128, [<size = 1, stride = 0>, <size = 1, stride = 0>, <size = 1, stride = 0>, <size = 128, stride = 1>]) {burst_length = 0 : i32}
        aie.end
      }
      aiex.dma_start_task(%i1)
      %i2 = aiex.dma_configure_task_for @in1_0 {
        aie.dma_bd(%arg0 : memref<2048xbf16>, 256, 128, [<size = 1, stride = 0>, <size = 1, stride = 0>, <size = 1, stride = 0>, <size = 128, stride = 1>]) {burst_length = 0 : i32}
        aie.end
      }
      aiex.dma_start_task(%i2)
      %i3 = aiex.dma_configure_task_for @in1_1 {
        aie.dma_bd(%arg0 : memref<2048xbf16>, 384, 128, [<size = 1, stride = 0>, <size = 1, stride = 0>, <size = 1, stride = 0>, <size = 128, stride = 1>]) {burst_length = 0 : i32}
        aie.end
      }
      aiex.dma_start_task(%i3)
      %i4 = aiex.dma_configure_task_for @in2_0 {
        aie.dma_bd(%arg0 : memref<2048xbf16>, 512, 128, [<size = 1, stride = 0>, <size = 1, stride = 0>, <size = 1, stride = 0>, <size = 128, stride = 1>]) {burst_length = 0 : i32}
        aie.end
      }
      aiex.dma_start_task(%i4)
      %i5 = aiex.dma_configure_task_for @in2_1 {
        aie.dma_bd(%arg0 : memref<2048xbf16>, 640, 128, [<size = 1, stride = 0>, <size = 1, stride = 0>, <size = 1, stride = 0>, <size = 128, stride = 1>]) {burst_length = 0 : i32}
        aie.end
      }
      aiex.dma_start_task(%i5)
      %i6 = aiex.dma_configure_task_for @in3_0 {
        aie.dma_bd(%arg0 : memref<2048xbf16>, 768, 128, [<size = 1, stride = 0>, <size = 1, stride = 0>, <size = 1, stride = 0>, <size = 128, stride = 1>]) {burst_length = 0 : i32}
        aie.end
      }
      aiex.dma_start_task(%i6)
      %i7 = aiex.dma_configure_task_for @in3_1 {
        aie.dma_bd(%arg0 : memref<2048xbf16>, 896, 128, [<size = 1, stride = 0>, <size = 1, stride = 0>, <size = 1, stride = 0>, <size = 128, stride = 1>]) {burst_length = 0 : i32}
        aie.end
      }
      aiex.dma_start_task(%i7)
      %i8 = aiex.dma_configure_task_for @in4_0 {
        aie.dma_bd(%arg0 : memref<2048xbf16>, 1024, 128, [<size = 1, stride = 0>, <size = 1, stride = 0>, <size = 1, stride = 0>, <size = 128, stride = 1>]) {burst_length = 0 : i32}
        aie.end
      }
      aiex.dma_start_task(%i8)
      %i9 = aiex.dma_configure_task_for @in4_1 {
        aie.dma_bd(%arg0 : memref<2048xbf16>, 1152, 128, [<size = 1, stride = 0>, <size = 1, stride = 0>, <size = 1, stride = 0>, <size = 128, stride = 1>]) {burst_length = 0 : i32}
        aie.end
      }
      aiex.dma_start_task(%i9)
      %i10 = aiex.dma_configure_task_for @in5_0 {
        aie.dma_bd(%arg0 : memref<2048xbf16>, 1280, 128, [<size = 1, stride = 0>, <size = 1, stride = 0>, <size = 1, stride = 0>, <size = 128, stride = 1>]) {burst_length = 0 : i32}
        aie.end
      }
      aiex.dma_start_task(%i10)
      %i11 = aiex.dma_configure_task_for @in5_1 {
        aie.dma_bd(%arg0 : memref<2048xbf16>, 1408, 128, [<size = 1, stride = 0>, <size = 1, stride = 0>, <size = 1, stride = 0>, <size = 128, stride = 1>]) {burst_length = 0 : i32}
        aie.end
      }
      aiex.dma_start_task(%i11)
      %i12 = aiex.dma_configure_task_for @in6_0 {
        aie.dma_bd(%arg0 : memref<2048xbf16>, 1536, 128, [<size = 1, stride = 0>, <size = 1, stride = 0>, <size = 1, stride = 0>, <size = 128, stride = 1>]) {burst_length = 0 : i32}
        aie.end
      }
      aiex.dma_start_task(%i12)
      %i13 = aiex.dma_configure_task_for @in6_1 {
        aie.dma_bd(%arg0 : memref<2048xbf16>, 1664, 128, [<size = 1, stride = 0>, <size = 1, stride = 0>, <size = 1, stride = 0>, <size = 128, stride = 1>]) {burst_length = 0 : i32}
        aie.end
      }
      aiex.dma_start_task(%i13)
      %i14 = aiex.dma_configure_task_for @in7_0 {
        aie.dma_bd(%arg0 : memref<2048xbf16>, 1792, 128, [<size = 1, stride = 0>, <size = 1, stride = 0>, <size = 1, stride = 0>, <size = 128, stride = 1>]) {burst_length = 0 : i32}
        aie.end
      }
      aiex.dma_start_task(%i14)
      %i15 = aiex.dma_configure_task_for @in7_1 {
        aie.dma_bd(%arg0 : memref<2048xbf16>, 1920, 128, [<size = 1, stride = 0>, <size = 1, stride = 0>, <size = 1, stride = 0>, <size = 128, stride = 1>]) {burst_length = 0 : i32}
        aie.end
      }
      aiex.dma_start_task(%i15)
      %o0 = aiex.dma_configure_task_for @out0_0 {
        aie.dma_bd(%arg1 : memref<2048xbf16>, 0, 128, [<size = 1, stride = 0>, <size = 1, stride = 0>, <size = 1, stride = 0>, <size = 128, stride = 1>]) {burst_length = 0 : i32}
        aie.end
      } {issue_token = true}
      aiex.dma_start_task(%o0)
      %o1 = aiex.dma_configure_task_for @out0_1 {
        aie.dma_bd(%arg1 : memref<2048xbf16>, 128, 128, [<size = 1, stride = 0>, <size = 1, stride = 0>, <size = 1, stride = 0>, <size = 128, stride = 1>]) {burst_length = 0 : i32}
        aie.end
      } {issue_token = true}
      aiex.dma_start_task(%o1)
      %o2 = aiex.dma_configure_task_for @out1_0 {
        aie.dma_bd(%arg1 : memref<2048xbf16>, 256, 128, [<size = 1, stride = 0>, <size = 1, stride = 0>, <size = 1, stride = 0>, <size = 128, stride = 1>]) {burst_length = 0 : i32}
        aie.end
      } {issue_token = true}
      aiex.dma_start_task(%o2)
      %o3 = aiex.dma_configure_task_for @out1_1 {
        aie.dma_bd(%arg1 : memref<2048xbf16>, 384, 128, [<size = 1, stride = 0>, <size = 1, stride = 0>, <size = 1, stride = 0>, <size = 128, stride = 1>]) {burst_length = 0 : i32}
        aie.end
      } {issue_token = true}
      aiex.dma_start_task(%o3)
      %o4 = aiex.dma_configure_task_for @out2_0 {
        aie.dma_bd(%arg1 : memref<2048xbf16>, 512, 128, [<size = 1, stride = 0>, <size = 1, stride = 0>, <size = 1, stride = 0>, <size = 128, stride = 1>]) {burst_length = 0 : i32}
        aie.end
      } {issue_token = true}
      aiex.dma_start_task(%o4)
      %o5 = aiex.dma_configure_task_for @out2_1 {
        aie.dma_bd(%arg1 : memref<2048xbf16>, 640, 128, [<size = 1, stride = 0>, <size = 1, stride = 0>, <size = 1, stride = 0>, <size = 128, stride = 1>]) {burst_length = 0 : i32}
        aie.end
      } {issue_token = true}
      aiex.dma_start_task(%o5)
      %o6 = aiex.dma_configure_task_for @out3_0 {
        aie.dma_bd(%arg1 : memref<2048xbf16>, 768, 128, [<size = 1, stride = 0>, <size = 1, stride = 0>, <size = 1, stride = 0>, <size = 128, stride = 1>]) {burst_length = 0 : i32}
        aie.end
      } {issue_token = true}
      aiex.dma_start_task(%o6)
      %o7 = aiex.dma_configure_task_for @out3_1 {
        aie.dma_bd(%arg1 : memref<2048xbf16>, 896, 128, [<size = 1, stride = 0>, <size = 1, stride = 0>, <size = 1, stride = 0>, <size = 128, stride = 1>]) {burst_length = 0 : i32}
        aie.end
      } {issue_token = true}
      aiex.dma_start_task(%o7)
      %o8 = aiex.dma_configure_task_for @out4_0 {
        aie.dma_bd(%arg1 : memref<2048xbf16>, 1024, 128, [<size = 1, stride = 0>, <size = 1, stride = 0>, <size = 1, stride = 0>, <size = 128, stride = 1>]) {burst_length = 0 : i32}
        aie.end
      } {issue_token = true}
      aiex.dma_start_task(%o8)
      %o9 = aiex.dma_configure_task_for @out4_1 {
        aie.dma_bd(%arg1 : memref<2048xbf16>, 1152, 128, [<size = 1, stride = 0>, <size = 1, stride = 0>, <size = 1, stride = 0>, <size = 128, stride = 1>]) {burst_length = 0 : i32}
        aie.end
      } {issue_token = true}
      aiex.dma_start_task(%o9)
      %o10 = aiex.dma_configure_task_for @out5_0 {
        aie.dma_bd(%arg1 : memref<2048xbf16>, 1280, 128, [<size = 1, stride = 0>, <size = 1, stride = 0>, <size = 1, stride = 0>, <size = 128, stride = 1>]) {burst_length = 0 : i32}
        aie.end
      } {issue_token = true}
      aiex.dma_start_task(%o10)
      %o11 = aiex.dma_configure_task_for @out5_1 {
        aie.dma_bd(%arg1 : memref<2048xbf16>, 1408, 128, [<size = 1, stride = 0>, <size = 1, stride = 0>, <size = 1, stride = 0>, <size = 128, stride = 1>]) {burst_length = 0 : i32}
        aie.end
      } {issue_token = true}
      aiex.dma_start_task(%o11)
      %o12 = aiex.dma_configure_task_for @out6_0 {
        aie.dma_bd(%arg1 : memref<2048xbf16>, 1536, 128, [<size = 1, stride = 0>, <size = 1, stride = 0>, <size = 1, stride = 0>, <size = 128, stride = 1>]) {burst_length = 0 : i32}
        aie.end
      } {issue_token = true}
      aiex.dma_start_task(%o12)
      %o13 = aiex.dma_configure_task_for @out6_1 {
        aie.dma_bd(%arg1 : memref<2048xbf16>, 1664, 128, [<size = 1, stride = 0>, <size = 1, stride = 0>, <size = 1, stride = 0>, <size = 128, stride = 1>]) {burst_length = 0 : i32}
        aie.end
      } {issue_token = true}
      aiex.dma_start_task(%o13)
      %o14 = aiex.dma_configure_task_for @out7_0 {
        aie.dma_bd(%arg1 : memref<2048xbf16>, 1792, 128, [<size = 1, stride = 0>, <size = 1, stride = 0>, <size = 1, stride = 0>, <size = 128, stride = 1>]) {burst_length = 0 : i32}
        aie.end
      } {issue_token = true}
      aiex.dma_start_task(%o14)
      %o15 = aiex.dma_configure_task_for @out7_1 {
        aie.dma_bd(%arg1 : memref<2048xbf16>, 1920, 128, [<size = 1, stride = 0>, <size = 1, stride = 0>, <size = 1, stride = 0>, <size = 128, stride = 1>]) {burst_length = 0 : i32}
        aie.end
      } {issue_token = true}
      aiex.dma_start_task(%o15)
      aiex.dma_await_task(%o0)
      aiex.dma_await_task(%o1)
      aiex.dma_await_task(%o2)
      aiex.dma_await_task(%o3)
      aiex.dma_await_task(%o4)
      aiex.dma_await_task(%o5)
      aiex.dma_await_task(%o6)
      aiex.dma_await_task(%o7)
      aiex.dma_await_task(%o8)
      aiex.dma_await_task(%o9)
      aiex.dma_await_task(%o10)
      aiex.dma_await_task(%o11)
      aiex.dma_await_task(%o12)
      aiex.dma_await_task(%o13)
      aiex.dma_await_task(%o14)
      aiex.dma_await_task(%o15)
      aiex.dma_free_task(%i0)
      aiex.dma_free_task(%i1)
      aiex.dma_free_task(%i2)
      aiex.dma_free_task(%i3)
      aiex.dma_free_task(%i4)
      aiex.dma_free_task(%i5)
      aiex.dma_free_task(%i6)
      aiex.dma_free_task(%i7)
      aiex.dma_free_task(%i8)
      aiex.dma_free_task(%i9)
      aiex.dma_free_task(%i10)
      aiex.dma_free_task(%i11)
      aiex.dma_free_task(%i12)
      aiex.dma_free_task(%i13)
      aiex.dma_free_task(%i14)
      aiex.dma_free_task(%i15)
    }
  }
}

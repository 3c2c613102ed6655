"""The rules as a table: name, source (a rule of npu-facts.md section 6, or a section §), severity, meaning."""

TABLE = """
# Transfers and what cores take and make
partial-object | 1 | E | The transfers of a channel are no whole number of the objects at its other end
objects-left-over | 1, 2 | E | A run leaves objects in the array, which the next run finds in front of its own
too-few-objects | 1, 2 | E | An awaited transfer needs more objects than the cores make of what comes in
sequence-never-ends | 2 | E | A wait of the sequence is never satisfied
task-dims-product | 20 | E | The three inner dimensions of a task's descriptor do not move as much as its length says
task-length-rounded | 18 | E | The length of a task's descriptor is no multiple of 4 bytes and is rounded down without a word
dma-length-short | 18 | E | A transfer is shorter than the 4 bytes that a DMA moves at least
dma-length-range | §3.4 | E | A transfer is longer than the length field of its descriptor holds
inner-stride-ignored | 21 | W | Compilers before 6 March 2026 ignore the stride of a one-dimensional task descriptor
generation-dependent | §8 | N | The words of a transfer depend on the generation of the compiler, its data does not
dma-field-wraps | 23 | E | A size or stride is one too large for its field, which becomes 0 without a word
repeat-count-mismatch | 24 | E | A task does not run its descriptors as often as its outermost dimension says
dma-size-alignment | 17 | E | The innermost size of a transfer is no multiple of 4 bytes
dma-stride-alignment | 17 | E | A stride of a transfer is no multiple of 4 bytes
dma-offset-alignment | 17 | E | The offset of a transfer is no multiple of 4 bytes
dma-offset-range | 16 | E | The offset of a transfer lies in front of its buffer or beyond 32 bits
dma-size-range | 23 | E | A size of a transfer does not fit its field
dma-stride-range | 23 | E | A stride of a transfer does not fit its field
dma-iteration-range | 23 | E | The outermost size of a task does not fit the iteration field
dma-size-positive | §3.10 | E | A size of a transfer is below 1
dma-stride-positive | §3.10 | E | A stride of a transfer is 0 or negative where its size is above 1
dma-element-width | 17 | E | `dma_memcpy_nd` moves elements of at most 32 bits
dma-element-type | §3.10 | E | Elements of this type have no size in bits, so a DMA cannot move them
dma-buffer-size | §3.10 | E | The host buffer is smaller than 4 bytes
dma-burst-length | §3.4 | E | The device does not have this burst length, or the tile has none
dma-constant-lists | §3.10 | E | Offsets, sizes and strides of a transfer must be constants
dma-dimensions | §3.3 | E | A descriptor has more dimensions than the hardware
dma-field-range | §3.10 | E | A value does not fit its field of the descriptor
dma-operand | §3.4 | E | The operand of a transfer is no buffer that the DMA reaches, or no static view of one
dma-needs-shim | 33 | E | `dma_memcpy_nd` needs a DMA channel of a shim tile
dma-padding-on-shim | 40 | E | Shim descriptors cannot pad with zeros; the real tool drops the padding and goes on
dma-lock | §3.9 | E | A descriptor acquires or releases more than one lock
task-padding | §3.9 | E | Padding in a task is not supported
task-contents | §3.7 | E | A task holds something else than blocks with one descriptor each

# Waits, tokens and queues
wait-without-token | 3 | E | A wait for a channel whose tasks give no token never ends
await-without-token | 4 | E | A task that is awaited is not configured to give a token
more-waits-than-tokens | 5 | E | A channel is waited for more often than its tasks give tokens
fewer-waits-than-tokens | 6 | E | The waits for an output do not cover its last tasks
no-wait-on-output | 7 | E | The sequence ends without a wait for an output
task-queue-overflow | 8 | E | A channel is given more tasks than its queue of four holds
token-not-routed | 36 | E | Tokens of memory and core tiles do not reach the controller by default
sync-range | §4.2 | E | A number of a sync does not fit its byte
repeat-count-range | §3.7 | E | A repeat count is not between 0 and 255

# Buffer descriptors
bd-id-range | 9 | E | The tile has no descriptor of this number
bd-id-in-use | 10 | E | An explicit descriptor number is in use by another task
bd-id-taken | 10 | E | A descriptor number is used twice in the DMA program of a tile
bd-rewritten-while-in-use | 10 | E | A descriptor is written again while a task may still use it
bd-ids-exhausted | 11 | E | More descriptors of tasks are in use than the tile has
freed-before-completion | 12 | E | A task is freed while it may still run, and its descriptor is used again
memtile-task-channel | 36 | E | The channel of a memory tile cannot run the descriptors that tasks get
descriptors-exhausted | §5.5 | E | DMA programs and fifos need more descriptors than the tile has

# Host buffers
too-many-arguments | 15 | E | The sequence takes more arguments than the XCLBIN declares buffers
transfer-outside-argument | 16 | E | A transfer touches bytes outside its host buffer
offset-ignored | 22 | W | An offset in a dimension of stride 0 has no effect
reinterpret-cast-offset | 44 | E | The offset of a `memref.reinterpret_cast` has no effect on a transfer

# Object fifos
fifo-end-unused | 29 | E | A core at an end of a fifo never acquires
fifo-access-from-foreign-tile | 30 | E | A core accesses a fifo whose end is on another tile
acquire-exceeds-depth | 31 | E | More objects are acquired at once than the ring has
cyclic-wait | 31 | E | Cores wait for each other's objects
unbalanced-join | 31 | E | The inputs of a join do not bring equally many parts
released-more-than-held | 31 | E | A core releases more objects than it holds
unknown-allocation | 33 | E | A transfer or wait names no fifo with a shim end and no shim allocation
fifo-two-shim-ends | 34 | E | A fifo has more than one end on shim tiles
sub-word-stride | 35 | E | An outer stride of a fifo is no multiple of 4 bytes and is cut down
repeat-count-on-core-fifo | 42 | E | A core produces several objects of a fifo with `repeat_count` in one unrolled loop body
transfer-not-in-words | 19 | E | An object or transfer is no multiple of 4 bytes
transfer-not-aligned | 19 | E | A transfer does not start at a multiple of 4 bytes
linked-fifo-accessed | §5.4 | E | A core accesses a fifo that is linked on its tile
fifo-access-count | §5.2 | E | A number of objects is below 1
fifo-access-index | §5.2 | E | An object is accessed that was not acquired
fifo-access-outside-core | §5.2 | E | A fifo is acquired or released outside a core
fifo-allocate-unreachable | §5.1 | E | A fifo is allocated on a tile that its ends do not reach
fifo-depth | §2.4 | E | The depth of a fifo is below 1
fifo-depth-count | §2.4 | E | A fifo has not one depth for each end
fifo-dims-on-shim | §5.3 | E | Dimensions on a shim end of a fifo
fifo-initial-count | §5.3 | E | A fifo has not one initial value for each object
fifo-initial-on-shim | §5.3 | E | Initial values of a fifo that a shim tile produces
fifo-iter-count | §5.3 | E | An `iter_count` without a memory tile, or not between 1 and 256
fifo-plio | §2.4 | E | Shim tiles of an NPU have no PLIO ports
fifo-repeat-count | §5.3 | E | A `repeat_count` below 1, or on a fifo that a shim tile produces
fifo-stream-end | §2.4 | E | `aie_stream` on an end that is not on a core
fifo-without-consumer | §2.4 | E | A fifo has no consumer
unknown-fifo | §2.4 | E | A name is no fifo of the device
fifo-in-two-links | §5.4 | E | A fifo is part of more than one link
link-needs-memory-tile | §5.4 | E | Join and distribute are possible on memory tiles only
link-no-shared-tile | §5.4 | E | The fifos of a link do not meet on one tile
link-offset-count | §5.4 | E | A join or distribute has not one offset for each part
link-offsets | §5.4 | E | The offsets of a link do not fit its objects
link-repeat-counts | §5.4 | E | The outputs of a link have different repeat counts
link-shape | §5.4 | E | A link has no inputs or outputs, or several of both

# Access patterns of configured DMA programs
dims-inner-stride | §5.3 | E | The innermost stride of elements below 4 bytes must be 1
dims-out-of-bounds | §5.3 | E | A pattern reaches beyond its buffer
dims-size | §5.3 | E | A size of a pattern is outside 1 to 512
dims-stride | §5.3 | E | A stride of a pattern is outside its range
dims-wrap | §5.3 | E | A size does not fit the wrap field of its dimension
padding-dimensions | §5.3 | E | Padding has not one pair of numbers for each dimension
padding-length | §5.3 | E | Data and zeros are longer than the transfer
padding-needs-memory-tile | §5.3 | E | Only the sending channels of memory tiles pad with zeros
padding-words | §5.3 | E | Zeros in the innermost dimension are no whole words
buffer-not-reachable | §1.5 | E | A DMA does not reach this buffer
lock-not-reachable | §1.4 | E | A DMA does not reach this lock
dma-bd-per-block | §2.3 | E | A block of a DMA program has two descriptors
dma-block-content | §2.3 | E | A block of a DMA program holds something else than locks and a descriptor
dma-start-without-descriptor | §2.3 | E | A channel starts without a descriptor
duplicate-dma-channel | §2.3 | E | A channel is started twice
duplicate-dma-program | §2.3 | E | A tile has two DMA programs

# Cores
finite-core-loop | 32 | W | A core serves a number of objects and then ends: right for one run of the array
held-across-loop | 41 | E | A loop holds more objects at its end than at its start
sliding-window-remainder | §10 | W | Passes that remain after unrolling a loop over a sliding window use one pair of buffers
duplicate-core | §2.3 | E | A tile has two cores
core-elf-body | §2.3 | E | A core with `elf_file` has a body

# Resources of tiles
channels-exhausted | 13 | E | Fifos need more DMA channels of a tile than it has
shared-channel | 14 | E | A fifo and an explicit flow or allocation use one DMA channel
memory-exceeded | 25 | E | Buffers and stack are larger than the memory of the tile
locks-exhausted | 37 | E | Fifos and locks need more locks than the tile has
tile-outside-device | 38 | E | The device has no such tile
moved-buffer-address | 43 | E | A register write uses the declared address of a buffer that the allocator moves
buffer-on-shim | §1.2 | E | A buffer on a shim tile, which has no memory
buffer-type | §2.3 | E | A buffer of unknown size
channel-range | §1.2 | E | The tile has no DMA channel of this number
lock-id-range | §1.4 | E | The tile has no lock of this number
lock-id-taken | §1.4 | E | Two locks of a tile have one number
lock-value-range | §1.4 | E | A lock holds 0 to 63
packet-id-range | §3.10 | E | The id of a packet does not fit its field
packet-type-range | §3.10 | E | The type of a packet does not fit its field
tile-kind | §1.2 | E | This kind of tile cannot have what is put on it

# The runtime sequence
unlowered-operation | 39 | E | An operation that would silently be missing from the instruction stream
unknown-buffer | §3.9 | E | A write names a buffer that the device does not have
unknown-lock | §3.9 | E | The operand is no lock of the device
unknown-task | §3.7 | E | The operand is no task that was configured before
unknown-chain | §2.5 | E | There is no `aie.bd_chain` of this name
unknown-device | 38 | E | There is no device of this name
unknown-sequence | §2.5 | E | There is no runtime sequence of this name
unknown-symbol | 33 | E | A name is not declared in the device
duplicate-symbol | §2.3 | E | Two things of a device have one name
call-arguments | §2.5 | E | Arguments do not fit the parameters of what is called
call-type | §2.5 | E | The type of a call does not fit the function
run-arguments | §2.5 | E | Arguments do not fit the sequence that is run
run-without-configure | §2.5 | E | A sequence is run without configuring its device
recursive-run | §2.5 | E | A sequence runs itself
blockwrite-data | §3.9 | E | The data of a block write is no constant of 32-bit words

# Spelling and syntax
old-spelling | §2.1 | N | A spelling that later compilers no longer read
mixed-spellings | §2.1 | W | Spellings of different dates in one design
number | §2 | E | A hexadecimal number has more bits than its type
syntax | §2 | E | The text is no MLIR in the described subset
unknown-attribute | §2 | E | A type or attribute outside the described subset
attribute | §2 | E | An attribute is missing or of the wrong kind
operand | §2 | E | An operand is of the wrong kind
unknown-operation | §2 | E | An operation outside the described subset
undefined-value | §2 | E | A value is used that is not defined before
undefined-block | §2 | E | A branch leads to a block that is not there
duplicate-value | §2 | E | A value is defined twice
type-mismatch | §2 | E | A value is used with another type than it has
duplicate-block | §2 | E | Two blocks have one name
terminator | §2 | E | A block does not end as it must
verification | §2 | E | An operation breaks a constraint of its definition
nesting | §2 | E | Regions are nested deeper than any design
empty-file | §2 | E | The file is empty
too-long | §2 | E | The file is longer than any design
encoding | §2 | E | The file is no text

# Emulation
access-outside-buffer | §5.2 | E | A core's own code touches memory outside its buffers
kernel-out-of-bounds | §5.2 | E | A kernel writes memory outside the buffers that it is given
tile-memory-bounds | §1.2 | E | A descriptor reaches beyond the end of a tile's memory
host-address | §3.4 | E | A shim descriptor has an address that belongs to no argument
dma-refused | §1.2 | E | A DMA channel cannot run a descriptor, or has nowhere to send
operation-refused | §4.2 | E | An operation of an instruction stream that the emulator does not carry out
lock-overflow | §1.4 | W | A lock is released beyond its range
ring-overrun | 42 | W | The locks of a fifo count more objects than it has
unmodelled-core-operation | §2.3 | E | An operation in a core that the emulator does not model
undefined-result | §2.3 | E | An operation in a core has no defined result
undefined-behaviour | toolchain-facts §6 | E | A kernel does what C++ leaves undefined
uninitialised-read | toolchain-facts §6 | E | The results of a kernel depend on memory that was never written
output-unwritten | toolchain-facts §6 | E | A kernel leaves bytes of its output unwritten
input-written | toolchain-facts §6 | W | A kernel changes a buffer that is its input

# Patches
cannot-become-memcpy | §9 | E | A task has no equal `dma_memcpy_nd`
cannot-become-task | §9 | E | A `dma_memcpy_nd` has no equal task
cannot-pack-arguments | 15 | E | The arguments of a sequence cannot be packed into fewer
patch-changes-meaning | §9 | E | A patch would change what the design does

# Tools
object-damaged | toolchain-facts §5 | E | A file is no object file, or a damaged one
object-empty | toolchain-facts §5 | E | An archive holds no object
object-machine | toolchain-facts §5 | E | An object is compiled for another machine than a core
entry-mangled | toolchain-facts §5 | E | The entry function of a kernel has a C++ name
entry-missing | toolchain-facts §5 | E | An object does not have the entry function of its kernel
symbol-undefined | toolchain-facts §5 | E | An object needs a symbol that a core does not have
output-missing | toolchain-facts §5 | E | A tool that reported success did not write its output
output-empty | toolchain-facts §5 | E | A tool that reported success wrote an empty output
output-stale | toolchain-facts §5 | E | A tool that reported success left an older output
toolchain-lock | toolchain-facts §5 | W | An installed tool is not the one that the lock file records
unknown-generation | §2.1 | E | An aiecc is of no known generation

# Resources of a core
stack-too-small | 26 | E | A core's functions need more stack than it has, and would overwrite its buffers
stack-unbounded | 26 | W | A function allocates on the stack while it runs
core-recursion | 26 | E | A function of a core calls itself
indirect-call | 26 | W | A function of a core calls another through a pointer, whose need is not known
constants-exceed-memory | 27 | E | Stack, buffers and constants of the linked objects exceed the data memory of a core
program-too-large | 28 | E | The functions that a core calls exceed its program memory
wide-division | toolchain-facts §3 | E | A function of a core divides integers of more than 32 bits
libm-call | toolchain-facts §3 | E | A function of a core calls the mathematical library, which no core has
heap-allocation | toolchain-facts §3 | E | A function of a core allocates memory
core-exception | toolchain-facts §3 | E | A function of a core throws an exception
core-assert | toolchain-facts §3 | E | A function of a core ends the program
core-output | toolchain-facts §3 | E | A function of a core prints
static-guard | toolchain-facts §3 | E | A static variable of a core's function is initialised when it is first used
static-constructor | toolchain-facts §3 | E | A static variable of an object is initialised before anything runs
mutable-static | toolchain-facts §6 | W | A function of a core uses a variable that keeps its value from run to run
thread-local | toolchain-facts §3 | E | A function of a core has variables of a thread
unknown-symbol | toolchain-facts §3 | E | A function of a core uses what neither its sources nor a library of the core have
constant-differs | toolchain-facts §6 | E | A constant in kernels.yaml is not what it is said to mean
constant-unexplained | toolchain-facts §6 | W | Nothing derives a constant in kernels.yaml, and nothing says so
resources-unknown | 26 | W | The compiler does not tell what a core's functions need

# Artefacts
device-differs | xrt-facts | E | A design is made for another device than its kernel
signature-differs | toolchain-facts §5 | E | A C++ function takes other parameters than its kernel passes
function-differs | toolchain-facts §5 | E | A design calls another function than its kernel has
object-differs | toolchain-facts §5 | E | A design is linked with another object file than the build makes
stack-differs | 26 | E | A design gives a core another stack than its kernel needs
stream-differs | toolchain-facts §6 | E | Two toolchains make different instruction streams of one design
stale-artefact | toolchain-facts §6 | E | A file is not of the build that the others beside it are of
txn-format | §4 | E | An instruction stream is damaged or of another format
txn-text | §4 | E | The text of an instruction stream is wrong
run-contract | xrt-facts | E | The kernel of an XCLBIN cannot be called as its design needs it
xclbin-length | xrt-facts | E | An XCLBIN is cut off
xclbin-magic | xrt-facts | E | A file is no XCLBIN
xclbin-section | xrt-facts | E | A section of an XCLBIN is damaged
xclbin-target | xrt-facts | E | An XCLBIN is made for another device
xclbin-uuid | xrt-facts | E | The identity of an XCLBIN is damaged
"""

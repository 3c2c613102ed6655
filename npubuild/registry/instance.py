"""A kernel's entry as the parameters of its template."""

from __future__ import annotations

from npubuild.mlir.template_parameters import Parameters, Port, Scalar
from npubuild.registry.model import Kernel, TemplateDesign


def template_parameters(kernel: Kernel) -> Parameters:
    """What the template of `kernel` is instantiated with; only for a kernel whose design is made by one."""
    design = kernel.design
    if not isinstance(design, TemplateDesign) or kernel.object_file is None:
        raise TypeError(f"kernel {kernel.name} is no instance of a template")
    return Parameters(
        device=kernel.device,
        function=kernel.entry.function,
        link_with=kernel.object_file.name,
        inputs=tuple(Port(buffer.name, buffer.shape, buffer.dtype) for buffer in kernel.entry.inputs),
        outputs=tuple(Port(buffer.name, buffer.shape, buffer.dtype) for buffer in kernel.entry.outputs),
        scalars=tuple(Scalar(scalar.name, scalar.dtype, scalar.value) for scalar in kernel.entry.scalars),
        stack_size=kernel.stack_size,
        depth=design.depth,
        objects=design.objects,
        columns=design.columns,
        packed=design.packed,
        row=design.row,
    )

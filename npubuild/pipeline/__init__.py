"""From a kernel's entry in kernels.yaml to its artefacts: what depends on what, the steps that make it, the doit tasks."""

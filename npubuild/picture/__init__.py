"""Pictures of a design on the array: `read_scene` tells what there is to see, `draw` makes an SVG of it."""

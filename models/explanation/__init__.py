"""Show where on a face the classifier looked: Grad-CAM and its kin."""

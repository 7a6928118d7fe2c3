"""Train, evaluate and export the mask classifier; needs TensorFlow."""

"""Train our own face detector: pictures, teachers, network, loss, loop, figures."""

"""Run networks: OpenVINO, TensorFlow and LiteRT behind one interface."""

"""Face detectors behind one protocol: `FaceDetector` of protocol.py."""

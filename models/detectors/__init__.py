"""Face detectors behind one protocol: `FaceDetector` of models/analysis.py."""

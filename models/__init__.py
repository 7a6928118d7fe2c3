"""The machine-learning models: detector, classifier, runtimes, training."""

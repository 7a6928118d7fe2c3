"""Read folders of labelled pictures as other projects lay them out."""

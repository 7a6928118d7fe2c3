"""Read the classic layout: folders named after labels, under train and val or not."""

from models.training.layouts.label_names import LabelNames
from models.training.layouts.listing import Found, Listing, Pictures, split_of


def read_folders(pictures: Pictures, names: LabelNames) -> Listing | None:
    """Take each picture by the innermost folder that is named after a label.

    None if no folder with pictures is.
    """
    listing = Listing("folders named after labels")
    for path in pictures.paths:
        parts = path.relative_to(pictures.folder).parts[:-1]
        known = [(part, names.find(part)) for part in parts]
        labels = [(part, label) for part, label in known if label is not None]
        if not labels:
            listing.unknown["/".join(parts) or "."] += 1
            continue
        part, label = labels[-1]
        listing.spellings[part] = label
        listing.faces.append(Found(path, None, label, split_of(path, pictures.folder)))
    return listing if listing.faces else None

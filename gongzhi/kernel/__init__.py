"""What every package stands on: refusals, verbs, seals and limits; it knows no business."""

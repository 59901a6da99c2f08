"""A dual encoder: pictures and texts become vectors of one space, in which a picture is near to what describes it."""

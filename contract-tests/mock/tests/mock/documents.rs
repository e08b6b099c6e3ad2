//! The documents of this workspace, as far as they are there: what they show has to keep what they say.

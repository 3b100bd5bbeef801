//! Trees without places, so that two texts can be compared by what they say.

//! What a change of a policy moves.

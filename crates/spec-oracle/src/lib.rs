//! What generated models are held against.

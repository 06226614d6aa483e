//! Decisions that wait until all schemas have been read. Each pass goes over the table once.
//!
//! Knows what schemas say together. Must not know how they were written, but for discriminators.

pub(super) mod all_of;
pub(super) mod circles;
pub(super) mod discriminator;
pub(super) mod intersection;

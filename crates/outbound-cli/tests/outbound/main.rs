//! The program, as a process, on a generated server.

mod answers;
mod requests;
mod support;

//! The program, as a process, on a generated server.

mod answers;
mod guide;
mod requests;
mod support;
mod tools;

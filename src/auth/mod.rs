//! Who somebody is and what they may do: roles, permissions, passwords, tokens and
//! the delays of failed sign-ins. Plain values and arithmetic: it knows no SQL, no
//! HTTP and no clock; what is true of a person is handed in.

pub mod password;
pub mod roles;
pub mod throttle;
pub mod token;
mod who;

pub use roles::{Permission, Role};
pub use who::{Via, Who};

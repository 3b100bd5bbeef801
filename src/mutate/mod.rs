//! Small wrong laws, and which of them no case notices.

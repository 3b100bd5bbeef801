//! The frame of a self-contained HTML page.

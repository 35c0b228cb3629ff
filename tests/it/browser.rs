//! The journey in a real browser.

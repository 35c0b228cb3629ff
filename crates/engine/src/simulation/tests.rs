//! Whole simulations of small companies.

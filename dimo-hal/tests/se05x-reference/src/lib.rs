//! Nothing: everything stands in the test.

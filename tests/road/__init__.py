"""The road itself: intake, dispatch, delivery and the clock, with small features of the tests."""

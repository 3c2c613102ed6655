"""What a user sees of builds and tests: a doit reporter with the table of smoke tests, JUnit XML, the doctor's report."""

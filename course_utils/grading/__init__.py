"""Hand-ins and their grading: every answer judged again, in a process of its own."""

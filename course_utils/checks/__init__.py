"""Every exercise of the course: one module an exercise, in the folder of its lesson.

The folder is the lesson's name without its number, the file the name of the function a student
writes. ``course_utils.exercises.spec`` says what such a module holds.
"""

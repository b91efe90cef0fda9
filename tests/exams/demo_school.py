"""The questions of the demonstration, made once for all tests that look at them."""

import functools

from apps.exams.demo import catalogue
from apps.exams.demo.making import make_question
from apps.questionbank.drafts import prepare

TOPICS = [(course, topic) for course in catalogue.courses() for topic in course.topics]
CODES = [topic.code for _course, topic in TOPICS]


@functools.cache
def questions_of(code):
    """Return the questions of a topic as their author wrote them."""
    return next(topic for _course, topic in TOPICS if topic.code == code).questions()


@functools.cache
def made_of(code):
    """Return the questions of a topic as drafts for the bank."""
    course, topic = next((course, topic) for course, topic in TOPICS if topic.code == code)
    return [
        make_question(question, language=course.language, idnumber=f"{topic.code}-{place:02}")
        for place, question in enumerate(questions_of(code), start=1)
    ]


@functools.cache
def prepared_of(code):
    """Return the questions of a topic as the bank keeps them."""
    return [prepare(made.draft) for made in made_of(code)]


def language_of(code):
    return next(course.language for course, topic in TOPICS if topic.code == code)

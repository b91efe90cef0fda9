"""What the demonstration teaches: faculties, departments, courses and their topics."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import ModuleType

from .courses.arabic import calculation as arabic_calculation
from .courses.arabic import geography as arabic_geography
from .courses.arabic import grammar, morphology
from .courses.arabic import history as arabic_history
from .courses.chemistry import acids, atoms_and_bonds, gases, moles, reactions
from .courses.chinese import calculation as chinese_calculation
from .courses.chinese import geography as chinese_geography
from .courses.chinese import history as chinese_history
from .courses.chinese import measure_words, words
from .courses.computing import expressions, lists_and_dictionaries, logic, loops, statistics_and_chance
from .courses.mathematics import derivatives, functions, linear_equations, matrices, quadratic_equations
from .courses.physics import circuits, energy, forces, kinematics, waves
from .questions import Question


@dataclass(frozen=True, kw_only=True)
class TopicPlan:
    """One topic; its questions are the same every time, as their chance comes from the topic's code."""

    name: str
    code: str
    write: Callable[[random.Random], list[Question]]

    def questions(self) -> list[Question]:
        """Return the questions of the topic."""
        return self.write(random.Random(f"demonstration {self.code}"))  # noqa: S311 - the same every time by intent


@dataclass(frozen=True, kw_only=True)
class CoursePlan:
    """One course. ``teacher`` is the place of its teacher in ``people.TEACHERS``."""

    code: str
    title: str
    language: str
    level: int
    summary: str
    teacher: int
    topics: tuple[TopicPlan, ...]


@dataclass(frozen=True, kw_only=True)
class DepartmentPlan:
    """One department."""

    name: str
    courses: tuple[CoursePlan, ...]


@dataclass(frozen=True, kw_only=True)
class FacultyPlan:
    """One faculty."""

    name: str
    departments: tuple[DepartmentPlan, ...]


def _topics(course: str, modules: Sequence[ModuleType]) -> tuple[TopicPlan, ...]:
    return tuple(
        TopicPlan(name=module.TITLE, code=f"{course}-{place}", write=module.questions)
        for place, module in enumerate(modules, start=1)
    )


FACULTIES = (
    FacultyPlan(
        name="Faculty of Science",
        departments=(
            DepartmentPlan(
                name="Mathematics and Computing",
                courses=(
                    CoursePlan(
                        code="MATH101",
                        title="Algebra and Calculus",
                        language="en",
                        level=100,
                        summary="Equations, functions, derivatives and matrices, with much practice.",
                        teacher=0,
                        topics=_topics(
                            "MATH101", (linear_equations, quadratic_equations, functions, derivatives, matrices)
                        ),
                    ),
                    CoursePlan(
                        code="DATA150",
                        title="Programming and Data",
                        language="en",
                        level=100,
                        summary="Reading and writing small programs, logic, and what numbers say about data.",
                        teacher=0,
                        topics=_topics(
                            "DATA150", (expressions, loops, lists_and_dictionaries, logic, statistics_and_chance)
                        ),
                    ),
                ),
            ),
            DepartmentPlan(
                name="Physics and Chemistry",
                courses=(
                    CoursePlan(
                        code="PHYS110",
                        title="Physique générale",
                        language="fr",
                        level=100,
                        summary="Mouvement, forces, énergie, électricité et ondes.",
                        teacher=1,
                        topics=_topics("PHYS110", (kinematics, forces, energy, circuits, waves)),
                    ),
                    CoursePlan(
                        code="CHEM120",
                        title="General Chemistry",
                        language="en",
                        level=100,
                        summary="Atoms, amounts, acids, gases and reactions.",
                        teacher=1,
                        topics=_topics("CHEM120", (atoms_and_bonds, moles, acids, gases, reactions)),
                    ),
                ),
            ),
        ),
    ),
    FacultyPlan(
        name="Faculty of Humanities",
        departments=(
            DepartmentPlan(
                name="Arabic Studies",
                courses=(
                    CoursePlan(
                        code="ARAB140",
                        title="اللغة العربية وعالمها",
                        language="ar",
                        level=200,
                        summary="النحو والصرف، والجغرافيا والتاريخ، والحساب بالعربية.",
                        teacher=2,
                        topics=_topics(
                            "ARAB140", (grammar, morphology, arabic_geography, arabic_history, arabic_calculation)
                        ),
                    ),
                ),
            ),
            DepartmentPlan(
                name="Chinese Studies",
                courses=(
                    CoursePlan(
                        code="CHIN150",
                        title="中文与中国",
                        language="zh",
                        level=200,
                        summary="词汇、语法、地理、历史和数学应用。",
                        teacher=2,
                        topics=_topics(
                            "CHIN150", (words, measure_words, chinese_geography, chinese_history, chinese_calculation)
                        ),
                    ),
                ),
            ),
        ),
    ),
)


def courses() -> list[CoursePlan]:
    """Return all courses in order."""
    return [course for faculty in FACULTIES for department in faculty.departments for course in department.courses]

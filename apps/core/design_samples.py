"""What the design page and the front page show: made-up content for every component, in the forms the components take."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

LANGUAGES: Final = ("en", "fr", "ar")

FRONT_PAGE_QUESTION: Final[dict[str, Any]] = {
    "id": "sample",
    "type": "single_choice",
    "stem_html": "<p>A block rests on a rough plane, tilted less than the angle of slip. How large is the friction on it?</p>",
    "options": [
        {
            "id": "a",
            "html": 'The maximum static friction, <span data-tex="\\mu_s N">μₛN</span>, because the block is at rest.',
        },
        {
            "id": "b",
            "html": '<span data-tex="m g \\sin\\theta">mg sin θ</span>, which is less than '
            '<span data-tex="\\mu_s N">μₛN</span>.',
        },
        {"id": "c", "html": '<span data-tex="m g \\cos\\theta">mg cos θ</span>, acting up the plane.'},
        {"id": "d", "html": "None, because the block does not move."},
    ],
    "selected_answer": "b",
}

_STATIC_FRICTION: Final = (
    '<p>A block of mass <span data-tex="m">m</span> rests on a rough plane. Slipping begins at the angle for which</p>'
    '<p><span data-tex="\\mu_s = \\frac{F_{\\max}}{N} = \\tan\\theta_c" data-display="block">μₛ = tan θc</span></p>'
    '<p>While <span data-tex="\\theta &lt; \\theta_c">θ &lt; θc</span>, which statement about the friction is true?</p>'
)


def questions() -> list[dict[str, Any]]:
    """Return one question of each type, some of them answered, as a running session holds them."""
    return [
        {
            **FRONT_PAGE_QUESTION,
            "id": "q1",
            "stem_html": _STATIC_FRICTION,
        },
        {
            "id": "q2",
            "type": "multiple_choice",
            "stem_html": "<p>A skater draws in her arms. Which quantities change?</p>",
            "options": [
                {"id": "a", "html": "Her angular velocity"},
                {"id": "b", "html": "Her angular momentum"},
                {"id": "c", "html": "Her kinetic energy"},
            ],
            "selected_answer": ["a", "c"],
        },
        {
            "id": "q3",
            "type": "true_false",
            "stem_html": '<p dir="auto">الطاقة الحركية كمية قياسية.</p>',
            "selected_answer": None,
        },
        {
            "id": "q4",
            "type": "numerical",
            "stem_html": "<p>A car accelerates evenly from rest to 27 m/s in 9.0 s. How far does it go?</p>",
            "unit_entry": "choice",
            "units": ["m", "km"],
            "selected_answer": {"value": "121.5", "unit": "m"},
        },
        {
            "id": "q5",
            "type": "short_answer",
            "stem_html": "<p>光在真空中的速度用哪个字母表示？</p>",
            "selected_answer": "c",
        },
        {
            "id": "q6",
            "type": "matching",
            "stem_html": "<p>Match each quantity to its unit.</p>",
            "premises": [{"id": "p1", "html": "Force"}, {"id": "p2", "html": "Energy"}, {"id": "p3", "html": "Power"}],
            "choices": [
                {"id": "c1", "html": '<span data-tex="\\mathrm{J}">J</span>'},
                {"id": "c2", "html": '<span data-tex="\\mathrm{N}">N</span>'},
                {"id": "c3", "html": '<span data-tex="\\mathrm{W}">W</span>'},
            ],
            "selected_answer": {"p1": "c2"},
        },
    ]


def reviews() -> list[dict[str, Any]]:
    """Return the same questions as a result shows them."""
    right = ["b", ["a", "c"], True, {"value": "121.5", "tolerance": "0.5", "unit": "m"}, ["c", "c₀"], None]
    right[5] = {"p1": "c2", "p2": "c1", "p3": "c3"}
    given = ["a", ["a", "b"], True, {"value": "243", "unit": "m"}, "c", {"p1": "c2", "p2": "c3"}]
    marks = [0, 1, 1, 0, 1, 0]
    return [
        {**question, "selected_answer": answer, "correct_answer": key, "is_correct": mark == 1}
        for question, answer, key, mark in zip(questions(), given, right, marks, strict=True)
    ]


class SampleForm(forms.Form):
    """Every kind of field, one of them with an error."""

    title = forms.CharField(label=gettext_lazy("Title"), help_text=gettext_lazy("Shown to candidates."))
    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes"),
        min_value=5,
        error_messages={"min_value": gettext_lazy("Give at least 5 minutes.")},
    )
    course = forms.ChoiceField(label=gettext_lazy("Course"), choices=[("phys", "PHYS 101"), ("chem", "CHEM 204")])
    feedback = forms.CharField(label=gettext_lazy("Feedback"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    difficulty = forms.ChoiceField(
        label=gettext_lazy("Difficulty"),
        widget=forms.RadioSelect,
        choices=[("", gettext_lazy("Any")), ("easy", gettext_lazy("Easy")), ("hard", gettext_lazy("Hard"))],
    )
    shuffle = forms.BooleanField(label=gettext_lazy("Shuffle the options"), required=False)


def context() -> dict[str, Any]:
    """Return everything the design page shows, in the language now active."""
    form = SampleForm(
        {
            "title": "Mechanics I",
            "minutes": "0",
            "course": "phys",
            "feedback": _("A clear free-body diagram. The sign of the torque is reversed."),
            "difficulty": "easy",
            "shuffle": "on",
        },
        auto_id="sample_%s",
    )
    form.is_valid()
    return {
        "form": form,
        "questions": questions(),
        "reviews": reviews(),
        "trail": [(_("Questions"), "#"), ("PHYS 101", None)],
        "scores": [
            ("0", 3),
            ("10", 5),
            ("20", 11),
            ("30", 19),
            ("40", 34),
            ("50", 52),
            ("60", 61),
            ("70", 44),
            ("80", 20),
        ],
        "rows": [
            {"title": "Which pair of forces forms a couple?", "topic": "Statics", "facility": "0.91", "tone": "brass"},
            {"title": "Find the tension in the left cable.", "topic": "Statics", "facility": "0.48", "tone": "moss"},
            {
                "title": "Which graph shows the velocity of the ball?",
                "topic": "Kinematics",
                "facility": "0.71",
                "tone": "moss",
            },
        ],
    }

"""What people and programs call things in tables of questions: columns, types, true and false, options."""

import re
import unicodedata
from typing import Final


def folded(text: str) -> str:
    """Return a name without what makes no difference: case, width, punctuation, spaces."""
    text = unicodedata.normalize("NFKC", text).casefold().replace("(s)", "s")
    text = re.sub(r"\bmax\b\.?", "maximum", text)
    return re.sub(r"[\s_.:*()\[\]/?-]+", " ", text).strip()


def _by_name(names: dict[str, str]) -> dict[str, str]:
    """Turn meaning: "name | name" into name: meaning."""
    return {folded(name): meaning for meaning, listed in names.items() for name in listed.split("|")}


COLUMNS: Final = _by_name(
    {
        "question": """question | question text | question title | questiontext | stem | prompt | text | problem | item
            | question maximum 120 characters | frage | fragetext | énoncé | enonce | libellé | pregunta | enunciado
            | pergunta | questão | domanda | vraag | pytanie | вопрос | السؤال | سؤال | نص السؤال | 题目 | 问题 | 题干
            | 試題 | 題目 | 問題 | 질문 | 문제 | soru | प्रश्न""",
        "correct": """correct | correct answer | correct answers | correct option | correct options | correct choice
            | correct answers choose at least one | answer | answers | answer key | key | right answer | solution
            | réponse | bonne réponse | réponse correcte | réponses correctes | lösung | antwort | richtige antwort
            | respuesta | respuesta correcta | resposta | resposta correta | risposta corretta | antwoord | odpowiedź
            | ответ | правильный ответ | الإجابة | الجواب | الإجابة الصحيحة | الاجابة الصحيحة | 答案 | 正确答案
            | 正確答案 | 正解 | 정답 | cevap | doğru cevap""",
        "type": """type | question type | questiontype | qtype | kind | typ | fragetyp | tipo | тип | نوع السؤال | النوع
            | 题型 | 類型 | 类型""",
        "explanation": """explanation | feedback | general feedback | generalfeedback | rationale | comment
            | explication | commentaire | erklärung | erläuterung | explicación | explicação | spiegazione | объяснение
            | пояснение | الشرح | التفسير | شرح | 解析 | 解释 | 解說 | 説明 | 해설 | açıklama""",
        "category": """category | categories | topic | subject | chapter | section | unit | catégorie | thème | chapitre
            | kategorie | thema | kapitel | categoría | tema | categoria | категория | тема | الفئة | الموضوع | المادة
            | التصنيف | 分类 | 章节 | 知识点 | 分類 | 단원 | kategori | konu""",
        "tags": "tags | tag | keywords | labels | mots clés | étiquettes | schlagwörter | etiquetas | теги | الوسوم",
        "idnumber": """id | idnumber | id number | question id | name | code | number | no | nr | numéro | nummer
            | número | номер | الرقم | رقم | 编号 | 序号 | 編號""",
        "tolerance": "tolerance | accepted error | tolérance | toleranz | tolerancia | допуск | السماحية | 误差 | 誤差",
        "unit": "units | unit of measure | unité | einheit | unidad | единица | الوحدة | 单位 | 單位",
    }
)
TYPES: Final = _by_name(
    {
        # "Multiple choice" is said of choosing one as well: the column of the right answer has the last word.
        "choice": """single choice | single | multiple choice | multichoice | mcq | mc | choice | radio | qcu | qcm
            | 单选 | 单选题 | 單選題 | 选择题 | اختيار من متعدد | choix | auswahl""",
        "multiple_choice": """multiple answer | multiple answers | multiple response | multiple select | multi select
            | checkbox | checkboxes | mrq | 多选 | 多选题 | 複選題""",
        "true_false": """true false | truefalse | true or false | tf | t f | boolean | vrai faux | richtig falsch | 判断
            | 判断题 | 是非題 | صح وخطأ | صح أو خطأ | صواب وخطأ""",
        "numerical": "numerical | numeric | calculation | 数值 | 数值题 | 计算题",
        "short_answer": """short answer | shortanswer | short | text | fill in | fill in the blank | 填空 | 填空题
            | 填充題""",
        "matching": "matching | match | 连线 | 配对 | 配對",
    }
)
TRUTH: Final = _by_name(
    {
        "true": """true | t | yes | y | vrai | v | wahr | richtig | w | r | verdadero | cierto | sí | verdadeiro | vero
            | waar | prawda | да | верно | истина | صح | صحيح | صواب | نعم | 对 | 正确 | 是 | ○ | ✓ | √ | doğru""",
        "false": """false | f | no | n | faux | falsch | falso | não | onwaar | fałsz | нет | неверно | ложь | خطأ | خطا
            | لا | 错 | 错误 | 否 | × | ✗ | yanlış""",
    }
)
_OPTION: Final = re.compile(
    r"(?:(?:option|choice|answer|response|alternative|distractor|réponse|proposition|choix|antwort|auswahl|opción|opcion"
    r"|respuesta|alternativa|opção|risposta|opzione|вариант|ответ|الخيار|خيار|الإجابة|اختيار|选项|選項|答案|선택지|seçenek|şık)"
    r"\s*)?(?P<mark>[a-z]|[1-9]\d?|[أابتثجدهو]|[甲乙丙丁])(?:\s*maximum 75 characters)?"
)
_MARKS: Final = dict(zip("أابجدهوتث甲乙丙丁", (1, 1, 2, 3, 4, 5, 6, 3, 4, 1, 2, 3, 4), strict=True))


def option_number(name: str) -> int | None:
    """Return 1 for ``Option A``, ``choice_1``, ``a``, ``الخيار أ`` or ``选项A``; None for anything else."""
    match = _OPTION.fullmatch(folded(name))
    if not match:
        return None
    mark = match["mark"]
    if mark.isdecimal():
        return int(mark)
    return _MARKS.get(mark) or ord(mark) - ord("a") + 1

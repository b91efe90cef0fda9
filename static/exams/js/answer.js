/** Read a question's answer from its fields, and put one into them. Answers have the API's forms; null is no answer. */

const checked = (article) => [...article.querySelectorAll(".choice-input:checked")].map((input) => input.value);
const named = (article, suffix) => article.querySelector(`[name="answer-${article.dataset.id}${suffix}"]`);

function readMatching(article) {
  const pairs = {};
  for (const select of article.querySelectorAll("[data-premise]")) {
    if (select.value) pairs[select.dataset.premise] = select.value;
  }
  return Object.keys(pairs).length ? pairs : null;
}

function readNumber(article) {
  const value = named(article, "-value").value.trim();
  const unit = named(article, "-unit")?.value.trim() ?? "";
  if (!value) return null;
  return unit ? { value, unit } : { value };
}

export function readAnswer(article) {
  const chosen = checked(article);
  switch (article.dataset.type) {
    case "single_choice":
      return chosen[0] ?? null;
    case "multiple_choice":
      return chosen.length ? chosen : null;
    case "true_false":
      return chosen.length ? chosen[0] === "true" : null;
    case "numerical":
      return readNumber(article);
    case "short_answer":
      return named(article, "").value.trim() || null;
    default:
      return readMatching(article);
  }
}

export function writeAnswer(article, answer) {
  const type = article.dataset.type;
  if (type === "numerical") {
    named(article, "-value").value = answer?.value ?? "";
    const unit = named(article, "-unit");
    if (unit) unit.value = answer?.unit ?? "";
  } else if (type === "short_answer") {
    named(article, "").value = answer ?? "";
  } else if (type === "matching") {
    for (const select of article.querySelectorAll("[data-premise]")) {
      select.value = answer?.[select.dataset.premise] ?? "";
    }
  } else {
    const chosen = answer === null ? [] : [answer].flat().map(String);
    for (const input of article.querySelectorAll(".choice-input")) input.checked = chosen.includes(input.value);
  }
}

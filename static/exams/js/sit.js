/**
 * The sitting: saves each answer by itself, shows one question at a time, keeps the clock.
 * Without this module the page is one long form that is saved by its buttons.
 */
import { say } from "../../core/js/announce.js";
import { readAnswer, writeAnswer } from "./answer.js";
import { asClock, Clock } from "./clock.js";
import { Keeper } from "./keeping.js";

const TYPING_PAUSE = 800;
const TIME_CHECK = 60000;

const form = document.querySelector('[data-js="sit"]');
const part = (name, root = form) => root.querySelector(`[data-js="${name}"]`);
const parts = (name, root = form) => [...root.querySelectorAll(`[data-js="${name}"]`)];
const articles = parts("question");
const cells = new Map(parts("cell").map((cell) => [cell.dataset.position, cell]));
const isFree = form.dataset.free === "yes";
const keeper = new Keeper({ url: form.dataset.answerUrl, session: form.dataset.session });

/* What this device remembers of the sitting: flags, ruled-out options, the clock's visibility. Gone once handed in. */
const memoryKey = `lectern.sitting.${form.dataset.session}`;
const memory = { flags: [], out: [], ...JSON.parse(localStorage.getItem(memoryKey) ?? "{}") };
const remember = () => localStorage.setItem(memoryKey, JSON.stringify(memory));

let current = articles[0];
let isHandingIn = false;

const isFlagged = (article) => memory.flags.includes(article.dataset.id);
const isAnswered = (article) => readAnswer(article) !== null;

/* --- Keeping ----------------------------------------------------------------------------------------------------------- */

const typing = new Map();
const kept = new Map();

/** Keep what stands in the fields, unless just that was kept before. */
function keepNow(article) {
  clearTimeout(typing.get(article));
  typing.delete(article);
  const answer = readAnswer(article);
  if (kept.get(article) === JSON.stringify(answer)) return;
  kept.set(article, JSON.stringify(answer));
  keeper.keep({
    question: article.dataset.id,
    answer,
    timeSpent: Number(article.dataset.timeSpent),
    after: Number(article.dataset.sequence),
  });
  form.dataset.waiting = keeper.size;
  drawCount();
}

function keepSoon(article) {
  clearTimeout(typing.get(article));
  typing.set(
    article,
    setTimeout(() => keepNow(article), TYPING_PAUSE),
  );
}

function keepTyped() {
  for (const article of [...typing.keys()]) keepNow(article);
}

function showState(state, { isCut = false } = {}) {
  part("keep").dataset.state = state;
  part("banner").hidden = !isCut;
}

function showProblem(text, { isSignedOut = false } = {}) {
  part("problem").hidden = !text;
  part("problem-text").textContent = text ?? "";
  part("problem-link").hidden = !isSignedOut;
}

const byId = (id) => articles.find((article) => article.dataset.id === id);

const reactions = {
  saving: () => showState("saving"),
  saved: ({ question, sequence }) => {
    const article = byId(question);
    if (article) article.dataset.sequence = sequence;
    showProblem("");
    showState(keeper.isEmpty ? "saved" : "saving");
  },
  kept: ({ isCut }) => showState(keeper.isEmpty ? part("keep").dataset.state : "kept", { isCut }),
  online: () => showState(keeper.isEmpty ? part("keep").dataset.state : "saving"),
  "signed-out": ({ message }) => {
    showState("failed");
    showProblem(message, { isSignedOut: true });
  },
  failed: ({ question, message, code }) => {
    showState("failed");
    if (code === "finished" || code === "closed") {
      showProblem(message);
      return;
    }
    const article = byId(question);
    if (!article) return;
    part("refused-text", article).textContent = message ?? "";
    part("refused", article).hidden = false;
  },
  conflict: ({ question, theirs }) => {
    showState("failed");
    offerChoice(byId(question), theirs);
  },
};

keeper.addEventListener("change", ({ detail }) => {
  reactions[detail.state](detail);
  form.dataset.waiting = keeper.size;
  articles.forEach(drawCell);
});

/** Two windows answered the same question: let the candidate decide. */
function offerChoice(article, theirs) {
  const notice = part("conflict", article);
  notice.hidden = false;
  article.dataset.sequence = theirs.sequence;
  part("keep-mine", notice).onclick = () => {
    notice.hidden = true;
    kept.delete(article);
    keepNow(article);
  };
  part("take-theirs", notice).onclick = () => {
    notice.hidden = true;
    writeAnswer(article, theirs.selected_answer);
    kept.set(article, JSON.stringify(readAnswer(article)));
    showState("saved");
    drawCell(article);
    drawCount();
  };
}

form.addEventListener("change", (event) => {
  const article = event.target.closest('[data-js="question"]');
  if (!article || !event.target.name) return;
  part("refused", article).hidden = true;
  keepNow(article);
});
form.addEventListener("input", (event) => {
  const article = event.target.closest('[data-js="question"]');
  if (article && event.target.matches('input[inputmode], input[dir="auto"]')) keepSoon(article);
});
form.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches("input")) return;
  event.preventDefault();
  keepTyped();
});
addEventListener("pagehide", keepTyped);
addEventListener("beforeunload", (event) => {
  keepTyped();
  if (!keeper.isEmpty && !isHandingIn) event.preventDefault();
});

/* --- The map ----------------------------------------------------------------------------------------------------------- */

function drawCell(article) {
  const cell = cells.get(article.dataset.position);
  if (!cell) return;
  const words = part("map").dataset;
  const state = keeper.isWaiting(article.dataset.id) ? "kept" : isAnswered(article) ? "answered" : "";
  cell.dataset.state = [state, isFlagged(article) ? "flagged" : ""].join(" ").trim();
  cell.ariaLabel = [cell.dataset.name, words[state || "open"], ...(isFlagged(article) ? [words.flagged] : [])].join(", ");
}

function drawCount() {
  const count = part("answered-count");
  if (!isFree) return;
  const answered = articles.filter(isAnswered).length;
  count.textContent = count.dataset.words.replace("[answered]", answered).replace("[total]", count.dataset.total);
}

function drawSummary() {
  const summary = part("finish-summary");
  const links = (label, chosen) => {
    if (!chosen.length) return [];
    const line = document.createElement("span");
    line.append(`${label} `);
    chosen.forEach((article, index) => {
      const link = document.createElement("a");
      link.href = `#${article.id}`;
      link.textContent = article.dataset.position;
      line.append(index ? ", " : "", link);
    });
    line.append(". ");
    return [line];
  };
  const open = articles.filter((article) => !isAnswered(article));
  const { answered, open: openWord, flagged, all } = summary.dataset;
  const first = open.length ? `${answered} ${articles.length - open.length} / ${articles.length}. ` : `${all} `;
  summary.replaceChildren(first, ...links(openWord, open), ...links(flagged, articles.filter(isFlagged)));
}

/* --- Moving about ------------------------------------------------------------------------------------------------------ */

function show(target, { focus = true } = {}) {
  const isFinish = target === part("finish");
  for (const article of articles) article.hidden = article !== target;
  part("finish").hidden = !isFinish;
  for (const cell of cells.values()) cell.removeAttribute("aria-current");
  current = isFinish ? null : target;
  if (isFinish) drawSummary();
  else {
    const cell = cells.get(target.dataset.position);
    cell.setAttribute("aria-current", "step");
    const strip = cell.closest(".map");
    strip.scrollLeft += cell.getBoundingClientRect().left + cell.offsetWidth / 2 - innerWidth / 2;
    part("flag").setAttribute("aria-pressed", String(isFlagged(target)));
  }
  part("previous").disabled = target === articles[0];
  for (const name of ["flag", "clear", "next"]) part(name).hidden = isFinish;
  if (focus) {
    scrollTo({ top: 0 });
    target.querySelector("h2").focus({ preventScroll: true });
  }
}

const targetOf = (hash) => document.getElementById(hash.slice(1));

function goTo(target) {
  if (target && location.hash !== `#${target.id}`) location.hash = target.id;
}

function step(by) {
  const index = current ? articles.indexOf(current) + by : articles.length - 1;
  goTo(articles[index] ?? (by > 0 ? part("finish") : null));
}

function startMoving() {
  addEventListener("hashchange", () => {
    const target = targetOf(location.hash);
    if (articles.includes(target) || target === part("finish")) show(target);
  });
  part("previous").addEventListener("click", () => step(-1));
  part("next").addEventListener("click", () => step(1));
  part("clear").addEventListener("click", () => {
    writeAnswer(current, null);
    keepNow(current);
  });
  part("flag").addEventListener("click", () => {
    memory.flags = isFlagged(current)
      ? memory.flags.filter((id) => id !== current.dataset.id)
      : [...memory.flags, current.dataset.id];
    remember();
    part("flag").setAttribute("aria-pressed", String(isFlagged(current)));
    drawCell(current);
  });
  part("foot").hidden = false;
  part("plain-save").hidden = true;
  const wanted = targetOf(location.hash);
  const firstOpen = articles.find((article) => !isAnswered(article)) ?? articles[0];
  show(articles.includes(wanted) || wanted === part("finish") ? wanted : firstOpen, { focus: false });
}

/* --- Ruling out and shortcut keys -------------------------------------------------------------------------------------- */

function startRulingOut() {
  for (const option of parts("option")) {
    const button = part("rule-out", option);
    const id = `${option.querySelector("input").name} ${option.querySelector("input").value}`;
    const draw = () => {
      const isOut = memory.out.includes(id);
      option.toggleAttribute("data-out", isOut);
      button.setAttribute("aria-pressed", String(isOut));
    };
    const rule = (isOut) => {
      memory.out = memory.out.filter((one) => one !== id).concat(isOut ? [id] : []);
      remember();
      draw();
    };
    button.hidden = false;
    button.addEventListener("click", () => rule(!memory.out.includes(id)));
    // what is chosen is not ruled out
    option.addEventListener("change", () => rule(false));
    draw();
  }
}

function startShortcuts() {
  const box = part("shortcuts").querySelector("input");
  part("shortcuts").hidden = false;
  box.checked = localStorage.getItem("lectern.shortcuts") !== "off";
  box.addEventListener("change", () => localStorage.setItem("lectern.shortcuts", box.checked ? "on" : "off"));
  const forward = document.dir === "rtl" ? "ArrowLeft" : "ArrowRight";
  const backward = document.dir === "rtl" ? "ArrowRight" : "ArrowLeft";
  document.addEventListener("keydown", (event) => {
    const isWriting = event.target.matches('select, textarea, input:not([type="radio"], [type="checkbox"])');
    if (isWriting || event.ctrlKey || event.altKey || event.metaKey) return;
    const isOnRadio = event.target.matches('[type="radio"]');
    if (event.key === forward && !isOnRadio) step(1);
    else if (event.key === backward && !isOnRadio) step(-1);
    else if (!box.checked || !current) return;
    else if (event.key.toLowerCase() === "f") part("flag").click();
    else if (/^[1-9]$/.test(event.key)) current.querySelectorAll(".choice-input")[event.key - 1]?.click();
    else return;
    event.preventDefault();
  });
}

/* --- Time -------------------------------------------------------------------------------------------------------------- */

function startClock() {
  const timer = part("timer");
  if (!timer) return;
  const clock = new Clock({ serverTime: form.dataset.serverTime, deadline: form.dataset.deadline });
  const isHidden = () => localStorage.getItem("lectern.clock") === "hidden";
  const draw = (left) => {
    timer.dataset.state = left <= 60 ? "last" : left <= 600 ? "soon" : "";
    part("time-left").textContent = isHidden() ? timer.dataset.hidden : `${asClock(left)} ${timer.dataset.left}`;
    timer.setAttribute("aria-pressed", String(isHidden()));
  };
  const readTime = async () => {
    try {
      const response = await fetch(form.dataset.sessionUrl, {
        credentials: "same-origin",
        headers: { Accept: "application/json", "X-Lectern-Client": "web" },
      });
      if (!response.ok) return;
      const { data } = await response.json();
      clock.correct({ serverTime: data.server_time, deadline: data.deadline_at });
    } catch {
      /* without the network the page's own clock goes on */
    }
  };
  timer.addEventListener("click", () => {
    localStorage.setItem("lectern.clock", isHidden() ? "shown" : "hidden");
    draw(clock.secondsLeft());
  });
  clock.addEventListener("tick", ({ detail }) => draw(detail));
  clock.addEventListener("mark", ({ detail }) => say(timer.dataset[detail]));
  clock.addEventListener("drift", readTime);
  clock.addEventListener("over", async () => {
    await readTime();
    if (clock.secondsLeft() > 0) return;
    say(timer.dataset.over, { atOnce: true });
    showProblem(timer.dataset.over);
    handIn("finish");
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) readTime();
  });
  setInterval(readTime, TIME_CHECK);
  timer.hidden = false;
  draw(clock.secondsLeft());
}

setInterval(() => {
  if (current && !document.hidden) current.dataset.timeSpent = Number(current.dataset.timeSpent) + 1;
}, 1000);

/* --- Handing in -------------------------------------------------------------------------------------------------------- */

/**
 * Do the deed once every answer is saved. It goes through the API, whose check of the origin still holds when the candidate
 * had to sign in again meanwhile; a form's token would not.
 */
async function handIn(action) {
  if (isHandingIn) return;
  isHandingIn = true;
  keepTyped();
  const buttons = form.querySelectorAll('[name="action"]');
  part("waiting").hidden = keeper.isEmpty;
  for (const button of buttons) button.setAttribute("aria-busy", "true");
  await keeper.settled();
  const problem = await (action === "finish" ? finish() : goOn());
  if (!problem) return;
  showProblem(problem);
  isHandingIn = false;
  part("waiting").hidden = true;
  for (const button of buttons) button.removeAttribute("aria-busy");
}

/** Ask the API; returns the refusal in words, or nothing when it went well or was done before. */
async function ask(url, method) {
  try {
    const response = await fetch(url, {
      method,
      credentials: "same-origin",
      headers: { Accept: "application/json", "X-Lectern-Client": "web" },
    });
    const said = await response.json();
    return response.ok || said.details?.code === "finished" ? "" : said.error;
  } catch {
    return form.dataset.cut;
  }
}

async function finish() {
  const problem = await ask(form.dataset.submitUrl, "POST");
  if (!problem) {
    localStorage.removeItem(memoryKey);
    location.assign(form.dataset.resultUrl);
  }
  return problem;
}

async function goOn() {
  const problem = await ask(form.dataset.nextUrl, "GET");
  if (!problem) location.reload();
  return problem;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.submitter?.value === "save") keepTyped();
  else handIn(event.submitter?.value);
});

/* --- Start ------------------------------------------------------------------------------------------------------------- */

const unsent = keeper.restore();
for (const article of articles) {
  if (unsent.has(article.dataset.id)) writeAnswer(article, unsent.get(article.dataset.id));
  kept.set(article, JSON.stringify(readAnswer(article)));
}
if (isFree) {
  startMoving();
  startShortcuts();
}
part("keep").hidden = false;
form.dataset.waiting = keeper.size;
startRulingOut();
startClock();
articles.forEach(drawCell);
drawCount();

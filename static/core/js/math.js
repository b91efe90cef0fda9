/**
 * Set mathematics. Rich text holds it as <span data-tex="…"> with the TeX as its text, which stays if nothing here runs.
 *
 * KaTeX and its style sheet are fetched when the first formula is met. Its markup carries style attributes, which the content
 * security policy refuses; so they are renamed before parsing and set through the style object, which it allows. KaTeX
 * escapes quotes in text, hence ` style="` can only begin an attribute.
 */
let loading = null;

/* What is wider than its place scrolls there, so it must be reachable by keyboard; the place changes with the window. */
const widths = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }
});

function fetched(element, address) {
  return new Promise((resolve, reject) => {
    element.addEventListener("load", resolve);
    element.addEventListener("error", () => reject(new Error(`${address} did not arrive.`)));
    document.head.append(element);
  });
}

/* Both must be there: markup without its style sheet would lie about, and lines broken around it would stay so. */
async function load() {
  const { content: source, dataset } = document.querySelector('meta[name="lectern-katex"]');
  const sheet = Object.assign(document.createElement("link"), { rel: "stylesheet", href: dataset.style });
  const script = Object.assign(document.createElement("script"), { src: source });
  await Promise.all([fetched(sheet, dataset.style), fetched(script, source)]);
  return window.katex;
}

function set(katex, element) {
  const markup = katex.renderToString(element.dataset.tex, {
    displayMode: element.dataset.display === "block",
    throwOnError: false,
    strict: "ignore",
    trust: false,
    maxSize: 20,
    maxExpand: 500,
  });
  const holder = document.createElement("template");
  holder.innerHTML = markup.replaceAll(' style="', ' data-style="');
  for (const styled of holder.content.querySelectorAll("[data-style]")) {
    styled.style.cssText = styled.dataset.style;
    delete styled.dataset.style;
  }
  element.replaceChildren(holder.content);
  element.dataset.set = "";
  if (element.dataset.display === "block") widths.observe(element);
}

export async function setMathematics(root = document) {
  const waiting = root.querySelectorAll("[data-tex]:not([data-set])");
  if (!waiting.length) return;
  loading ??= load();
  const katex = await loading;
  for (const element of waiting) set(katex, element);
}

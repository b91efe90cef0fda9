/** Change the theme in place; without this module the form does it by loading the page again. */
const COOKIE = "lectern_theme";
const YEAR = 365 * 24 * 3600;

function apply(theme) {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `${COOKIE}=${theme}; path=/; max-age=${YEAR}; samesite=lax${secure}`;
  for (const button of document.querySelectorAll('[data-js="theme"] button')) {
    button.setAttribute("aria-pressed", String(button.value === theme));
  }
}

export function startThemes() {
  document.addEventListener("submit", (event) => {
    if (!event.target.matches('[data-js="theme"]') || !event.submitter) return;
    event.preventDefault();
    apply(event.submitter.value);
  });
}

/** What every page starts: themes, menus, dialogs, mathematics, and a word when a part of a page did not arrive. */
import { startDialogs } from "./dialog.js";
import { setMathematics } from "./math.js";
import { startMenus } from "./menu.js";
import { startThemes } from "./theme.js";
import { showToast } from "./toast.js";

startThemes();
startMenus();
startDialogs();
setMathematics();

document.addEventListener("htmx:load", (event) => setMathematics(event.target));
for (const failure of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(failure, () => {
    showToast(document.querySelector('[data-js="toasts"]').dataset.lost);
  });
}

/** Open the dialog a button names in `data-opens`; a press beside it, or on `[data-closes]`, closes it again. */
export function startDialogs() {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener) {
      event.preventDefault();
      document.getElementById(opener.dataset.opens)?.showModal();
      return;
    }
    if (event.target.closest("[data-closes]")) event.target.closest("dialog")?.close();
    if (event.target instanceof HTMLDialogElement && event.target.open) event.target.close();
  });
}

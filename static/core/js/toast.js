/**
 * Tell what was just done, and offer to undo it.
 * The toast leaves by itself after `seconds` (10 at least where there is something to undo), but not while it is held by
 * pointer or focus.
 */
export function showToast(text, { label = "", run = null, seconds = 10 } = {}) {
  const template = document.querySelector('template[data-js="toast"]');
  const toasts = document.querySelector('[data-js="toasts"]');
  if (!template || !toasts) return;
  const toast = template.content.firstElementChild.cloneNode(true);
  toast.querySelector(".toast-text").textContent = text;
  const button = toast.querySelector("button");
  if (run) {
    button.textContent = label;
    button.hidden = false;
    button.addEventListener("click", () => {
      toast.remove();
      run();
    });
  }
  let timer = 0;
  const leave = () => {
    clearTimeout(timer);
    timer = setTimeout(() => toast.remove(), seconds * 1000);
  };
  const stay = () => clearTimeout(timer);
  toast.addEventListener("pointerenter", stay);
  toast.addEventListener("pointerleave", leave);
  toast.addEventListener("focusin", stay);
  toast.addEventListener("focusout", leave);
  toasts.append(toast);
  leave();
}

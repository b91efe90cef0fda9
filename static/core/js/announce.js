/** Say something to those who listen rather than look, through the live regions of base.html. */
export function say(text, { atOnce = false } = {}) {
  const region = document.querySelector(`[data-js="${atOnce ? "say-at-once" : "say-politely"}"]`);
  if (!region) return;
  region.textContent = "";
  // the same words twice are only read again when the region was empty in between
  setTimeout(() => {
    region.textContent = text;
  }, 50);
}

// Opens a claim at the mark in the sentence that uses it: beside its line where the margin is wide enough, otherwise
// under its paragraph. Without this script a mark is a link to the claim in the list of its section.
(() => {
  const WIDE = matchMedia("(min-width: 1200px)");
  const [GAP, LEAST, MOST] = [24, 208, 320]; // pixels: to the text, and how wide what stands beside it may be
  const card = document.createElement("div");
  card.id = "claim-card";
  card.setAttribute("role", "region");
  const close = document.createElement("button");
  Object.assign(close, { type: "button", textContent: "Close" });
  let mark = null; // the one that is open

  const source = (id) => document.querySelector(`li.claim[id="${id}"]`)
    ?? document.querySelector(`template[data-claim="${id}"]`)?.content;

  function told(id) {
    const one = document.createElement("div");
    const parts = ["verdict", "statement", "report", "here", "note", "trail"];
    one.append(...parts.map((part) => source(id).querySelector(`.claim-${part}`)?.cloneNode(true)).filter(Boolean));
    return one;
  }

  // A wide screen has a margin at the right of the text, and of a table that the mark stands in.
  function place() {
    const block = mark.closest("table, p, li, dd") ?? mark.parentElement;
    const { right } = block.getBoundingClientRect();
    const room = document.documentElement.clientWidth - right - 2 * GAP;
    card.classList.toggle("beside", WIDE.matches && room >= LEAST);
    const beside = card.classList.contains("beside");
    const from = beside && card.offsetParent.getBoundingClientRect();
    card.style.left = beside ? `${right + GAP - from.left}px` : "";
    card.style.top = beside ? `${mark.getBoundingClientRect().top - from.top - 8}px` : "";
    card.style.width = beside ? `${Math.min(room, MOST)}px` : "";
    if (beside && covers()) {
      card.classList.remove("beside");
      card.style.left = card.style.top = card.style.width = "";
    }
  }

  // Whether what stands beside the text lies on something that is wider than the text.
  function covers() {
    const own = card.getBoundingClientRect();
    return [...document.querySelectorAll(".bd-article :is(figure, table, pre, details.depth[open], .claims-fold)")].some((one) => {
      const { left, right, top, bottom } = one.getBoundingClientRect();
      return !one.contains(mark) && right > own.left && left < own.right && bottom > own.top && top < own.bottom;
    });
  }

  function shut() {
    card.remove();
    mark?.setAttribute("aria-expanded", "false");
    mark?.removeAttribute("aria-controls");
    mark = null;
  }

  function toggle(pressed) {
    const again = pressed === mark;
    shut();
    if (again) return;
    mark = pressed;
    const ids = mark.dataset.claims?.split(" ") ?? [decodeURIComponent(mark.hash.slice(1))];
    card.className = `claim-card ${[...mark.classList].filter((name) => name !== "claim-mark").join(" ")}`;
    card.setAttribute("aria-label", `${ids.length > 1 ? "Claims" : "Claim"} ${mark.textContent}`);
    card.replaceChildren(close, ...ids.map(told));
    const block = mark.closest("p, li, dd, td, th") ?? mark.parentElement;
    if (block.matches("p")) block.after(card);
    else block.append(card);
    mark.setAttribute("aria-expanded", "true");
    mark.setAttribute("aria-controls", card.id);
    place();
    card.scrollIntoView({ block: "nearest" });
  }

  for (const one of document.querySelectorAll("a.claim-mark")) { // it opens in place: a button, with this script
    one.setAttribute("role", "button");
    one.setAttribute("aria-expanded", "false");
  }
  close.addEventListener("click", () => {
    const back = mark;
    shut();
    back.focus();
  });
  addEventListener("click", (event) => {
    const pressed = event.target.closest("a.claim-mark");
    if (!pressed || event.ctrlKey || event.metaKey || event.shiftKey) return; // with these keys a link opens elsewhere
    event.preventDefault();
    toggle(pressed);
  });
  addEventListener("keydown", (event) => {
    const pressed = event.target.closest?.("a.claim-mark");
    if (event.key === " " && pressed) { // Enter clicks a link by itself
      event.preventDefault();
      toggle(pressed);
    } else if (event.key === "Escape" && mark && !document.querySelector("dialog[open]")) {
      close.click();
    }
  });
  addEventListener("resize", () => mark && place());
})();

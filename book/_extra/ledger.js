// Search and filters of the ledger; without this script every claim is there.
(() => {
  const form = document.querySelector(".ledger-filters");
  const count = document.querySelector(".ledger-count");
  const none = document.querySelector(".ledger-none");
  const claims = [...document.querySelectorAll(".ledger-list > li")];
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").replace(/(\d),(?=\d{3})/g, "$1").replace(/["“”]/g, "").toLowerCase();
  const words = new Map(claims.map((claim) => [claim, plain(`${claim.id} ${claim.textContent}`)]));

  function fits(claim, { q, ...exact }) {
    const wanted = plain(q ?? "").split(/\s+/).filter(Boolean);
    return wanted.every((word) => words.get(claim).includes(word))
      && Object.entries(exact).every(([name, value]) => !value || claim.dataset[name].split(" ").includes(value));
  }

  function apply(hash = "") { // an address names the filters, or a claim
    const chosen = Object.fromEntries(new FormData(form));
    let shown = 0;
    for (const claim of claims) {
      claim.hidden = !fits(claim, chosen);
      shown += !claim.hidden;
    }
    none.hidden = shown > 0;
    count.textContent = shown === claims.length ? `${shown} claims` : `${shown} of ${claims.length} claims`;
    const query = new URLSearchParams(Object.entries(chosen).filter(([, value]) => value)).toString();
    history.replaceState(null, "", `${location.pathname}${query ? `?${query}` : ""}${hash}`);
  }

  function open() { // a link to a claim shows it, whatever is filtered
    const claim = claims.find((one) => `#${one.id}` === location.hash);
    if (!claim) return;
    if (claim.hidden) {
      form.querySelectorAll("input, select").forEach((field) => { field.value = ""; });
      apply(location.hash);
    }
    claim.querySelector("details").open = true;
    claim.scrollIntoView();
  }

  for (const [name, value] of new URLSearchParams(location.search)) {
    const field = form.elements.namedItem(name);
    if (field) field.value = value;
  }
  form.hidden = false;
  form.addEventListener("input", () => apply());
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(() => apply())); // the fields are emptied after this event
  addEventListener("hashchange", open);
  apply(location.hash);
  open();
})();

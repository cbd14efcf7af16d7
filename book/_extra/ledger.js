// Search and filters of the ledger; without this script every claim is there.
(() => {
  const form = document.querySelector(".ledger-filters");
  const count = document.querySelector(".ledger-count");
  const none = document.querySelector(".ledger-none");
  const claims = [...document.querySelectorAll(".ledger-list > li")];
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const words = new Map(claims.map((claim) => [claim, plain(`${claim.id} ${claim.textContent}`)]));

  function fits(claim, { q, ...exact }) {
    const wanted = plain(q ?? "").split(/\s+/).filter(Boolean);
    return wanted.every((word) => words.get(claim).includes(word))
      && Object.entries(exact).every(([name, value]) => !value || claim.dataset[name].split(" ").includes(value));
  }

  function apply() {
    const chosen = Object.fromEntries(new FormData(form));
    let shown = 0;
    for (const claim of claims) {
      claim.hidden = !fits(claim, chosen);
      shown += !claim.hidden;
    }
    none.hidden = shown > 0;
    count.textContent = shown === claims.length ? `${shown} claims` : `${shown} of ${claims.length} claims`;
    const query = new URLSearchParams(Object.entries(chosen).filter(([, value]) => value)).toString();
    history.replaceState(null, "", `${location.pathname}${query ? `?${query}` : ""}${location.hash}`);
  }

  function open() { // a link to a claim shows it, whatever is filtered
    const claim = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!claims.includes(claim)) return;
    if (claim.hidden) { form.reset(); apply(); }
    claim.querySelector("details").open = true;
    claim.scrollIntoView();
  }

  for (const [name, value] of new URLSearchParams(location.search)) {
    const field = form.elements.namedItem(name);
    if (field) field.value = value;
  }
  form.hidden = false;
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(apply));
  addEventListener("hashchange", open);
  apply();
  open();
})();

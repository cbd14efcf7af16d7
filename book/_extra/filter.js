// Search and filters of a list: of claims, of tables. Without this script all of it is there.
(() => {
  const form = document.querySelector("form[data-list]");
  const count = document.querySelector(".ledger-count");
  const none = document.querySelector(".ledger-none");
  const items = [...document.querySelectorAll(form.dataset.list)];
  const parts = [...document.querySelectorAll(".filtered")]; // what goes when all in it has gone
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").replace(/(\d),(?=\d{3})/g, "$1").replace(/["“”]/g, "").toLowerCase();
  const words = new Map(items.map((item) => [item, plain(`${item.id} ${item.dataset.words ?? ""} ${item.textContent}`)]));
  const chosen = () => Object.fromEntries(new FormData(form));
  const first = chosen(); // what the page opens on

  function fits(item, { q, ...exact }) {
    const wanted = plain(q).split(/\s+/).filter(Boolean);
    return wanted.every((word) => words.get(item).includes(word))
      && Object.entries(exact).every(([name, values]) => !values
        || values.split(" ").some((value) => item.dataset[name].split(" ").includes(value)));
  }

  // What an address has to say: nothing of the first view; and of all that it has left out, that it is left out.
  function query(now) {
    if (Object.entries(now).every(([name, value]) => value === first[name])) return "";
    const said = Object.entries(now).filter(([, value]) => value);
    return `?${new URLSearchParams(said.length ? said : Object.entries(now).filter(([name]) => first[name]))}`;
  }

  function apply(hash = "") { // an address names the filters, or one of the list
    const now = chosen();
    let shown = 0;
    for (const item of items) {
      item.hidden = !fits(item, now);
      shown += !item.hidden;
    }
    for (const part of parts) part.hidden = !items.some((item) => !item.hidden && part.contains(item));
    none.hidden = shown > 0;
    const { what } = count.dataset;
    count.textContent = shown === items.length ? `${shown} ${what}` : `${shown} of ${items.length} ${what}`;
    history.replaceState(null, "", `${location.pathname}${query(now)}${hash}`);
  }

  function set(name, value) { // of several of one name, those that say so
    const field = form.elements.namedItem(name);
    if (field instanceof RadioNodeList) field.forEach((one) => { one.checked = one.value === value; });
    else field.value = value;
  }
  const setAll = (values) => Object.keys(first).forEach((name) => set(name, values[name] ?? ""));

  function open() { // a link to one of the list shows it, whatever is filtered
    const item = items.find((one) => `#${one.id}` === location.hash);
    if (!item) return;
    if (item.hidden) {
      setAll({});
      apply(location.hash);
    }
    const fold = item.querySelector("details");
    if (fold) fold.open = true;
    item.scrollIntoView();
  }

  const asked = Object.fromEntries(new URLSearchParams(location.search));
  if (Object.keys(asked).some((name) => name in first)) setAll(asked);
  form.hidden = false;
  let sought = chosen().q;
  form.addEventListener("input", ({ target }) => {
    if (target.name === "q" && target.value && !sought) { // who begins to search, or pastes, looks through all
      const now = chosen();
      for (const [name, value] of Object.entries(first)) if (value && now[name] === value) set(name, "");
    }
    sought = chosen().q;
    apply();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(() => apply())); // the fields are emptied after this event
  addEventListener("hashchange", open);
  apply(location.hash);
  open();
})();

// Draws a figure live when it comes near, and fetches its table when it is opened; without this script the static
// picture and the link to the file stay. From a file a page can load scripts and nothing else: a figure's chart and
// table are scripts that hand themselves to `compendium`.
(() => {
  const root = new URL(document.documentElement.dataset.content_root || "./", location.href);
  const narrow = matchMedia("(max-width: 800px)");
  const charts = {}; // by id of the figure: the two specs and their data
  const loading = {};

  window.compendium = {
    chart: (id, specs) => { charts[id] = specs; },
    table: (id, html) => fill(document.getElementById(id).querySelector(".table-scroll"), html),
  };

  function load(address) {
    loading[address] ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = address;
      script.onload = resolve;
      script.onerror = () => reject(new Error(`${address} did not load`));
      document.head.append(script);
    });
    return loading[address];
  }

  function fill(region, html) {
    if (region.contains(document.activeElement)) region.focus(); // the link that is focused goes
    region.innerHTML = html;
  }

  async function draw(figure) {
    await Promise.all([
      load(new URL("vendor/vega.js", root)),
      load(new URL(figure.dataset.live, document.baseURI)),
      document.fonts.load("12px 'Grip Sans'"), // texts are measured with it
    ]);
    const { datasets, ...specs } = charts[figure.id];
    const spec = structuredClone({ ...specs[narrow.matches ? "narrow" : "wide"], datasets });
    const [live, choices] = [document.createElement("div"), document.createElement("div")];
    live.className = "figure-live";
    figure.querySelector(".figure-live")?.remove();
    figure.querySelector(".figure-picture").append(live);
    await window.vegaEmbed(live, spec, {
      actions: false,
      ast: true, // expressions are interpreted, so that a page may forbid what makes code from text
      bind: choices,
      renderer: "svg",
      tooltip: { theme: "custom" },
    });
    figure.querySelector(".figure-choices")?.replaceChildren(choices); // at once: room was kept for them
    const picture = live.querySelector("svg");
    // one picture with one description: its parts are not read out one by one
    picture.querySelectorAll("[role]").forEach((part) => part.removeAttribute("role"));
    picture.setAttribute("role", "img");
    picture.setAttribute("aria-label", spec.description);
    figure.classList.add("is-live");
  }

  const complain = (figure) => (error) => console.warn(`${figure.id}: ${error.message}; its picture or its file stays`);
  const attempt = (figure) => draw(figure).catch(complain(figure));
  const seen = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (isIntersecting) {
        seen.unobserve(target);
        attempt(target.closest("figure"));
      }
    }
  }, { rootMargin: "200px" });

  for (const figure of document.querySelectorAll("figure.figure")) {
    seen.observe(figure.querySelector(".figure-picture"));
    const table = figure.querySelector("details.figure-table");
    table.addEventListener("toggle", () => load(new URL(figure.dataset.table, document.baseURI)).catch(complain(figure)));
  }
  narrow.addEventListener("change", () => document.querySelectorAll("figure.is-live").forEach(attempt));

  function named() { // what the address names; `:target` is not set yet when this runs first
    try {
      return document.getElementById(decodeURIComponent(location.hash.slice(1)));
    } catch {
      return null;
    }
  }

  // A link to a claim, a figure or a finding opens what it is folded into, or what it folds.
  function unfold() {
    const target = named();
    const fold = target?.closest("details") ?? target?.querySelector(":scope > details")
      ?? target?.closest(".official-rows")?.querySelector("details");
    const closed = [];
    for (let one = fold; one; one = one.parentElement?.closest("details")) if (!one.open) closed.push(one);
    if (!closed.length) return;
    for (const one of closed) one.open = true; // code that is not shown is, in this cell
    target.scrollIntoView();
  }
  addEventListener("hashchange", unfold);
  addEventListener("click", (event) => { // a link followed for the second time changes no address
    if (event.target.closest?.("a[href^='#']")?.hash === location.hash) setTimeout(unfold);
  });
  unfold();
})();

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
    const { view } = await window.vegaEmbed(live, spec, {
      actions: false,
      ast: true, // expressions are interpreted, so that a page may forbid what makes code from text
      bind: choices,
      renderer: "svg",
      tooltip: { theme: "custom" },
    });
    figure.querySelector(".figure-choices")?.replaceChildren(choices); // at once: room was kept for them
    const picture = live.querySelector("svg");
    for (const name of ["role", "aria-roledescription", "aria-label"]) live.removeAttribute(name); // the picture has them
    // one picture with one description: its parts are not read out one by one
    picture.querySelectorAll("[role]").forEach((part) => part.removeAttribute("role"));
    picture.setAttribute("role", "img");
    picture.setAttribute("aria-label", spec.description);
    if (choices.firstElementChild) follow(figure, view, choices, spec.description);
    figure.classList.add("is-live");
  }

  // A control that is moved renews the picture's description and is said, from what a pointer would get of each mark.
  const [LONG, FEW, QUIET] = [250, 12, 500]; // characters that are said, rows said one by one, milliseconds
  const status = Object.assign(document.createElement("p"), { className: "visually-hidden", role: "status" });

  function drawn(view) {
    const [rows, texts] = [new Map(), []];
    (function look(item) {
      if (item.tooltip && typeof item.tooltip === "object") rows.set(JSON.stringify(item.tooltip), item.tooltip);
      if (item.mark?.marktype === "text" && item.mark.role === "mark") texts.push(String(item.text));
      item.items?.forEach(look);
    })(view.scenegraph().root);
    return { rows, texts };
  }
  const figures = /^[−+]?[€$]?[\d.]/;
  const value = (row) => parseFloat(Object.values(row).findLast((one) => figures.test(one)).replace("−", "-").replace(/[€$,]/g, ""));
  const phrase = (row) => Object.entries(row)
    .map(([name, one]) => (figures.test(one) ? `${name.replaceAll("_", " ")} ${one}` : one)).join(", ");

  function changed(before, after) {
    const rows = [...after.rows].filter(([key]) => !before.rows.has(key)).map(([, row]) => row);
    if (rows.length && rows.length <= FEW) return rows.map(phrase);
    const numbers = [...after.rows.values()].filter((row) => Object.values(row).some((one) => figures.test(one)));
    if (numbers.length && (rows.length || before.rows.size !== after.rows.size)) {
      numbers.sort((one, other) => value(one) - value(other));
      return [`${after.rows.size} values, lowest: ${phrase(numbers[0])}; highest: ${phrase(numbers.at(-1))}`];
    }
    const texts = after.texts.filter((text) => !before.texts.includes(text));
    return texts.length ? texts : ["The values stay the same"];
  }
  function fitting(start, parts) {
    let said = start;
    for (const [place, part] of parts.entries()) {
      const left = parts.length - place;
      if (said.length + part.length + 15 > LONG) return place ? `${said} and ${left} more.` : said;
      said += ` ${part}${left > 1 ? ";" : "."}`;
    }
    return said;
  }

  // Name and unit of a control, of "Price (€)", "Share, %", "Extra a month, Morocco" or "Years on".
  function called(control) {
    const name = control.labels[0].querySelector(".vega-bind-name").textContent.trim();
    const [, plain, unit] = name.match(/^(.*) \(([^)]+)\)$/) ?? name.match(/^(.*), ((?:%|[a-z]).*)$/) ?? [];
    const inside = name.match(/^(.+), [A-Z]/) ?? name.match(/^(Years|Months|Days)\b/);
    return [plain ?? name, unit ?? inside?.[1].toLowerCase() ?? ""];
  }
  function shows(control) {
    const [, unit] = called(control);
    const value = control.selectedOptions?.[0].text ?? control.value;
    return /^[\d.]+$/.test(value) ? `${value}${unit.startsWith("%") ? "" : " "}${unit}`.trim() : value;
  }
  const says = (control) => `${called(control)[0]}: ${shows(control)}`;

  function follow(figure, view, choices, description) {
    document.querySelector("main").append(status);
    const controls = [...choices.querySelectorAll("select, input")];
    const first = controls.map(says);
    function name() {
      for (const control of controls.filter(({ type }) => type === "range")) {
        control.setAttribute("aria-valuetext", shows(control));
        control.nextElementSibling?.setAttribute("aria-hidden", "true"); // the same number, which is part of no name
      }
    }
    let [before, waiting] = [null, 0];
    choices.addEventListener("input", () => { before ??= drawn(view); }, true); // as it was
    choices.addEventListener("input", ({ target }) => {
      name();
      clearTimeout(waiting);
      waiting = setTimeout(async () => {
        await view.runAsync();
        const parts = changed(before, drawn(view));
        before = null;
        const others = controls.map(says).filter((said) => !first.includes(said));
        const moved = others.join("; ");
        const subject = figure.querySelector(".figure-subtitle").textContent.trim().replace(/\.$/, "");
        const [whole, short] = [`${subject}. ${moved}.`, `${moved}.`].map((start) => fitting(start, parts));
        const renewed = whole.includes(parts.at(-1)) ? whole : short.includes(parts[0]) ? short
          : fitting(`${others.length} controls moved, the last to ${says(target)}.`, parts);
        view.container().querySelector("svg").setAttribute("aria-label", moved ? renewed : description);
        status.textContent = fitting(`${says(target)}.`, parts);
      }, QUIET);
    });
    name();
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
  // Paper has all pictures: those that were not come to yet are loaded.
  addEventListener("beforeprint", () => document.querySelectorAll("img[loading=lazy]").forEach((one) => { one.loading = "eager"; }));
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
